"""The statistics once more, for thousands of suites at a time: whether they keep what they promise.

`bench.claims` decides one suite in plain steps; here the same formulas run over arrays whose first axis is
draws. Tests check that both agree, and hold the figures to their bounds;
`docs/refresh.py` prints them.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from bench.claims.stats import LOOK_ALPHA

Draws = NDArray[np.float64]
DRAWS, SUITES = 100_000, 10_000
SIZES = (3, 5, 10, 20)


def contrast(samples: Sequence[Draws], weights: Sequence[float]) -> tuple[Draws, Draws, Draws]:
    """Value, standard error and degrees of freedom of a weighted sum of means; samples (draws, seeds)."""
    value = sum(w * x.mean(1) for w, x in zip(weights, samples, strict=True))
    parts = [w**2 * x.var(1, ddof=1) / x.shape[1] for w, x in zip(weights, samples, strict=True)]
    variance = sum(parts)
    with np.errstate(invalid="ignore"):  # seeds that do not differ have no interval
        own = variance**2 / sum(part**2 / (x.shape[1] - 1) for part, x in zip(parts, samples, strict=True))
    return value, np.sqrt(variance), (own + min(x.shape[1] for x in samples) - 1) / 2


def covers(found: tuple[Draws, Draws, Draws], truth: float) -> float:
    """The share of 95 % intervals (value, standard error, df) that hold the truth."""
    value, se, df = found
    return float(np.mean(np.abs(value - truth) <= scipy_stats.t.ppf(0.975, df) * se))


def of_mean(n: int) -> float:
    """Coverage of Student's t interval of a mean."""
    return covers(contrast([np.random.default_rng(n).normal(5, 2, (DRAWS, n))], [1]), 5)


def of_pairs(n: int) -> float:
    """Coverage of the paired t interval where pairs share most of their spread."""
    rng = np.random.default_rng(n)
    shared = rng.normal(0, 3, (DRAWS, n))
    a, b = (shared + rng.normal(mean, spread, (DRAWS, n)) for mean, spread in ((7, 1), (5, 2)))
    return covers(contrast([a - b], [1]), 2)


def of_welch(n: int, spread: float) -> float:
    """Coverage of Welch's interval of a difference; one group varies so many times as much."""
    rng = np.random.default_rng(n)
    pair = [rng.normal(7, spread, (DRAWS, n)), rng.normal(5, 1, (DRAWS, n))]
    return covers(contrast(pair, [1, -1]), 2)


def errors_on_images(n: int, images: int, hard: float, doubtful: float, seed_spread: float) -> Draws:
    """Errors (%) of n seeds on the same drawn images, (draws, n).

    Of the population a share is hard, wrong for every net, another doubtful: each net gets about half of
    those right, good seeds more of them.
    """
    rng = np.random.default_rng((n, images))
    drawn = rng.multinomial(images, [hard, doubtful, 1 - hard - doubtful], DRAWS)
    luck = np.clip(rng.normal(0.5, seed_spread, (DRAWS, n)), 0, 1)
    wrong = drawn[:, :1] + rng.binomial(drawn[:, 1:2], luck)
    return 100 * wrong / images


def of_seeds_and_images(n: int, images: int, seed_spread: float) -> float:
    """Coverage of the combined interval for the mean error over seeds and images."""
    hard, doubtful = 0.04, 0.06
    sample = errors_on_images(n, images, hard, doubtful, seed_spread)
    value, half = mean_error(sample, images)
    return float(np.mean(np.abs(value - 100 * (hard + doubtful / 2)) <= half))


def mean_error(sample: Draws, images: int) -> tuple[Draws, Draws]:
    """The mean over seeds, and half the interval for seeds and images."""
    n = sample.shape[1]
    value, own = sample.mean(1), np.sqrt(sample.var(1, ddof=1) / n)
    share = (value / 100 * images + 2) / (images + 4)
    drawn = 100 * np.sqrt(share * (1 - share) / images)
    return value, np.hypot(scipy_stats.t.ppf(0.975, n - 1) * own, scipy_stats.norm.ppf(0.975) * drawn)


