"""What the intervals cover, how often verdicts are false, and that the simulation speaks of the real code."""

import numpy as np
import pytest

from bench.claims import stats
from bench.claims.verdicts import decide
from bench.spec import LOOKS
from tests import simulation
from tests.claims.made import from_table, less, uncounted

# three standard errors of a share of 5 % among the simulated suites
BY_CHANCE = 3 * np.sqrt(0.05 * 0.95 / simulation.SUITES)


@pytest.mark.parametrize("n", simulation.SIZES)
@pytest.mark.parametrize("covered", [simulation.of_mean, simulation.of_pairs])
def test_t_covers_what_it_promises(covered, n):
    assert 0.94 <= covered(n) <= 0.96


@pytest.mark.parametrize("spread", [1, 2, 3, 5, 7, 10, 20])
@pytest.mark.parametrize("n", simulation.SIZES)
def test_welch_covers_at_least_94_percent_whatever_the_spreads(n, spread):
    assert simulation.of_welch(n, spread) >= 0.94


@pytest.mark.parametrize(("noise", "ratio"), simulation.PROMISED.values(), ids=simulation.PROMISED)
@pytest.mark.parametrize("n", simulation.SIZES)
def test_a_difference_is_covered_whatever_the_seeds_are_like(n, noise, ratio):
    assert simulation.of_difference(n, noise, ratio) >= 0.93


@pytest.mark.parametrize(("images", "spread"), [(500, 0.02), (500, 0.3), (2_000, 0.1), (10_000, 0.3)])
@pytest.mark.parametrize("n", simulation.SIZES)
def test_seeds_and_images_together_are_covered(n, images, spread):
    assert simulation.of_seeds_and_images(n, images, spread) >= 0.94


@pytest.mark.parametrize(("images", "share"), [(500, 0.05), (10_000, 0.06), (1_000, 0.3), (300, 0.02)])
def test_one_run_s_error_is_covered(images, share):
    assert simulation.of_run(images, share) >= 0.94


def test_an_interval_of_seeds_alone_misses_the_images():
    """Why the combined interval is there: seeds that agree on few images say nothing of others."""
    sample = simulation.errors_on_images(5, 500, 0.04, 0.06, 0.02)
    assert simulation.covers(simulation.contrast([sample], [1]), 7.0) < 0.7


@pytest.mark.parametrize("stopping", simulation.STOPPING.values(), ids=simulation.STOPPING)
@pytest.mark.parametrize("claims", [1, 10])
def test_false_verdicts_stay_below_five_percent_whatever_the_stopping(claims, stopping):
    assert simulation.false_verdicts(simulation.shared_suites(claims), stopping) <= 0.05 + BY_CHANCE


@pytest.mark.parametrize(("noise", "ratio"), simulation.PROMISED.values(), ids=simulation.PROMISED)
@pytest.mark.parametrize("claims", simulation.CLAIMS)
def test_at_most_five_percent_of_suites_say_anything_false_where_that_is_promised(claims, noise, ratio):
    """The upper end of the 95 % interval for what the simulated suites say."""
    suites = simulation.unlike_suites(claims, noise, ratio)
    share = simulation.false_verdicts(suites, simulation.STOPPING["all looks"])
    assert share + 1.96 * np.sqrt(share * (1 - share) / simulation.SUITES) <= 0.05


def test_satterthwaite_s_degrees_of_freedom_would_not_do(monkeypatch):
    """Why they are halved towards those of the smaller sample."""
    halved = simulation.contrast

    def unhalved(samples, weights):
        value, se, df = halved(samples, weights)
        return value, se, 2 * df - (min(x.shape[1] for x in samples) - 1)

    monkeypatch.setattr(simulation, "contrast", unhalved)
    suites = simulation.unlike_suites(15, *simulation.PROMISED["normal, spreads 1 : 4"])
    assert simulation.false_verdicts(suites, simulation.STOPPING["all looks"]) > 0.06


@pytest.mark.parametrize(("look", "alpha"), stats.LOOK_ALPHA.items())
def test_equal_spreads_are_rarely_called_different(look, alpha):
    assert simulation.false_spreads(look, alpha) <= alpha


@pytest.mark.parametrize(("effect", "alpha"), [(1.5, 0.03), (2.5, 0.01)])
def test_power_is_as_computed(effect, alpha):
    """But for up to six points: Welch's test estimates its degrees of freedom, and loses some at five."""
    estimate = stats.Estimate(effect, np.nan, np.nan, float(np.sqrt(2 / 5)), 6.0, 5)
    n = stats.seeds_for_power(estimate, 0, alpha)
    assert simulation.power(n - 1, effect, alpha) < 0.8 < simulation.power(n, effect, alpha) + 0.04
    found = stats.detectable(estimate, alpha)
    assert simulation.power(5, found, alpha) == pytest.approx(0.8, abs=0.06)


# the simulation's formulas are the code's


def test_the_simulation_computes_what_the_statistics_do():
    rng = np.random.default_rng(0)
    pairs = rng.normal(5, 2, (2, 20, 4))
    value, se, df = simulation.contrast(list(pairs), [1, -1])
    p = simulation.two_sided((value, se, df))
    for i in range(20):
        found = stats.contrast([pairs[0, i], pairs[1, i]], [1, -1])
        assert (found.value, found.se, found.df) == pytest.approx((value[i], se[i], df[i]))
        assert 2 * min(found.p_above(0), found.p_below(0)) == pytest.approx(p[i])
        own, half = simulation.mean_error(pairs[:1, i], 500)
        both = stats.mean_error(pairs[0, i], 500)
        assert (both.low, both.high) == pytest.approx((own[0] - half[0], own[0] + half[0]))
    many = rng.uniform(size=(20, 6))
    assert np.allclose(simulation.holm(many), [stats.holm(row) for row in many])


@pytest.mark.usefixtures("silent")
def test_the_simulated_suites_are_decided_as_real_ones(monkeypatch):
    monkeypatch.setattr(simulation, "SUITES", 40)
    claims = [less("first", f"other {i}", id=f"{i}") for i in range(10)]
    experiments = simulation.null_suites(10, np.random.default_rng(10))
    experiments[3] = experiments[3] + 1.5  # so that there is something to decide
    monkeypatch.setattr(simulation, "null_suites", lambda claims, rng: experiments)
    real = []
    for i in range(40):
        named = {"first": experiments[0][i]} | {f"other {k}": x[i] for k, x in enumerate(experiments[1:])}
        outcomes = decide(claims, from_table(named), uncounted)
        real.append(any(one.verdict != "undecided" for one in outcomes))
    share = simulation.false_verdicts(simulation.shared_suites(10), simulation.STOPPING["all looks"])
    assert 0.2 < share == np.mean(real)
    assert tuple(stats.LOOK_ALPHA) == LOOKS
