"""Results in memory: numbers by seed, settings, what runs share, and folders of the older format."""

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.claims import After, At, EpochsTo
from bench.claims.remarks import budget_told
from bench.claims.verdicts import decide
from bench.common.errors import UserError
from bench.report.experiments import main_table
from bench.report.page import runs_tables
from bench.results.files import read, write
from bench.results.settings import setting
from tests.conftest import ROOT
from tests.report.test_build import made_up

PUBLISHED = ROOT / "reports" / "published"


@pytest.fixture(scope="module")
def layers():
    return read(PUBLISHED / "transfer-layer" / "quick")


@pytest.fixture(scope="module")
def features():
    return read(PUBLISHED / "transfer-features" / "quick")


def verdict(results, claim):
    """What results say of one of their claims."""
    found = decide(results.decided, results.by_seed, results.count, results.pools)
    return next(one for one in found if one.claim.id == claim)


def test_numbers_come_with_their_seeds():
    results = made_up()
    some = results.measures[~((results.measures["seed"] == 2) & (results.measures["metric"] == "test_error"))]
    found = replace(results, measures=some).by_seed("plain-20", "test_error")
    assert list(found) == [0, 1, 2, 3, 4]
    assert [seed for seed, value in found.items() if math.isnan(value)] == [2]
    assert len(replace(results, measures=some).values("plain-20", "test_error")) == 4
    assert all(map(math.isnan, results.by_seed("plain-20", "test_iou").values()))
    assert results.by_seed("nobody", "test_error") == {}


def test_a_look_has_the_steps_of_the_network_that_it_is_at():
    sharing = read(PUBLISHED / "sharing" / "quick")
    assert sharing.steps["shared-shifted"] == sharing.steps["shared"] > 0
    assert budget_told(sharing.ladder[-1], ["shared-shifted"]) == f"{sharing.steps['shared']:,} steps"


def test_a_metric_along_an_axis_is_asked_by_its_place():
    results = made_up(seeds=2)
    row = {"experiment": "plain-20", "seed": 1, "budget": 9, "metric": "shifted_error", "value": 7.0}
    more = pd.DataFrame([{**row, "at": "shift=2"}, {**row, "at": "shift=3", "value": 8.0}])
    results = replace(results, measures=pd.concat([results.measures, more]))
    assert list(results.values("plain-20", At(metric="shifted_error", at="shift=3"))) == [8.0]
    assert list(results.values("plain-20", At(metric="shifted_error", at="shift=2"))) == [7.0]
    assert len(results.values("plain-20", "shifted_error")) == 0


def test_what_is_written_is_read(tmp_path):
    results = made_up(seeds=2)
    write(results, tmp_path)
    back = read(tmp_path)
    pd.testing.assert_frame_equal(back.measures, results.measures, check_dtype=False)
    assert set(back.runs) >= {"experiment", "seed", "key", "status", "recipe.lr"}
    assert "test_error" not in back.runs


def test_pictures_of_an_earlier_time_go(tmp_path):
    drawn = replace(made_up(), sheet=b"sheet", pictures={"pictures/map-of-a.png": b"map"})
    write(drawn, tmp_path)
    assert read(tmp_path).pictures == drawn.pictures
    write(made_up(), tmp_path)
    assert (read(tmp_path).sheet, read(tmp_path).pictures) == (b"", {})


def test_folders_of_the_older_format_are_read(tmp_path):
    """There, metrics were columns of runs.csv."""
    made = made_up()
    write(made, tmp_path)
    plan = json.loads((tmp_path / "suite.json").read_text())
    (tmp_path / "suite.json").write_text(json.dumps({**plan, "format": 1}))
    wide = made.measures.pivot_table(index=["experiment", "seed"], columns="metric", values="value")
    made.runs.merge(wide.reset_index()).to_csv(tmp_path / "runs.csv", index=False)
    (tmp_path / "measures.csv").unlink()
    back = read(tmp_path)
    for metric in ("test_error", "train_error"):
        assert list(back.values("plain-56", metric)) == pytest.approx(list(made.values("plain-56", metric)))
    assert "test_error" not in back.runs


