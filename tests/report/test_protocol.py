"""What a report says of how it was measured, and of what came out again."""

from dataclasses import replace

import pandas as pd
import pytest

from bench.report.experiments import main_table
from bench.report.protocol import protocol_table, protocol_words, splits
from bench.report.replicates import not_again
from bench.results.files import read
from tests.conftest import ROOT
from tests.report.made import made_up, probed

PUBLISHED = ROOT / "reports" / "published"


@pytest.fixture(scope="module")
def averaged():
    return read(PUBLISHED / "ensembles/quick")


@pytest.fixture(scope="module")
def layers():
    return read(PUBLISHED / "transfer-layer/quick")


@pytest.mark.parametrize(
    ("edition", "told"), [(0, ""), (1, "changed once after"), (2, "changed twice"), (3, "changed 3 times")]
)
def test_that_a_profile_was_changed_after_runs_had_been_seen_is_told(edition, told):
    plan = {**made_up().plan, "edition": edition}
    words = " ".join(protocol_words(replace(made_up(), plan=plan)))
    assert told in words
    assert ("was changed" in words) == bool(edition)


def test_splits_that_members_share_bound_what_verdicts_hold_for(averaged):
    assert splits(averaged) == 3
    assert "where seeds share splits, for the 3 drawn, for these test images" in protocol_words(averaged)[-1]
    assert "hold for the 3 splits drawn" in main_table(averaged).caption
    assert splits(made_up()) == 0
    assert "splits" not in " ".join(protocol_words(made_up())) + main_table(made_up()).caption


def test_halves_of_the_classes_have_test_images_of_their_own(layers):
    words = " ".join(protocol_words(layers))
    assert "tested on 5,000 images (those of its own classes)" in words
    assert "for the test images of the classes that its seeds drew" in words
    assert "drawn anew for each seed" in main_table(layers).caption


def test_a_strength_at_the_end_of_what_was_offered_is_told():
    results = probed()
    tested = results.measures[results.measures["metric"] == "test_error"]
    measures = pd.concat([results.measures, tested.assign(metric="strength", value=1.0)])
    told = main_table(replace(results, measures=measures)).rows[0]
    chosen = "strength chosen on validation images (the largest in 5 of 5 seeds)"
    assert f"svm on layer 1, averaged over places of an untrained net, {chosen}" in told


def test_verdicts_that_some_replicate_did_not_give_are_named(layers):
    given = {one.claim.id for one in layers.outcomes if one.verdict != "undecided"}
    again = {one.claim.id for one in layers.replicates[0].outcomes if one.verdict != "undecided"}
    assert set(not_again(layers)) == given - again
    assert not_again(replace(layers, replicates=())) == []


@pytest.mark.parametrize(
    ("profile", "other", "row"),
    [
        ("quick", "paper profile", ("epochs", "6", "20")),
        ("paper", "published", ("precision", "bf16", "float32")),
    ],
)
def test_a_paper_profile_is_set_beside_what_was_published_and_others_beside_it(profile, other, row):
    table = protocol_table(read(PUBLISHED / "lenet" / profile))
    assert table.columns == ("what", "here", other)
    assert row in table.rows
