"""What is said of a verdict beside its numbers."""

import math

from bench.claims.ladder import Rung
from bench.claims.remarks import UNREACHED, budget_told
from bench.claims.verdicts import Outcome, decide
from bench.spec.metrics import EpochsTo
from tests.claims.made import falls, from_table, less, outcome_of, seeds, uncounted

TABLE = {"low": seeds(20), "high": seeds(29)}


def with_rung(rung: Rung) -> Outcome:
    (outcome,) = decide([less("low", "high")], from_table(TABLE), uncounted, rungs=[rung])
    return outcome


def test_settings_from_the_edge_of_a_search_are_told_with_a_verdict():
    values = from_table(TABLE)
    edges = {"high": ["lr, high"], "other": ["lr, low"]}
    told = with_rung(Rung({"low": 40, "high": 40}, values, edges=edges))
    assert told.note.endswith("settings from the edge of what was tried: high (lr, high)")
    assert "edge" not in with_rung(Rung({"low": 40, "high": 40}, values)).note


def test_epochs_to_a_level_that_some_never_reached_have_no_interval():
    claim = falls("a", "b", "c").replace(metric=EpochsTo(level=50))
    values = from_table({"a": [6.0] * 5, "b": seeds(3, spread=0.1), "c": seeds(2, spread=0.1)})
    (outcome,) = decide([claim], values, uncounted, rungs=[Rung({}, values, epochs=dict.fromkeys("abc", 5))])
    assert outcome.verdict == "supported"
    assert "5 of 5 runs of a never got there" in outcome.note
    assert UNREACHED in outcome.remarks
    (_, first), (_, second) = outcome.contrasts
    assert math.isnan(first.low)
    assert math.isnan(first.high)
    assert second.low < second.value < second.high


def test_a_budget_names_images_where_they_differ_and_where_nothing_is_trained():
    steps, images = {"a": 40, "b": 1_400}, {"a": 200, "b": 3_000, "probe": 3_000}
    laid = Rung(steps, from_table({}), images=images)
    assert budget_told(laid, ["a", "b"]) == "40 to 1,400 steps on 200 to 3,000 images"
    assert budget_told(laid, ["probe"]) == "3,000 images"
    assert budget_told(Rung(steps, from_table({})), ["a"]) == "40 steps"


def test_a_contradiction_names_the_contrast_that_decides():
    table = {"a": seeds(20), "b": seeds(29), "c": seeds(28)}
    assert "5 seeds, by a − b;" in outcome_of(falls("a", "b", "c"), table).note, "b lies far above a"
    assert "by" not in outcome_of(less("high", "low"), TABLE).note


def test_only_metrics_of_test_images_ask_for_other_ones():
    assert "other test images" in outcome_of(less("low", "high"), TABLE).note
    trained = less("low", "high").replace(metric="train_error")
    assert "other test images" not in outcome_of(trained, TABLE).note
