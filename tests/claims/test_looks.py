"""When a claim is looked at, and what several claims of one suite do to each other."""

from dataclasses import replace

import pytest
from scipy import stats as scipy_stats

from bench.claims import Count, stats
from bench.claims.kinds import Trained
from bench.claims.verdicts import decide
from tests.claims.made import (
    falls,
    from_table,
    gains,
    less,
    outcome_of,
    quietened,
    seeds,
    uncounted,
    verdicts,
)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("claim", [less("low", "high"), falls("high", "low")])
def test_fewer_seeds_than_the_first_look_are_undecided(claim, n):
    table = {"low": seeds(20, n), "high": seeds(90, 12)}
    outcome = outcome_of(claim, table)
    assert (outcome.verdict, outcome.n) == ("undecided", n)
    assert outcome.note == f"needs 5 seeds of each experiment, has {n}"
    assert (outcome.look, outcome.p, outcome.alpha) == (None, None, None)


@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("later", [-1000.0, 1000.0])
@pytest.mark.parametrize("difference", [-20.0, 0.5, 20.0])
def test_between_looks_the_verdict_rests_on_the_first_five(n, later, difference):
    first = {"low": seeds(20), "high": seeds(20 + difference)}
    more = {"low": seeds(20, n), "high": first["high"] + seeds(20 + later, n - 5)}
    at_five, now = outcome_of(less("low", "high"), first), outcome_of(less("low", "high"), more)
    wanted = {-20.0: "contradicted", 0.5: "undecided", 20.0: "supported"}[difference]
    assert (now.verdict, now.look, now.n, now.alpha) == (wanted, 5, 5, stats.LOOK_ALPHA[5])
    assert replace(now, note="") == replace(at_five, note="")


@pytest.mark.parametrize("n", [6, 7])
def test_between_looks_nothing_is_decided_that_all_seeds_would_show(n):
    """Two more quiet seeds bring p from 5.5 % to below the 3 % of the first look."""
    table = {"low": quietened(20, n), "high": quietened(22.2, n)}
    assert scipy_stats.ttest_ind(table["high"], table["low"], equal_var=False).pvalue < 0.03
    assert verdicts([less("low", "high")], table) == ["undecided"]


@pytest.mark.parametrize(("look", "difference"), [(8, 2.2), (12, 1.45), (20, 0.8)])
@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_undecided_at_one_look_can_be_decided_at_a_later_one(look, difference, sign):
    table = {"low": quietened(20, 20), "high": quietened(20 + sign * difference, 20)}
    before = {name: values[: look - 1] for name, values in table.items()}
    claim = less("low", "high")
    assert verdicts([claim], before) == ["undecided"]
    found = outcome_of(claim, {name: values[:look] for name, values in table.items()})
    assert found.verdict == ("supported" if sign > 0 else "contradicted")
    assert (found.look, found.n, found.alpha) == (look, look, stats.LOOK_ALPHA[look])
    assert found.note == f"decided at the look of {look} seeds; not known for other test images"
    assert outcome_of(claim, table) == found


@pytest.mark.parametrize("n", [8, 12, 20])
def test_the_first_verdict_stands_whatever_comes_later(n):
    first = {"low": seeds(20), "high": seeds(40)}
    table = {"low": first["low"] + seeds(90, n - 5), "high": first["high"] + seeds(0, n - 5)}
    assert outcome_of(less("low", "high"), table) == outcome_of(less("low", "high"), first)


def test_the_slowest_experiment_sets_the_look():
    table = {"low": seeds(20, 20), "high": seeds(20.5, 9), "other": seeds(30, 5)}
    found = decide([less("low", "high"), less("low", "other", id="other")], from_table(table), uncounted)
    assert [(outcome.look, outcome.n) for outcome in found] == [(8, 8), (5, 5)]


@pytest.mark.parametrize(
    ("n", "difference", "note"),
    [
        (5, 2.5, "about 15 more seeds needed to decide"),
        (5, -2.5, "about 15 more seeds needed to decide, as contradicted"),
        (5, 0.0, "more than 20 seeds would be needed to decide an effect of the size seen"),
        (20, 0.1, "still open at the last look of 20 seeds"),
    ],
)
def test_undecided_says_how_many_more_seeds(n, difference, note):
    table = {"low": quietened(20, n), "high": quietened(20 + difference, n)}
    outcome = outcome_of(less("low", "high"), table)
    assert (outcome.verdict, outcome.note) == ("undecided", note)


def several() -> list[Trained]:
    return [
        less("a", "b", id="one"),
        less("c", "a", id="two"),
        less("b", "c", id="three"),
        falls("b", "a", "c"),
        gains(("a", "b"), ("b", "c")),
    ]


OPEN = {"a": seeds(20, spread=2), "b": seeds(23, spread=2), "c": seeds(19, spread=3)}


def test_holm_is_applied_over_the_trained_claims():
    alone = [outcome_of(claim, OPEN).p for claim in several()]
    together = [outcome.p for outcome in decide(several(), from_table(OPEN), uncounted)]
    assert together == pytest.approx(stats.holm([p for p in alone if p is not None]))
    assert together != pytest.approx(alone)


def test_holm_does_not_count_counts():
    counts = [Count(id=f"count {i}", text="", quantity="p", values={"a": 3}) for i in range(20)]
    with_counts = decide([*counts, *several()], from_table(OPEN), lambda experiment, quantity: 3)
    assert with_counts[20:] == decide(several(), from_table(OPEN), uncounted)


def test_a_claim_that_stands_alone_may_fall_in_company():
    table = {"low": seeds(20, spread=2), "high": seeds(23.1, spread=2), "same": seeds(20, spread=2)}
    claim = less("low", "high")
    company = [less("low", "same", id=f"idle {i}") for i in range(3)]
    assert verdicts([claim], table) == ["supported"]
    assert verdicts([claim, *company], table) == ["undecided"] * 4


@pytest.mark.parametrize(("n", "verdict"), [(7, "undecided"), (8, "supported")])
def test_a_claim_short_of_a_look_does_not_ease_holm_for_the_others(n, verdict):
    """At eight seeds p is 0.6 %: enough for the level of 1 % only if the other claim is decided by then."""
    table = {"low": quietened(20, 8), "high": quietened(21.94, 8), "far": seeds(90, n)}
    claims = [less("low", "high"), less("low", "far", id="clear")]
    assert verdicts(claims, table) == [verdict, "supported"]
