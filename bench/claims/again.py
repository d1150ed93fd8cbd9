"""Whether verdicts and estimates came out again: in another replicate, on another machine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from bench.claims import stats
from bench.claims.stats import Estimate
from bench.claims.verdicts import Outcome

Again = Literal["again", "turned", "opened", "closed"]
WORDS: dict[Again, str] = {
    "again": "came out again",
    "turned": "turned round",
    "opened": "decided before, undecided again",
    "closed": "undecided before, decided again",
}


def verdict_again(first: str, second: str) -> Again:
    """What became of a verdict."""
    if first == second:
        return "again"
    if "undecided" not in (first, second):
        return "turned"
    return "closed" if first == "undecided" else "opened"


@dataclass(frozen=True)
class Apart:
    """Two estimates of one contrast: their difference in standard errors, squared, and whether they agree."""

    squared: float
    agree: bool
    expected: float  # of the square, were there no difference: variances are estimated, from few seeds


def apart(one: Estimate, other: Estimate, level: float = 0.95) -> Apart | None:
    """How far two independent estimates lie apart, by Welch's test; None where either has no interval."""
    if math.isnan(one.low) or math.isnan(other.low):
        return None
    variance = one.se**2 + other.se**2
    df = variance**2 / (one.se**4 / one.df + other.se**4 / other.df)
    squared = (one.value - other.value) ** 2 / variance
    expected = df / (df - 2) if df > 2 else math.inf
    return Apart(squared, squared <= stats.quantile(df, level) ** 2, expected)


@dataclass(frozen=True)
class Tally:
    """How verdicts and estimates of some pairs of replicates compare."""

    verdicts: dict[Again, int]
    apart: tuple[Apart, ...]
    undecided: int  # of the verdicts that came out again

    @property
    def line(self) -> str:
        """In one line."""
        total = sum(self.verdicts.values())
        if not total:
            return "no claim in common"
        twice = f" ({self.undecided} of them undecided both times)" if self.undecided else ""
        told = [f"{self.verdicts['again']} of {total} verdicts came out again{twice}"]
        told.append(f"{self.verdicts['turned'] or 'none'} turned round")
        if self.apart:
            told.append(f"{self.agree} of {len(self.apart)} estimates agree")
            told.append(
                f"their squared differences are {self.squared:.2f} times what seeds let expect "
                f"({self.expected:.2f} at most, on average, where nothing but chance is at work)"
            )
        return "; ".join(told)

    @property
    def agree(self) -> int:
        """How many estimates agree."""
        return sum(one.agree for one in self.apart)

    @property
    def squared(self) -> float:
        """The mean of estimates' squared differences over their variances."""
        return fmean(one.squared for one in self.apart)

    @property
    def expected(self) -> float:
        """What that is on average for replicates of one truth, at most.

        Less where contenders of a seed are alike, as by a split that they share: Welch's variance, of
        differences that are not paired, takes them for independent.
        """
        return fmean(one.expected for one in self.apart)


def tally(pairs: Sequence[tuple[Outcome, Outcome]]) -> Tally:
    """Of the outcomes of the same claims in two independent sets of runs, pair by pair."""
    verdicts = [verdict_again(one.verdict, other.verdict) for one, other in pairs]
    distances = tuple(
        found
        for one, other in pairs
        for (_, here), (_, there) in zip(one.contrasts, other.contrasts, strict=False)
        if (found := apart(here, there)) is not None
    )
    return Tally(
        {kind: verdicts.count(kind) for kind in WORDS},
        distances,
        sum(one.verdict == other.verdict == "undecided" for one, other in pairs),
    )