def test_later_formats_are_refused_in_one_line(tmp_path):
    shutil.copytree(PUBLISHED / "arithmetic" / "quick", tmp_path / "later")
    path = tmp_path / "later" / "suite.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(UserError, match="results of format 99"):
        read(tmp_path / "later")


def test_pairs_are_joined_on_the_seed_where_a_run_is_missing(layers):
    """Without seed 0 of one side the others keep their partners: before, they moved up by one."""
    whole = verdict(layers, "specific")
    missing = (layers.runs["experiment"] == "A7B") & (layers.runs["seed"] == 0)
    outcome = verdict(replace(layers, runs=layers.runs[~missing]), "specific")
    contrast, found = next(one for one in outcome.contrasts if "A7B" in one[0].experiments)
    sides = [layers.by_seed(name, "test_error") for name in contrast.experiments]
    gaps = [
        sum(weight * side[seed] for weight, side in zip(contrast.weights, sides, strict=True))
        for seed in range(1, found.n + 1)
    ]
    assert (whole.verdict, outcome.verdict) == ("supported", "supported")
    assert found.value == pytest.approx(np.mean(gaps))
    assert found.se == pytest.approx(np.std(gaps, ddof=1) / np.sqrt(len(gaps)))


def test_a_metric_that_probes_have_not_decides_nothing(features):
    plan = {**features.plan, "claims": [
        {"kind": "order", "id": "o", "text": "", "metric": "test_loss",
         "falling": ["scratch-few", "scratch-all", "svm-7"]},
    ]}  # fmt: skip
    outcome = verdict(replace(features, plan=plan), "o")
    assert (outcome.verdict, outcome.p) == ("undecided", None)
    assert outcome.note == "no test loss: 8 of 8 values of svm-7 are missing"


@pytest.mark.parametrize("metric", [EpochsTo(level=50), After(curve="train_error", share=0.5)])
def test_what_was_not_trained_has_no_curve(features, metric):
    assert all(map(math.isnan, features.by_seed("svm-7", metric).values()))


def test_random_probes_of_a_seed_share_its_network(features):
    shared = {features.pools[f"random-{layer}"].experiments[1] for layer in (1, 3, 5, 7)}
    assert len(shared) == 1
    assert not shared & set(features.pools["svm-1"].experiments)
    assert "scratch-few" not in features.pools


def test_halves_of_the_classes_have_half_of_the_test_images(layers):
    assert set(layers.test_images("A3B").values()) == {5000}
    layers = replace(layers, runs=layers.runs.drop(columns="test_images"))  # as in older results
    assert set(layers.test_images("A3B").values()) == {5000}
    plan = {**layers.plan, "data": {**layers.plan["data"], "test": 20_000}}
    assert "test error on other images" not in main_table(layers).columns, "each seed has images of its own"
    assert runs_tables(layers)["A3B"].rows != runs_tables(replace(layers, plan=plan))["A3B"].rows


def test_the_images_that_a_run_says_it_saw_are_taken():
    results = made_up(seeds=2)
    results = replace(results, runs=results.runs.assign(test_images=[30, 40] * 4))
    assert results.test_images("plain-20") == {0: 30, 1: 40}
    assert made_up().test_images("plain-20") == {}


@pytest.mark.parametrize(
    ("experiment", "name", "value"),
    [
        ("A3B", "start.layers", 3),
        ("A3B", "layers", 3),
        ("A3B", "source", "task A"),
        ("A3B", "recipe.epochs", 24),
        ("A3B", "half", "B"),
        ("A3B", "width", 12),
        ("B", "start.layers", None),
        ("B", "nothing", None),
        ("nobody", "recipe.lr", None),
    ],
)
def test_settings_are_asked_by_name(layers, experiment, name, value):
    assert setting(layers, experiment, name) == value


def test_counts_are_asked_like_settings(layers):
    assert setting(layers, "B", "depth") == 8
    assert setting(layers, "B", "parameters") == layers.count("B", "parameters")


def test_an_ambiguous_setting_asks_back(layers):
    with pytest.raises(UserError, match=r"'name' of B could be .*model.name.*; say which"):
        setting(layers, "B", "name")
