"""What an outcome tells: its p, its estimate, its note."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bench.claims import Count, stats
from bench.claims.verdicts import decide
from bench.spec.metrics import EpochsTo, Metric
from tests.claims.made import (
    LEVELS,
    Welch,
    by_seed,
    falls,
    from_table,
    gains,
    less,
    outcome_of,
    seeds,
    uncounted,
    verdicts,
)


def test_p_of_a_difference_is_welch_and_estimates_are_shown():
    table = {"low": seeds(20, spread=9), "high": seeds(29, spread=4)}
    outcome = outcome_of(less("low", "high", by=1.5), table)
    assert outcome.p == pytest.approx(Welch(np.array(table["high"]) - 1.5, table["low"]).pvalue())
    ((contrast, estimate),) = outcome.contrasts
    assert (contrast.label, contrast.bound) == ("high − low", 1.5)
    assert (estimate.value, estimate.n) == pytest.approx((9, 5))


@pytest.mark.parametrize(("order", "claimed"), [("abc", True), ("cba", False), ("acb", False)])
def test_p_of_an_order_is_its_worst_neighbour_or_its_most_reversed_one(order, claimed):
    """Speaking against, the smallest of two one-sided p is taken twice."""
    table = {"a": seeds(22, spread=2), "b": seeds(20, spread=3), "c": seeds(17, spread=2)}
    falls_by = [Welch(table[one], table[two]).pvalue("greater") for one, two in pairwise(order)]
    one_sided = max(falls_by) if claimed else 2 * min(1 - p for p in falls_by)
    assert outcome_of(falls(*order), table).p == pytest.approx(2 * one_sided)


def test_each_claim_is_asked_about_its_own_metric():
    def values(experiment: str, metric: Metric) -> dict[int, float]:
        better = {"train_error": "b", EpochsTo(level=50): "a"}[metric]
        return by_seed(seeds(10 if experiment == better else 20))

    claims = [
        less("a", "b", id="train", metric="train_error"),
        less("a", "b", id="speed", metric=EpochsTo(level=50)),
    ]
    assert [one.verdict for one in decide(claims, values, uncounted)] == ["contradicted", "supported"]


def test_outcomes_stand_in_the_order_of_claims():
    claims = [
        less("low", "high", id="z"),
        Count(id="m", text="", quantity="parameters", values={"low": 3}),
        less("high", "low", id="a"),
    ]
    found = decide(claims, from_table(LEVELS), lambda experiment, quantity: 3)
    assert [outcome.claim for outcome in found] == claims
    assert [outcome.verdict for outcome in found] == ["supported", "supported", "contradicted"]


def test_no_claims_no_outcomes():
    assert decide([], from_table({}), uncounted) == []


def test_no_spread_is_undecided():
    """All seeds at chance, or at nothing: exact in floating point, so no rounding stands in for spread."""
    assert verdicts([less("b", "a")], {"a": [90.0] * 5, "b": [0.0] * 5}) == ["undecided"]


def test_no_spread_is_undecided_where_the_mean_is_rounded():
    assert verdicts([less("b", "a")], {"a": [7.77] * 5, "b": [0.0] * 5}) == ["undecided"]


def test_an_experiment_on_both_sides_of_an_interaction_has_twice_its_weight():
    """(a − b) − (b − c) is a − 2b + c, whose variance has 4 var(b) / n."""
    table = {"a": seeds(30), "b": seeds(20, spread=4), "c": seeds(17)}
    ((_, found),) = outcome_of(gains(("b", "c"), ("a", "b")), table).contrasts
    wanted = stats.contrast([np.array(table[name]) for name in "abc"], [1, -2, 1])
    assert found.value == pytest.approx(wanted.value)
    assert (found.se, found.df) == pytest.approx((wanted.se, wanted.df))


def test_a_side_without_numbers_decides_nothing():
    """`max(0.01, nan)` is 0.01: an order with one clear step and one that cannot be known is no order."""
    claim = falls("high", "low", "nowhere")
    outcome = outcome_of(claim, {**LEVELS, "nowhere": [math.nan] * 5})
    assert (outcome.verdict, outcome.p, outcome.more) == ("undecided", None, None)
    assert outcome.note == "no test error: 5 of 5 values of nowhere are missing"


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_one_broken_value_decides_nothing(broken):
    outcome = outcome_of(less("low", "high"), {**LEVELS, "low": [*seeds(20)[:4], broken]})
    assert (outcome.verdict, outcome.note) == (
        "undecided",
        "no test error: 1 of 5 values of low are missing",
    )


def test_a_value_missing_after_the_verdict_does_not_take_it_back():
    table = {name: [*values, *values[:3]] for name, values in LEVELS.items()}
    assert verdicts([less("low", "high")], {**table, "low": [*table["low"][:7], math.nan]}) == ["supported"]


def test_unlike_machines_are_told_beside_the_verdict():
    def told(low: set[str], high: set[str]) -> str:
        made = {"low": frozenset(low), "high": frozenset(high)}
        values = from_table(LEVELS)
        return decide([less("low", "high")], values, uncounted, None, made)[0].note

    here, there = "torch 2.13.0 cpu avx2", "torch 2.13.0 cpu avx512"
    said = f"; its sides were run on different machines: {here} / {there}"
    assert told({here}, {there}).endswith(said)
    assert told({here}, {here, there}).endswith(said)
    assert "machines" not in told({here}, {here}) + told({here}, set()) + told(set(), set())
