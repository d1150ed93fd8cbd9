"""Made-up numbers, and what claims say about them."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.claims import Difference, Interaction, Order
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


def from_table(table: Table) -> Values:
    """The same numbers whatever the metric."""
    return lambda experiment, metric: by_seed(table[experiment])


def uncounted(experiment: str, quantity: str) -> int:
    raise AssertionError("claims about trained networks need no counts")


def verdicts(claims: Sequence[Claim], table: Table) -> list[str]:
    return [outcome.verdict for outcome in decide(claims, from_table(table), uncounted)]


def outcome_of(claim: Claim, table: Table) -> Outcome:
    return decide([claim], from_table(table), uncounted)[0]


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
