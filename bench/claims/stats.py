"""Few-seed statistics: Student's t on means of runs, and corrections for asking many questions.

All functions are pure. A *sample* is a one-dimensional array of one metric over the seeds of one
experiment, shape (seeds,), in the metric's units. Seeds are independent runs, so samples of
different experiments are independent: two of them are compared as Welch (1947) does.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

Sample = NDArray[np.float64]

# alpha spent at each declared look; the sum, 5 %, bounds the chance of any false verdict (union bound)
LOOK_ALPHA = {5: 0.03, 8: 0.01, 12: 0.005, 20: 0.005}


@dataclass(frozen=True)
class Estimate:
    """A mean or a contrast of means, with its standard error and t interval, in the metric's units.

    With a single seed, or where no seed differs from another, there is no interval (NaN).
    """

    value: float
    low: float
    high: float
    se: float
    df: float
    n: int

    def shifted(self, offset: float) -> "Estimate":
        """The same with an exact number added."""
        moved = {name: getattr(self, name) + offset for name in ("value", "low", "high")}
        return replace(self, **moved)

    def widened(self, variance: float, level: float = 0.95) -> "Estimate":
        """The same with a variance that is known added, and the interval that follows."""
        if not self.se > 0:
            return self
        se = float(np.hypot(self.se, variance**0.5))
        df = self.df * (se / self.se) ** 4  # Satterthwaite's: the added variance has as many as one likes
        half = quantile(df, level) * se
        return replace(self, low=self.value - half, high=self.value + half, se=se, df=df)

    def p_above(self, bound: float) -> float:
        """One-sided p of "not above the bound"; 1 where there is no spread to judge by."""
        if not self.se > 0:
            return 1.0
        return float(scipy.special.stdtr(self.df, (bound - self.value) / self.se))

    def p_below(self, bound: float) -> float:
        """One-sided p of "not below the bound"; 1 where there is no spread to judge by."""
        if not self.se > 0:
            return 1.0
        return float(scipy.special.stdtr(self.df, (self.value - bound) / self.se))


def contrast(samples: Sequence[Sample], weights: Sequence[float], level: float = 0.95) -> Estimate:
    """The weighted sum of the samples' means, variances unpooled (Welch 1947).

    Degrees of freedom lie halfway between Satterthwaite's and those of the smallest sample: his, estimated
    from few seeds, are too many for levels below a few per cent where spreads are uneven
    (`docs/statistics.md` has the figures). Weights (1,) give a mean, (1, -1) a difference, (1, -1, -1, 1) an
    interaction. `n` of the result is the smallest sample's. Raises ValueError where a sample is empty.
    """
    if len(samples) != len(weights) or any(len(sample) == 0 for sample in samples):
        raise ValueError("a contrast needs one weight a sample, and no empty sample")
    n = min(len(sample) for sample in samples)
    value = float(sum(w * np.mean(x) for w, x in zip(weights, samples, strict=True)))
    if n < 2:
        return Estimate(value, np.nan, np.nan, np.nan, np.nan, n)
    parts = np.array([w**2 * _variance(x) / len(x) for w, x in zip(weights, samples, strict=True)])
    variance = float(parts.sum())
    if variance == 0:
        return Estimate(value, np.nan, np.nan, 0.0, np.nan, n)
    satterthwaite = variance**2 / float(np.sum(parts**2 / [len(sample) - 1 for sample in samples]))
    df = (satterthwaite + n - 1) / 2
    se = float(np.sqrt(variance))
    half = quantile(df, level) * se
    return Estimate(value, value - half, value + half, se, df, n)


def _variance(sample: Sample) -> float:
    """Unbiased variance, and exactly 0 where nothing differs (the mean's rounding would pass for spread)."""
    return float(np.var(sample, ddof=1)) if np.ptp(sample) > 0 else 0.0


def mean(sample: Sample, level: float = 0.95) -> Estimate:
    """The mean of a sample with its Student t interval."""
    return contrast([sample], [1.0], level)


def band(values: NDArray[np.float64], level: float = 0.95) -> tuple[Sample, Sample, Sample]:
    """Means with the ends of their t intervals, row by row; of values (points, seeds), each (points,).

    Like `mean`, but for whole curves: a row without spread, or a single seed, has no interval (NaN).
    """
    n = values.shape[1]
    means: Sample = values.mean(axis=1)
    if n < 2:
        return means, np.full(len(means), np.nan), np.full(len(means), np.nan)
    se = values.std(axis=1, ddof=1) / np.sqrt(n)
    half = np.where(np.ptp(values, axis=1) > 0, quantile(n - 1, level) * se, np.nan)
    return means, means - half, means + half


def deviations(sample: Sample) -> Sample:
    """How far each value is from the median: what is compared where spreads are (Brown and Forsythe 1974)."""
    return np.abs(sample - np.median(sample)) if len(sample) else sample


def paired(a: Sample, b: Sample, level: float = 0.95) -> Estimate:
    """The mean of a − b over seeds that share something, with Student's t interval of the differences.

    Raises ValueError unless the samples are equally long.
    """
    if len(a) != len(b):
        raise ValueError(f"paired samples must be equally long, not {len(a)} and {len(b)}")
    return contrast([np.asarray(a, dtype=float) - b], [1.0], level)


def tost(estimate: Estimate, within: float) -> float:
    """p of "at least `within` away from 0": the larger of two one-sided tests' (Schuirmann 1987)."""
    return max(estimate.p_above(-within), estimate.p_below(within))


def run_error(error: float, images: int, level: float = 0.95) -> Estimate:
    """One run's error (%) with the interval for the choice of the test images (Wilson 1927).

    It speaks of this network on other images of the same kind, not of other seeds. The standard error
    and df are those of Wilson's score: from the interval's width, and infinite.
    """
    z = float(scipy.special.ndtri((1 + level) / 2))
    share = error / 100
    scale = 1 + z**2 / images
    centre = (share + z**2 / (2 * images)) / scale
    half = z / scale * float(np.sqrt(share * (1 - share) / images + z**2 / (4 * images**2)))
    low, high = 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)
    return Estimate(error, low, high, (high - low) / (2 * z), np.inf, 1)