def of_run(images: int, share: float) -> float:
    """Coverage of Wilson's interval of one run's error, for this net on other images."""
    wrong = np.random.default_rng(images).binomial(images, share, DRAWS)
    found, z = wrong / images, scipy_stats.norm.ppf(0.975)
    centre = (found + z**2 / (2 * images)) / (1 + z**2 / images)
    half = z / (1 + z**2 / images) * np.sqrt(found * (1 - found) / images + z**2 / (4 * images**2))
    return float(np.mean(np.abs(centre - share) <= half))


def two_sided(found: tuple[Draws, Draws, Draws]) -> Draws:
    """p of "the contrast is 0"."""
    value, se, df = found
    return 2 * scipy_stats.t.sf(np.abs(value) / se, df)


def holm(p: Draws) -> Draws:
    """Holm's adjusted p, claims along the last axis."""
    order = np.argsort(p, axis=-1, kind="stable")
    scaled = np.take_along_axis(p, order, -1) * np.arange(p.shape[-1], 0, -1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.minimum(np.maximum.accumulate(scaled, -1), 1), -1)
    return adjusted


Stopping = Callable[[Draws], NDArray[np.bool_]]  # p of a claim at a look -> whether it gets further seeds
STOPPING: dict[str, Stopping] = {
    "all looks": lambda p: np.ones_like(p, dtype=bool),
    "hopeless claims stop": lambda p: p < 0.3,
    "only the promising go on": lambda p: p < 0.06,
    "only the hopeless go on": lambda p: p > 0.5,
}


def null_suites(claims: int, rng: np.random.Generator) -> list[Draws]:
    """Experiments that do not differ, (suites, 20 seeds); every claim compares one with a shared first."""
    return [rng.normal(0, 1, (SUITES, 20)) for _ in range(claims + 1)]


Pair = tuple[Draws, Draws]  # the two sides of a claim, (suites, 20 seeds) each
Noise = Callable[[np.random.Generator, tuple[int, int]], Draws]  # of mean 0


def _skewed(rng: np.random.Generator, shape: tuple[int, int]) -> Draws:
    return (rng.gamma(4, size=shape) - 4) / 2  # a skewness of 1


def _lognormal(rng: np.random.Generator, shape: tuple[int, int]) -> Draws:
    return (np.exp(rng.normal(size=shape)) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)


def _t3(rng: np.random.Generator, shape: tuple[int, int]) -> Draws:
    return rng.standard_t(3, size=shape)


def _normal(rng: np.random.Generator, shape: tuple[int, int]) -> Draws:
    return rng.normal(size=shape)


# how seeds are distributed, and how many times as much one side of each claim spreads as the other
PROMISED: dict[str, tuple[Noise, float]] = {
    "normal, equal spreads": (_normal, 1),
    "normal, spreads 1 : 4": (_normal, 4),
    "heavy tails (t3), equal spreads": (_t3, 1),
    "heavy tails (t3), spreads 1 : 4": (_t3, 4),
    "skewed (gamma, skewness 1), equal spreads": (_skewed, 1),
}
NOT_PROMISED: dict[str, tuple[Noise, float]] = {
    "normal, spreads 1 : 10": (_normal, 10),
    "skewed, spreads 1 : 2": (_skewed, 2),
    "skewed, spreads 1 : 4": (_skewed, 4),
    "lognormal, equal spreads": (_lognormal, 1),
    "lognormal, spreads 1 : 3": (_lognormal, 3),
}
CLAIMS = (1, 5, 15, 20)


