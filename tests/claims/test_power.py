"""How many seeds an effect needs, against published tables and simulation."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from bench.claims import stats
from bench.claims.stats import Estimate


@pytest.mark.parametrize(("alpha", "n"), [(0.03, 5), (0.01, 8), (0.05, 20)])
def test_what_is_detectable_is_found_with_the_power_asked_for(alpha, n):
    spread = estimate(0, 2, n)
    found = stats.detectable(spread, alpha)
    again = estimate(found * (1 + 1e-9), 2, n)
    assert stats.seeds_for_power(again, 0, alpha) == n
    assert stats.detectable(Estimate(1, np.nan, np.nan, 0.0, np.nan, 5), alpha) is None


def estimate(effect: float, groups: int, n: int = 5) -> Estimate:
    """What n seeds of one or two groups with unit spread show on average, in standard deviations."""
    return Estimate(effect, np.nan, np.nan, float(np.sqrt(groups / n)), float(groups * (n - 1)), n)


@pytest.mark.parametrize(
    ("effect", "groups", "wanted"), [(0.5, 2, 64), (0.8, 2, 26), (0.5, 1, 34), (0.8, 1, 15)]
)
def test_seeds_for_power_agree_with_published_tables(effect, groups, wanted):
    """Two-sided 5 %, power 80 %: the standard sample sizes for small, medium and large effects."""
    assert stats.seeds_for_power(estimate(effect, groups), 0, 0.05) == wanted
    assert stats.seeds_for_power(estimate(-effect, groups, n=9), 0, 0.05) == wanted


@pytest.mark.parametrize(("effect", "alpha"), [(1.0, 0.05), (1.5, 0.01), (2.0, 0.005)])
@pytest.mark.parametrize("groups", [1, 2])
def test_seeds_for_power_are_the_fewest_that_reach_it_in_simulation(effect, alpha, groups):
    """Within three standard errors of a share of 20,000 draws."""
    n = stats.seeds_for_power(estimate(effect + 3, groups), 3, alpha)
    assert n is not None

    def power(seeds: int) -> float:
        a, b = np.random.default_rng(seeds).normal(size=(2, 20_000, seeds))
        if groups == 1:
            p = scipy_stats.ttest_1samp(a + effect, 0, axis=1).pvalue
        else:
            p = scipy_stats.ttest_ind(a + effect, b, axis=1, equal_var=False).pvalue
        return float(np.mean(p <= alpha))

    tolerance = 3 * np.sqrt(0.8 * 0.2 / 20_000)
    assert power(n) >= 0.8 - tolerance
    assert power(n - 1) <= 0.8 + tolerance


@pytest.mark.parametrize(
    "hopeless",
    [
        estimate(0, 2),
        estimate(0.001, 2),
        Estimate(1, np.nan, np.nan, 0.0, np.nan, 5),
        Estimate(1, np.nan, np.nan, np.nan, np.nan, 1),
    ],
    ids=["no effect", "beyond the limit", "no spread", "one seed"],
)
def test_seeds_for_power_are_none_where_no_number_would_do(hopeless):
    assert stats.seeds_for_power(hopeless, 0, 0.05) is None


def test_limit_of_seeds_is_itself_allowed():
    assert stats.seeds_for_power(estimate(0.5, 2), 0, 0.05, limit=64) == 64
    assert stats.seeds_for_power(estimate(0.5, 2), 0, 0.05, limit=63) is None
