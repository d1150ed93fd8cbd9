"""Claims: the sentences that a suite states, and how numbers decide them. No input or output.

Those that counting decides stand in `bench.exact`. A claim about trained networks is a list of
contrasts of means, each said to lie above a bound. It is *supported* when all of them do,
*contradicted* when any lies below, significantly; else it is *undecided*. The rules (looks, Holm's
correction) are written down with reasons in `docs/how-it-works.md`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, TypeAdapter, model_validator

from bench import stats
from bench.base import Several, Spec
from bench.exact import AnyExact, Counter, Exact, judge
from bench.exact import Count as Count  # suites find all kinds of claim here
from bench.exact import CountGap as CountGap
from bench.exact import CountOrder as CountOrder
from bench.exact import SameCount as SameCount
from bench.spec import LOOKS, Claim
from bench.stats import Estimate, Sample

Verdict = Literal["supported", "contradicted", "undecided"]


class EpochsTo(Spec):
    """Epochs until the running training error reaches a level (%), interpolated between epochs.

    A run that never gets there, diverged ones among them, counts as one epoch more than were planned.
    """

    level: float

    def __str__(self) -> str:
        return f"epochs to {self.level:g} % running training error"


Metric = Literal["train_error", "test_error", "test_loss"] | EpochsTo
Values = Callable[[str, Metric], Sample]  # (experiment, metric) -> one value a seed, in seed order


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


@dataclass(frozen=True)
class Outcome:
    """A claim with what the numbers say about it.

    `n` is the number of seeds that the verdict and the estimates rest on, `p` the two-sided p value
    after Holm's correction over the suite's claims, `look` the declared look at which it was given.
    """

    claim: Claim
    verdict: Verdict
    note: str
    n: int = 0
    look: int | None = None
    p: float | None = None
    alpha: float | None = None
    contrasts: tuple[tuple[Contrast, Estimate], ...] = ()


def decide(claims: Sequence[Claim], values: Values, count: Counter) -> list[Outcome]:
    """Verdicts on all claims of a suite that a profile decides, in their order."""
    trained = decide_trained([claim for claim in claims if isinstance(claim, Trained)], values)
    return [trained[claim.id] if claim.id in trained else _decide_count(claim, count) for claim in claims]


def decide_trained(claims: Sequence[Trained], values: Values) -> dict[str, Outcome]:
    """Verdicts at the declared looks, each on the first so many seeds; the first verdict stands."""
    outcomes: dict[str, Outcome] = {}
    for look in LOOKS:
        evidence = [_evidence(claim, values, look) for claim in claims]
        for claim, adjusted, found in zip(
            claims, stats.holm([max(1e-300, one.p) for one in evidence]), evidence, strict=True
        ):
            if claim.id in outcomes and (outcomes[claim.id].verdict != "undecided" or found.n < look):
                continue
            outcomes[claim.id] = _outcome(claim, found, float(adjusted), look)
    return outcomes


@dataclass(frozen=True)
class _Evidence:
    contrasts: tuple[tuple[Contrast, Estimate], ...]
    n: int
    p: float  # two-sided; 1 while the look has not been reached
    supports: bool  # the side that p speaks for


def _evidence(claim: Trained, values: Values, look: int) -> _Evidence:
    samples = {name: values(name, claim.metric)[:look] for name in claim.experiments()}
    n = min(len(sample) for sample in samples.values())
    if n == 0:
        return _Evidence((), 0, 1.0, True)
    estimates = tuple(
        (one, stats.contrast([samples[name][:n] for name in one.experiments], one.weights))
        for one in claim.contrasts()
    )
    p_for = max(estimate.p_above(one.bound) for one, estimate in estimates)
    p_against = len(estimates) * min(estimate.p_below(one.bound) for one, estimate in estimates)
    p = min(1.0, 2 * min(p_for, p_against)) if n >= look else 1.0
    return _Evidence(estimates, n, p, p_for <= p_against)


def _outcome(claim: Trained, found: _Evidence, p: float, look: int) -> Outcome:
    if found.n < look:
        note = f"needs {look} seeds of each experiment, has {found.n}"
        return Outcome(claim, "undecided", note, found.n, contrasts=found.contrasts)
    alpha = stats.LOOK_ALPHA[look]
    if p <= alpha:
        verdict: Verdict = "supported" if found.supports else "contradicted"
        note = f"decided at the look of {look} seeds"
    else:
        verdict, note = "undecided", _seeds_needed(found, look)
    return Outcome(claim, verdict, note, found.n, look, p, alpha, found.contrasts)


def _seeds_needed(found: _Evidence, look: int) -> str:
    later = [other for other in LOOKS if other > look]
    if not later:
        return f"still open at the last look of {look} seeds"
    if not all(one.se > 0 for _, one in found.contrasts):
        return "no spread between seeds to judge by"
    alpha = stats.LOOK_ALPHA[later[0]]
    if not found.supports:  # any contrast that is reversed will do
        alpha /= len(found.contrasts)
    needed = [
        stats.seeds_for_power(one, contrast.bound, alpha, limit=LOOKS[-1]) or math.inf
        for contrast, one in found.contrasts
        if found.supports or one.value < contrast.bound
    ]
    most = max(needed) if found.supports else min(needed, default=math.inf)
    enough = next((n for n in later if most <= n), None)
    if enough is None:
        return f"more than {LOOKS[-1]} seeds would be needed for an effect of this size"
    return f"about {enough - found.n} more seeds needed"


def _decide_count(claim: Claim, count: Counter) -> Outcome:
    if not isinstance(claim, Exact):
        raise TypeError(f"claim {claim.id!r}: {type(claim).__name__} is no kind of claim")
    holds, note = judge(claim, count)
    if holds is None:
        return Outcome(claim, "undecided", note)
    return Outcome(claim, "supported" if holds else "contradicted", note)


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
