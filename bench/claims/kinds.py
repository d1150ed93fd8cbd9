"""Claims: the sentences that a suite states. No input or output.

Those that counting decides stand in `bench.claims.counts`. A claim about trained networks is a list of
contrasts of means, each said to lie above a bound; `bench.claims.verdicts` decides it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from bench.claims.counts import Exact
from bench.common.errors import suggest
from bench.spec import Claim
from bench.spec.base import Several, kinds_of
from bench.spec.metrics import DIVERGED, Metric, title


@dataclass(frozen=True)
class Pool:
    """What an ensemble draws its values from: each of them takes so many seeds of each experiment."""

    experiments: tuple[str, ...]
    members: int


Pools = Mapping[str, Pool]  # by ensemble


@dataclass(frozen=True)
class Contrast:
    """An offset and a weighted sum of experiments' means, which a claim says to be above a bound."""

    label: str
    weighted: tuple[tuple[str, float], ...]
    bound: float = 0.0
    offset: float = 0.0

    @cached_property
    def _merged(self) -> dict[str, float]:
        """Weights by experiment: one that stands twice is one sample, not two independent ones."""
        merged: dict[str, float] = {}
        for name, weight in self.weighted:
            merged[name] = merged.get(name, 0.0) + weight
        return merged

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments, each once."""
        return tuple(self._merged)

    @property
    def weights(self) -> tuple[float, ...]:
        """Their weights, in the same order."""
        return tuple(self._merged.values())


class Trained(Claim):
    """A claim about trained networks: a metric, and contrasts of its means over seeds.

    With `over="spread"` contrasts are of the mean distance from the median over seeds, in place of the mean.
    `matters` is the smallest effect beyond the bound that a reader would care about, in the metric's units:
    `bench plan` says how many seeds would find it. It decides nothing.
    """

    metric: Metric
    over: Literal["spread"] | None = None
    matters: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _no_self_comparison(self) -> Self:
        for one in self.contrasts():
            alone = len(one.experiments) < 2 and not one.offset
            named = [name for name, _ in one.weighted]
            weights = zip(one.experiments, one.weights, strict=True)
            if alone or any(weight == 0 and named.count(name) > 1 for name, weight in weights):
                raise ValueError(f"compares an experiment with itself: {one.label}")
            if self.metric == DIVERGED and (one.weights != (1.0, -1.0) or one.bound or one.offset):
                raise ValueError("divergence is compared between two experiments, without a bound")
        return self

    def contrasts(self) -> tuple[Contrast, ...]:
        """What is said to be above which bound."""
        raise NotImplementedError

    @property
    def quantity(self) -> str:
        """What is compared, in words."""
        return (
            title(self.metric) if self.over is None else f"{self.over} over seeds of the {title(self.metric)}"
        )

    def shown(self) -> int:
        """How many of the contrasts tell a reader something: the first so many."""
        return len(self.contrasts())

    def experiments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.contrasts() for name in one.experiments))


class Difference(Trained):
    """Each of `lower` has a lower metric than its partner in `higher`, by more than `by`.

    One alone is the partner of all on the other side.
    """

    kind: Literal["difference"] = "difference"
    lower: Several
    higher: Several
    by: float = 0.0

    @model_validator(mode="after")
    def _partners(self) -> "Difference":
        sizes = {len(self.lower), len(self.higher)}
        if len(sizes - {1}) > 1 or 0 in sizes:
            raise ValueError("`lower` and `higher` must be equally long, or one of them alone")
        return self

    def contrasts(self) -> tuple[Contrast, ...]:
        n = max(len(self.lower), len(self.higher))
        lower, higher = (side * n if len(side) == 1 else side for side in (self.lower, self.higher))
        return tuple(
            Contrast(f"{high} − {low}", ((high, 1.0), (low, -1.0)), self.by)
            for low, high in zip(lower, higher, strict=False)  # see _partners
        )


class Order(Trained):
    """The metric falls from each experiment to the next."""

    kind: Literal["order"] = "order"
    falling: tuple[str, ...] = Field(min_length=2)

    def contrasts(self) -> tuple[Contrast, ...]:
        return tuple(
            Contrast(f"{one} − {two}", ((one, 1.0), (two, -1.0)))
            for one, two in zip(self.falling, self.falling[1:], strict=False)
        )


class Interaction(Trained):
    """The gain from the first to the second experiment is larger in `larger` than in `smaller`."""

    kind: Literal["interaction"] = "interaction"
    smaller: tuple[str, str]
    larger: tuple[str, str]

    def contrasts(self) -> tuple[Contrast, ...]:
        (a, b), (c, d) = self.larger, self.smaller
        weighted = ((a, 1.0), (b, -1.0), (c, -1.0), (d, 1.0))
        return (Contrast(f"({a} − {b}) − ({c} − {d})", weighted),)


class Equivalence(Trained):
    """The metrics of two experiments differ by less than `within`: two one-sided tests (Schuirmann 1987)."""

    kind: Literal["equivalence"] = "equivalence"
    one: str
    other: str
    within: float = Field(gt=0)

    def contrasts(self) -> tuple[Contrast, ...]:
        return tuple(
            Contrast(f"{a} − {b}", ((a, 1.0), (b, -1.0)), -self.within)
            for a, b in ((self.one, self.other), (self.other, self.one))
        )

    def shown(self) -> int:
        return 1  # the other is its mirror image


class Trend(Trained):
    """The metric falls along the experiments on the whole: the slope of a straight line through their means.

    `places` are where they stand on the line (depths, sizes, …); without them they are one step apart.
    """

    kind: Literal["trend"] = "trend"
    falling: tuple[str, ...] = Field(min_length=3)
    places: tuple[float, ...] = ()
    by: float = 0.0  # more than so much for each unit of the places

    def contrasts(self) -> tuple[Contrast, ...]:
        scores = _scores(self.places, len(self.falling))
        weighted = tuple((name, -score) for name, score in zip(self.falling, scores, strict=True))
        return (Contrast(f"fall a step, {self.falling[0]} … {self.falling[-1]}", weighted, self.by),)


class GainTrend(Trained):
    """The gain from the first to the second of each pair grows along the pairs: its slope is above `by`."""

    kind: Literal["gain-trend"] = "gain-trend"
    pairs: tuple[tuple[str, str], ...] = Field(min_length=3)
    places: tuple[float, ...] = ()
    by: float = 0.0

    def contrasts(self) -> tuple[Contrast, ...]:
        scores = _scores(self.places, len(self.pairs))
        weighted = [
            one for (a, b), score in zip(self.pairs, scores, strict=True) for one in ((a, score), (b, -score))
        ]
        ends = " … ".join(f"({a} − {b})" for a, b in (self.pairs[0], self.pairs[-1]))
        return (Contrast(f"growth a step, {ends}", tuple(weighted), self.by),)


class Reached(Trained):
    """The metric of each of these is at or below a value."""

    kind: Literal["reached"] = "reached"
    of: Several
    at_most: float = Field(gt=0)

    def contrasts(self) -> tuple[Contrast, ...]:
        return tuple(
            Contrast(f"{self.at_most:g} − {name}", ((name, -1.0),), offset=self.at_most) for name in self.of
        )


def _scores(places: Sequence[float], n: int) -> list[float]:
    """Weights of a least-squares slope over n means. Raises ValueError unless each has a place of its own."""
    if places and (len(places) != n or len(set(places)) < n):
        raise ValueError(f"`places` needs {n} different numbers, one for each")
    x = [float(place) for place in places or range(n)]
    centred = [place - math.fsum(x) / n for place in x]
    squares = math.fsum(one**2 for one in centred)
    return [one / squares for one in centred]


def kinds() -> dict[str, type[Claim]]:
    """Every kind of claim by its name: the classes of this file and of `bench.claims.counts`."""
    return {**kinds_of(Trained), **kinds_of(Exact)}


def parse(data: Mapping[str, Any]) -> Claim:
    """A claim from its plain form, as results files hold it. Raises ValueError if it is none."""
    known, kind = kinds(), str(data.get("kind"))
    if kind not in known:
        raise ValueError(f"there is no kind of claim {kind!r}: {suggest(kind, known)}")
    return known[kind].model_validate(data)
