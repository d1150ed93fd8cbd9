"""How many seeds would find what matters."""

from dataclasses import replace

import pytest
from scipy import stats as scipy_stats

from bench.claims import stats
from bench.results.needed import seeds_needed
from tests.report.made import made_up


def results(matters, seeds=5):
    made = made_up(seeds=seeds)
    claims = [{**made.plan["claims"][0], "matters": matters}, *made.plan["claims"][1:]]
    return replace(made, plan={**made.plan, "claims": claims})


def needed(made):
    return seeds_needed(made, made.decided)


def test_larger_effects_need_fewer_seeds():
    looks = [needed(results(matters))[0].look for matters in (10.0, 2.0, 1.5, 1.0, 0.8, 0.7, 0.6)]
    found = [one for one in looks if one is not None]
    assert found[0] == 5
    assert found == sorted(found)
    assert len(set(found)) > 1
    assert needed(results(0.01))[0].look is None


def test_the_look_has_the_power_it_is_named_for():
    (one,) = needed(results(2.0))
    outcome = results(2.0).outcomes[0]
    ((contrast, estimate),) = outcome.contrasts
    n = one.look
    df = estimate.df / (estimate.n - 1) * (n - 1)
    se = estimate.se * (estimate.n / n) ** 0.5
    critical = scipy_stats.t.ppf(1 - stats.LOOK_ALPHA[n] / 2, df)
    assert scipy_stats.nct.sf(critical, df, 2.0 / se) >= 0.8
    assert contrast.bound == 0


@pytest.mark.parametrize("made", [made_up(), results(1.0, seeds=1)])
def test_without_a_wish_or_a_spread_nothing_is_said(made):
    assert needed(made) == []