def of_difference(n: int, noise: Noise, ratio: float) -> float:
    """Coverage of the interval of a difference of 2."""
    rng = np.random.default_rng(n)
    pair = [7 + ratio * noise(rng, (DRAWS, n)), 5 + noise(rng, (DRAWS, n))]
    return covers(contrast(pair, [1, -1]), 2)


def unlike_suites(claims: int, noise: Noise, ratio: float) -> list[Pair]:
    """Claims on pairs of their own, of which nothing differs but the spread."""
    rng = np.random.default_rng((claims, int(10 * ratio)))
    return [(ratio * noise(rng, (SUITES, 20)), noise(rng, (SUITES, 20))) for _ in range(claims)]


def shared_suites(claims: int) -> list[Pair]:
    """Claims that compare each of several experiments with one, of which nothing differs."""
    first, *others = null_suites(claims, np.random.default_rng(claims))
    return [(first, other) for other in others]


def false_verdicts(suites: Sequence[Pair], stopping: Stopping) -> float:
    """The share of suites with any verdict, where nothing differs; a verdict ends its claim."""
    goes_on = np.ones((SUITES, len(suites)), dtype=bool)
    wrong = np.zeros(SUITES, dtype=bool)
    for look, alpha in LOOK_ALPHA.items():
        raw = np.stack([two_sided(contrast([a[:, :look], b[:, :look]], [1, -1])) for a, b in suites], axis=1)
        p = np.where(goes_on, raw, 1.0)  # a claim without the seeds of this look says nothing
        decided = holm(p) <= alpha
        wrong |= decided.any(1)
        goes_on &= stopping(p) & ~decided
    return float(wrong.mean())


def found(claims: int, effect: float, looks: int, *, halved: bool = True) -> float:
    """The share of claims that are decided by so many looks, each true by so many standard deviations.

    All compare with one experiment. Without `halved`, degrees of freedom are Satterthwaite's.
    """
    first, *others = null_suites(claims, np.random.default_rng((claims, int(10 * effect))))
    decided = np.zeros((SUITES, claims), dtype=bool)
    for look, alpha in list(LOOK_ALPHA.items())[:looks]:
        p = []
        for one in others:
            value, se, df = contrast([one[:, :look] + effect, first[:, :look]], [1, -1])
            p.append(two_sided((value, se, df if halved else 2 * df - (look - 1))))
        decided |= holm(np.stack(p, axis=1)) <= alpha
    return float(decided.mean())


def false_spreads(n: int, alpha: float) -> float:
    """How often equal spreads are called different, by Welch's test of the distances from the medians."""
    pair = np.random.default_rng(n).normal(size=(2, DRAWS, n))
    away = [np.abs(x - np.median(x, axis=1, keepdims=True)) for x in pair]
    return float(np.mean(two_sided(contrast(away, [1, -1])) <= alpha))


def power(n: int, effect: float, alpha: float) -> float:
    """How often Welch's test of two groups finds a difference of so many standard deviations."""
    a, b = np.random.default_rng(n).normal(size=(2, DRAWS, n))
    return float(np.mean(two_sided(contrast([a + effect, b], [1, -1])) <= alpha))


def coverage_rows() -> list[tuple[str, dict[int, float]]]:
    """Each interval in words, with its coverage by number of seeds."""
    rows: list[tuple[str, Callable[[int], float]]] = [
        ("Student's t, one mean", of_mean),
        ("paired t", of_pairs),
        *(
            (f"Welch's t, spreads 1 : {spread}", lambda n, spread=spread: of_welch(n, spread))
            for spread in (1, 3, 10)
        ),
        *(
            (
                f"seeds and {images:,} images, {words}",
                lambda n, images=images, spread=spread: of_seeds_and_images(n, images, spread),
            )
            for images, spread, words in (
                (500, 0.02, "seeds alike"),
                (500, 0.3, "seeds unlike"),
                (10_000, 0.3, "seeds unlike"),
            )
        ),
    ]
    return [(words, {n: covered(n) for n in SIZES}) for words, covered in rows]
