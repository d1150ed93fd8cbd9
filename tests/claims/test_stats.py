"""Statistics against scipy, hand computation, published values and seeded simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from bench.claims import stats
from bench.claims.stats import Estimate, Sample
from tests.claims.made import Welch


def draw(seed: int, n: int, mean: float = 10.0, spread: float = 1.0) -> Sample:
    return np.random.default_rng(seed).normal(mean, spread, n)


def same(found: float, wanted: float) -> bool:
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


errors = st.lists(st.integers(0, 10_000), min_size=2, max_size=8, unique=True).map(
    lambda hundredths: np.array(hundredths) / 100
)


# contrasts


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [2, 3, 5, 20])
def test_mean_agrees_with_scipy(n, level):
    sample = draw(n, n)
    test = scipy_stats.ttest_1samp(sample, 0)
    interval = test.confidence_interval(level)
    found = stats.mean(sample, level)
    assert (found.value, found.low, found.high) == pytest.approx((sample.mean(), interval.low, interval.high))
    assert (found.se, found.df, found.n) == pytest.approx((scipy_stats.sem(sample), n - 1, n))


@pytest.mark.parametrize("bound", [8.0, 10.0, 10.7])
def test_one_sided_p_of_a_mean_agree_with_scipy(bound):
    sample = draw(1, 6)
    found = stats.mean(sample)
    above = scipy_stats.ttest_1samp(sample, bound, alternative="greater").pvalue
    below = scipy_stats.ttest_1samp(sample, bound, alternative="less").pvalue
    assert found.p_above(bound) == pytest.approx(above)
    assert found.p_below(bound) == pytest.approx(below)


@pytest.mark.parametrize("sizes", [(2, 2), (5, 5), (3, 8), (20, 5)])
@pytest.mark.parametrize("spread", [0.2, 1.0, 6.0])
def test_difference_agrees_with_welch_in_scipy(sizes, spread):
    a, b = draw(2, sizes[0], 11), draw(3, sizes[1], 10, spread)
    test = Welch(a, b)
    found = stats.contrast([a, b], [1, -1], 0.9)
    assert (found.low, found.high) == pytest.approx(test.interval(0.9))
    assert (found.value, found.df, found.n) == pytest.approx((a.mean() - b.mean(), test.df, min(sizes)))
    assert 2 * min(found.p_above(0), found.p_below(0)) == pytest.approx(test.pvalue())


def test_bound_of_a_difference_agrees_with_shifted_welch():
    a, b = draw(4, 5, 12), draw(5, 8, 10, 2)
    above = Welch(a - 1.5, b).pvalue("greater")
    assert stats.contrast([a, b], [1, -1]).p_above(1.5) == pytest.approx(above)


def test_interaction_agrees_with_hand_computation():
    """Variances 1, 4, 3, 9 over three seeds: se² = 17/3, Satterthwaite (17/3)² / ((1 + 16 + 9 + 81) / 18)."""
    groups = [np.array(group, float) for group in ([1, 2, 3], [2, 4, 6], [1, 1, 4], [0, 3, 6])]
    found = stats.contrast(groups, [1, -1, -1, 1])
    df = (578 / 107 + 2) / 2
    half = scipy_stats.t.isf(0.025, df) * (17 / 3) ** 0.5
    assert (found.value, found.se, found.df) == pytest.approx((-1, (17 / 3) ** 0.5, df))
    assert (found.low, found.high, found.n) == pytest.approx((-1 - half, -1 + half, 3))
    assert found.p_below(0) == pytest.approx(scipy_stats.t.cdf(-1 / (17 / 3) ** 0.5, df))


def test_weights_and_unequal_sizes_agree_with_hand_computation():
    """Variances 2 (two seeds) and 4 (three) with weights ½ and −2: parts ¼ and 16/3."""
    found = stats.contrast([np.array([1.0, 3.0]), np.array([2.0, 4.0, 6.0])], [0.5, -2])
    assert (found.value, found.n) == (-7, 2)
    assert found.se**2 == pytest.approx(67 / 12)
    assert found.df == pytest.approx(((67 / 12) ** 2 / (1 / 16 + (16 / 3) ** 2 / 2) + 1) / 2)


def test_a_group_without_spread_leaves_the_other_groups_df():
    found = stats.contrast([draw(6, 5), np.zeros(9)], [1, -1])
    assert found.df == pytest.approx(4)
    assert found.se == pytest.approx(scipy_stats.sem(draw(6, 5)))


# invariances


@given(a=errors, b=errors, shift=st.integers(-1000, 1000))
def test_shift_moves_a_mean_and_leaves_a_difference(a, b, shift):
    one, moved = stats.mean(a), stats.mean(a + shift)
    assert same(moved.value, one.value + shift)
    assert same(moved.low, one.low + shift)
    assert same(moved.se, one.se)
    first, second = stats.contrast([a, b], [1, -1]), stats.contrast([a + shift, b + shift], [1, -1])
    for field in ("value", "low", "high", "se", "df"):
        assert getattr(second, field) == pytest.approx(getattr(first, field), rel=1e-6, abs=1e-9)


@given(a=errors, b=errors, scale=st.floats(1e-3, 1e3))
def test_scale_multiplies_all_but_df_and_p(a, b, scale):
    one = stats.contrast([a, b], [1, -1])
    scaled = stats.contrast([a * scale, b * scale], [1, -1])
    for field in ("value", "low", "high", "se"):
        assert getattr(scaled, field) == pytest.approx(
            getattr(one, field) * scale, rel=1e-6, abs=1e-9 * scale
        )
    assert scaled.df == pytest.approx(one.df)
    assert scaled.p_above(3 * scale) == pytest.approx(one.p_above(3), rel=1e-6)


@given(a=errors, b=errors, bound=st.integers(-100, 100))
def test_swapped_groups_mirror_interval_and_p(a, b, bound):
    one, other = stats.contrast([a, b], [1, -1]), stats.contrast([b, a], [1, -1])
    assert same(other.low, -one.high)
    assert same(other.high, -one.low)
    assert same(other.p_above(bound), one.p_below(-bound))


@given(a=errors, bound=st.integers(0, 100))
def test_interval_excludes_a_bound_exactly_where_two_sided_p_is_small(a, bound):
    found = stats.mean(a, 0.9)
    two_sided = 2 * min(found.p_above(bound), found.p_below(bound))
    if abs(two_sided - 0.1) > 1e-9:
        assert (two_sided < 0.1) == (not found.low <= bound <= found.high)
    assert found.p_above(bound) + found.p_below(bound) == pytest.approx(1)


# degenerate samples


@pytest.mark.parametrize("sizes", [(1,), (1, 1), (1, 5), (5, 1)])
def test_one_seed_has_a_value_and_no_interval(sizes):
    samples = [draw(i, n) for i, n in enumerate(sizes)]
    found = stats.contrast(samples, [1, -1][: len(sizes)])
    assert found.value == pytest.approx(samples[0].mean() - (samples[1].mean() if len(samples) > 1 else 0))
    assert np.isnan([found.low, found.high, found.se, found.df]).all()
    assert (found.n, found.p_above(-1e9), found.p_below(1e9)) == (1, 1, 1)


def no_evidence(found: Estimate) -> bool:
    return bool(np.isnan([found.low, found.high]).all()) and found.p_above(-1) == found.p_below(101) == 1


@pytest.mark.parametrize("n", [2, 5, 20])
def test_chance_error_at_all_seeds_is_no_evidence(n):
    assert no_evidence(stats.mean(np.full(n, 90.0)))
    assert no_evidence(stats.contrast([np.full(n, 90.0), np.full(n, 0.0)], [1, -1]))


@given(value=st.integers(0, 10_000), other=st.integers(0, 10_000), n=st.integers(2, 20))
def test_no_spread_is_no_evidence_whatever_the_number(value, other, n):
    assert no_evidence(stats.mean(np.full(n, value / 100)))
    assert no_evidence(stats.contrast([np.full(n, value / 100), np.full(n, other / 100)], [1, -1]))


@pytest.mark.parametrize(
    ("samples", "weights"),
    [([[]], [1]), ([[1, 2], []], [1, -1]), ([[1, 2]], [1, -1]), ([[1, 2], [3, 4]], [1])],
)
def test_empty_samples_and_missing_weights_are_refused(samples, weights):
    with pytest.raises(ValueError, match="one weight a sample, and no empty sample"):
        stats.contrast([np.array(sample, float) for sample in samples], weights)


def test_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no empty sample"):
        stats.mean(np.array([]))


# coverage; that of equal numbers of seeds is simulated in test_simulation.py


def test_interval_of_a_difference_covers_at_its_level_with_unequal_sizes_and_variances():
    """Standard deviations 3 and 1; within three standard errors of a share of 4,000 draws, 1.03 points."""
    rng = np.random.default_rng(0)
    pairs = zip(rng.normal(7, 3, (4000, 5)), rng.normal(5, 1, (4000, 10)), strict=True)
    found = [stats.contrast(pair, [1, -1]) for pair in pairs]
    covered = np.mean([one.low <= 2 <= one.high for one in found])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 4000))


# equivalence, test images


@pytest.mark.parametrize("shift", [0.0, 0.4, 2.0])
def test_equivalence_is_two_one_sided_tests_in_scipy(shift):
    a, b = draw(8, 6, 10), draw(9, 6, 10 + shift)
    low, high = Welch(a + 1.5, b).pvalue("greater"), Welch(a - 1.5, b).pvalue("less")
    assert stats.tost(stats.contrast([a, b], [1, -1]), 1.5) == pytest.approx(max(low, high))


def test_paired_agrees_with_scipy():
    a, b = draw(10, 7), draw(11, 7, 9)
    test = scipy_stats.ttest_rel(a, b)
    found, wanted = stats.paired(a, b), test.confidence_interval()
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert 2 * min(found.p_above(0), found.p_below(0)) == pytest.approx(test.pvalue)
    with pytest.raises(ValueError, match="equally long, not 7 and 6"):
        stats.paired(a, b[1:])


@pytest.mark.parametrize(("wrong", "images"), [(0, 50), (3, 100), (697, 10_000), (100, 100)])
def test_one_run_s_interval_is_wilson_s_in_scipy(wrong, images):
    found = stats.run_error(100 * wrong / images, images)
    wanted = scipy_stats.binomtest(wrong, images).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((100 * wanted.low, 100 * wanted.high), abs=1e-9)


def test_seeds_and_images_agree_with_hand_computation():
    """Five seeds of mean 7 and variance 1; 196 of 4 more than 2,796 images: 0.0707 × 0.9293 / 2,796."""
    sample = 7 + np.array([-1.0, -1.0, 0.0, 1.0, 1.0])
    found = stats.mean_error(sample, 2_796)
    share = (0.07 * 2_796 + 2) / 2_800
    halves = scipy_stats.t.ppf(0.975, 4) / 5**0.5, 1.959964 * 100 * (share * (1 - share) / 2_796) ** 0.5
    assert found.high - found.value == pytest.approx(np.hypot(*halves))
    assert stats.mean_error(sample[:1], 2_796) == stats.run_error(6.0, 2_796)


@given(sample=errors, images=st.integers(50, 10_000))
def test_images_only_widen_an_interval(sample, images):
    both, seeds = stats.mean_error(sample, images), stats.mean(sample)
    assert both.high - both.low >= seeds.high - seeds.low


def test_an_exact_number_moves_an_estimate():
    found = stats.mean(draw(3, 5))
    moved = found.shifted(-4)
    assert (moved.value, moved.low, moved.se) == (found.value - 4, found.low - 4, found.se)
