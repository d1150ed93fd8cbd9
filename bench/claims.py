"""Claims: the sentences that a suite states. No input or output.

Those that counting decides stand in `bench.exact`. A claim about trained networks is a list of
contrasts of means, each said to lie above a bound; `bench.verdicts` decides it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, TypeAdapter, model_validator

from bench.base import Several, Spec
from bench.exact import AnyExact
from bench.exact import Count as Count  # suites find all kinds of claim here
from bench.exact import CountGap as CountGap
from bench.exact import CountOrder as CountOrder
from bench.exact import CountRatio as CountRatio
from bench.exact import SameCount as SameCount
from bench.spec import Claim
from bench.stats import Sample


class EpochsTo(Spec):
    """Epochs until the running training error reaches a level (%), interpolated between epochs.

    A run that never gets there, diverged ones among them, counts as one epoch more than were planned.
    """

    level: float

    def __str__(self) -> str:
        return f"epochs to {self.level:g} % running training error"


Metric = (
    Literal["train_error", "test_error", "test_balanced_error", "test_loss", "brier", "calibration_error"]
    | EpochsTo
)
Values = Callable[[str, Metric], Sample]  # (experiment, metric) -> one value a seed, in seed order


@dataclass(frozen=True)
class Pool:
    """What an ensemble draws its values from: each of them takes so many seeds of each experiment."""

    experiments: tuple[str, ...]
    members: int


Pools = Mapping[str, Pool]  # by ensemble


def title(metric: Metric) -> str:
    """The metric in words."""
    if isinstance(metric, EpochsTo):
        return str(metric)
    return metric.replace("train", "training").replace("_", " ")


def unit(metric: Metric) -> str:
    """What to write behind a number of that metric."""
    if isinstance(metric, EpochsTo):
        return "epochs"
    return "%" if metric.endswith("error") else ""


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of experiments' means that a claim says to be above a bound."""

    label: str
    weighted: tuple[tuple[str, float], ...]
    bound: float = 0.0

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
    """A claim about trained networks: a metric, and contrasts of it."""

    metric: Metric

    @model_validator(mode="after")
    def _no_self_comparison(self) -> Self:
        for one in self.contrasts():
            if len(one.experiments) < 2 or 0.0 in one.weights:
                raise ValueError(f"compares an experiment with itself: {one.label}")
        return self

    def contrasts(self) -> tuple[Contrast, ...]:
        """What is said to be above which bound."""
        raise NotImplementedError

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


AnyClaim = Difference | Order | Interaction | AnyExact
_PARSER: TypeAdapter[AnyClaim] = TypeAdapter(Annotated[AnyClaim, Field(discriminator="kind")])


def parse(data: Any) -> Claim:
    """A claim from its plain form, as results files hold it."""
    return _PARSER.validate_python(data)


def epochs_to(level: float, errors: Sequence[float], epochs: int) -> float:
    """Epochs until a curve of errors (one an epoch, %) first reaches the level, interpolated.

    A curve that never does counts as one more than the planned epochs, however early it broke off.

    >>> epochs_to(50, [80, 60, 40], epochs=3)
    2.5
    """
    curve = np.asarray(errors, dtype=float)
    below = np.flatnonzero(curve <= level)
    if len(below) == 0:
        return float(epochs + 1)
    i = int(below[0])
    if i == 0:
        return 1.0
    return float(i + (curve[i - 1] - level) / (curve[i - 1] - curve[i]))