def mean_error(sample: Sample, images: int, level: float = 0.95) -> Estimate:
    """The mean error (%) of runs with an interval for seeds and test images both.

    All runs see the same images, so their part of the variance does not shrink with more seeds. It is
    at most p (1 − p) / images (with two hits and two misses added, as Agresti and Coull do), and that is
    taken. Half the interval is the root of the sum of squares of the parts' halves, Student's and the
    normal one's; with Satterthwaite's degrees of freedom three seeds would cover 92 %. `df` is that of the
    seeds. A single run has Wilson's interval, of images alone.
    """
    if len(sample) == 1:
        return run_error(float(sample[0]), images, level)
    seeds = mean(sample, level)
    share = (seeds.value / 100 * images + 2) / (images + 4)
    drawn = 100**2 * share * (1 - share) / images
    n, normal = len(sample), float(scipy.special.ndtri((1 + level) / 2))
    half = float(np.hypot(quantile(n - 1, level) * seeds.se, normal * drawn**0.5))
    se = float(np.hypot(seeds.se, drawn**0.5))
    return Estimate(seeds.value, seeds.value - half, seeds.value + half, se, n - 1.0, n)


def against_published(ours: Estimate, value: float, *, runs: int, spread: float | None) -> Estimate:
    """Our mean minus a published number, with the interval for the choice of seeds as far as it is known.

    A number of one run counts as one run more, of our spread (a prediction interval); a mean of several with
    a spread as Welch (1947) has it; another as exact.
    """
    if not ours.se > 0:
        return replace(ours, value=ours.value - value)
    variance, df = ours.se**2, ours.df
    if runs == 1:
        variance += ours.n * ours.se**2
    elif spread is not None:
        theirs = spread**2 / runs
        df = (variance + theirs) ** 2 / (variance**2 / df + theirs**2 / (runs - 1))
        variance += theirs
    half, difference = quantile(df) * variance**0.5, ours.value - value
    return Estimate(difference, difference - half, difference + half, variance**0.5, df, ours.n)


def quantile(df: float, level: float = 0.95) -> float:
    """Student's two-sided quantile: an interval reaches so many standard errors each way."""
    return float(scipy.special.stdtrit(df, (1 + level) / 2))


def holm(p: Sequence[float]) -> NDArray[np.float64]:
    """Holm's (1979) step-down adjusted p values, in the order given; shape (claims,)."""
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    scaled = (len(values) - np.arange(len(values))) * values[order]
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def detectable(estimate: Estimate, alpha: float, power: float = 0.8) -> float | None:
    """The smallest effect that a two-sided test at alpha finds with that power, at this spread and n.

    In the metric's units; None where there is no spread to judge by.
    """
    if not estimate.se > 0:
        return None
    critical = quantile(estimate.df, 1 - alpha)

    def lacking(shift: float) -> float:
        return float(scipy.stats.nct.sf(critical, estimate.df, shift) - power)

    high = critical + 10.0
    return float(scipy.optimize.brentq(lacking, 0.0, high)) * estimate.se


def within_reach(effect: float, fixed: float, alpha: float, power: float = 0.8) -> bool:
    """Whether any number of seeds finds an effect with that power, where a variance `fixed` stays."""
    needed = float(scipy.special.ndtri(1 - alpha / 2) + scipy.special.ndtri(power))
    return abs(effect) >= needed * math.sqrt(fixed)


def seeds_for_power(
    estimate: Estimate, bound: float, alpha: float, power: float = 0.8, limit: int = 1000, fixed: float = 0.0
) -> int | None:
    """Seeds per experiment at which a two-sided test at alpha would have that power.

    Takes the observed effect (distance from the bound) and spread for the true ones, which is
    optimistic: an observed effect is often larger than the true one. `fixed` is a variance that more seeds
    make no smaller. None beyond the limit.
    """
    effect = abs(estimate.value - bound)
    if not estimate.se > 0 or effect == 0:
        return None
    df_per_seed = estimate.df / (estimate.n - 1)

    def enough(n: int) -> bool:
        own = estimate.se * np.sqrt(estimate.n / n)
        se = np.hypot(own, np.sqrt(fixed))
        df = df_per_seed * (n - 1) * (se / own) ** 4
        return bool(scipy.stats.nct.sf(quantile(df, 1 - alpha), df, effect / se) >= power)

    numbers = range(2, limit + 1)  # of which the larger have more power
    first = bisect_left(numbers, True, key=enough) if limit >= 2 and enough(limit) else len(numbers)
    return numbers[first] if first < len(numbers) else None
