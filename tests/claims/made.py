"""Made-up numbers, and what claims say about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats as scipy_stats

from bench.claims import Difference, Interaction, Order
from bench.claims.evidence import Seen
from bench.claims.kinds import Trained
from bench.claims.metrics import Values
from bench.claims.verdicts import Outcome, decide
from bench.spec import Claim

Table = Mapping[str, Sequence[float]]


NOISE = np.array([1.0, -1.0, 0.0, 0.5, -0.5])  # of mean zero; a difference at five seeds has se 0.5


def seeds(mean: float, n: int = 5, spread: float = 1.0) -> list[float]:
    """Errors of n seeds about a mean."""
    return list(mean + spread * np.resize(NOISE, n))


def quietened(mean: float, n: int, spread: float = 2.0) -> list[float]:
    """Five noisy seeds and then exact ones, so that t grows with the square root of n (n − 1)."""
    return seeds(mean, spread=spread) + [mean] * (n - 5)


def by_seed(values: Sequence[float]) -> dict[int, float]:
    """Values of the seeds 0, 1, 2, …"""
    return {seed: float(value) for seed, value in enumerate(values)}


@dataclass(frozen=True)
class Welch:
    """Welch's test in scipy, with degrees of freedom halfway to those of the smaller sample."""

    a: Sequence[float]
    b: Sequence[float]

    @property
    def df(self) -> float:
        of_scipy = scipy_stats.ttest_ind(self.a, self.b, equal_var=False).df
        return float(of_scipy + min(len(self.a), len(self.b)) - 1) / 2

    def pvalue(self, alternative: str = "two-sided") -> float:
        t = scipy_stats.ttest_ind(self.a, self.b, equal_var=False).statistic
        above = float(scipy_stats.t.sf(t, self.df))
        return {"greater": above, "less": 1 - above, "two-sided": 2 * min(above, 1 - above)}[alternative]

    def interval(self, level: float) -> tuple[float, float]:
        value, half = np.mean(self.a) - np.mean(self.b), float(scipy_stats.t.ppf((1 + level) / 2, self.df))
        half *= np.hypot(scipy_stats.sem(self.a), scipy_stats.sem(self.b))
        return value - half, value + half


def from_table(table: Table) -> Values:
    """The same numbers whatever the metric."""
    return lambda experiment, metric: by_seed(table[experiment])


def uncounted(experiment: str, quantity: str) -> int:
    raise AssertionError("claims about trained networks need no counts")


def verdicts(claims: Sequence[Claim], table: Table) -> list[str]:
    return [outcome.verdict for outcome in decide(claims, from_table(table), uncounted)]


def outcome_of(claim: Claim, table: Table, seen: Seen | None = None) -> Outcome:
    return decide([claim], from_table(table), uncounted, seen=seen)[0]


def less(lower: str | tuple[str, ...], higher: str | tuple[str, ...], **more: object) -> Difference:
    return Difference(
        **{"id": "less", "text": "", "metric": "test_error", **more}, lower=lower, higher=higher
    )


def falls(*experiments: str) -> Order:
    return Order(id="order", text="", metric="test_error", falling=experiments)


def gains(smaller: tuple[str, str], larger: tuple[str, str]) -> Interaction:
    return Interaction(id="gains", text="", metric="test_error", smaller=smaller, larger=larger)


LEVELS = {"low": seeds(20), "middle": seeds(30), "high": seeds(40), "high too": seeds(40, spread=1.2)}


def claimed(kind: type[Trained], **fields: object) -> Trained:
    return kind(**{"id": "x", "text": "", "metric": "test_error", **fields})
