"""Which figures a report has, and what they show."""

import re
from dataclasses import replace

import numpy as np
import pytest

from bench.report.figures import figures
from bench.report.figures.families import families
from tests.report.made import EXPERIMENTS, built, compared, made_up, transferred


def test_families_are_told_by_the_beginning_of_the_id():
    found = families(["resnet-110", "plain-20", "resnet-20", "vgg-b-5x5", "vgg-a", "none"])
    assert [(one.name, one.experiments) for one in found] == [
        ("resnet", ("resnet-110", "resnet-20")),
        ("vgg", ("vgg-b-5x5", "vgg-a")),
        ("", ("plain-20", "none")),
    ]


@pytest.mark.parametrize(
    ("depths", "names"),
    [
        ([20, 56, 20, 56], ["error-against-depth", "error-against-parameters"]),
        ([20, 20, 20, 20], ["error-against-parameters"]),
    ],
)
def test_errors_are_drawn_against_what_varies(depths, names):
    counted = made_up().counts.assign(depth=depths, parameters=[5, 9, 5, 9])
    drawn = figures(replace(made_up(), counts=counted), "here")
    assert [one.name for one in drawn] == [*names, "curves"]
    assert all("here" in one.svg for one in drawn), "the label goes with the file"


def test_members_of_one_depth_are_named_each_and_others_joined_by_a_line():
    counted = made_up().counts.assign(depth=[20, 20, 20, 56])
    svg = figures(replace(made_up(), counts=counted), "here")[0].svg
    assert "resnet</text>" in svg
    assert "plain</text>" not in svg


def test_gains_are_sorted_and_against_the_one_without():
    drawn = {one.name: one for one in figures(compared(), "here")}
    assert "gains-over-plain-20" in drawn
    svg = drawn["gains-over-plain-20"].svg
    names = [name for name in re.findall(r">([a-z]+-[0-9]+)</text>", svg) if name != "plain-20"]
    assert names == ["plain-56", "resnet-56", "resnet-20"], "from the least gain, below, to the most"
    assert "error-against-images" not in drawn


def test_sizes_are_drawn_where_an_augmentation_met_several():
    drawn = {one.name: one.svg for one in figures(compared((100, 400)), "here")}
    svg = drawn["error-against-images"]
    assert {f">{name}</text>" for name in EXPERIMENTS} <= set(re.findall(r">[a-z]+-[0-9]+</text>", svg))


def test_many_experiments_get_a_panel_each():
    many = compared((100, 200, 400, 800))
    svg = next(one.svg for one in figures(many, "here") if one.name == "curves")
    assert all(f">{name}</text>" in svg for name in EXPERIMENTS)


def test_curves_by_layer_are_drawn_where_depths_vary():
    drawn = {one.name: one.svg for one in figures(transferred(), "here")}
    assert "task A, frozen</text>" in drawn["transfer"]
    assert "task A, trained on</text>" not in drawn["transfer"], "one point is no curve"
    assert "100 training images" in drawn["transfer"]


def test_probes_have_a_figure_and_say_what_they_are(tmp_path):
    base = made_up()
    rows = []
    for layer, one in enumerate(base.plan["experiments"], start=1):
        probe = {"layer": layer % 2 + 1, "classifier": "svm"}
        rows.append({**one, "spec": {**one["spec"], "probe": probe}} | ({"source": "A"} if layer < 3 else {}))
    runs = base.runs.assign(test_balanced_error=base.runs["test_error"])
    cost = base.cost.assign(images_per_second=np.nan)
    plan = {**base.plan, "experiments": rows}
    results = replace(base, plan=plan, runs=runs, curves=base.curves[:0], cost=cost)
    made = built(tmp_path, results)
    svg = made["figures/probes.svg"].decode()
    assert "svm, A</text>" in svg
    assert "svm, random weights</text>" in svg
    assert b"svm on layer 2" in made["report.html"]
    assert b"nan" not in made["tables/cost.csv"]
    assert "figures/curves.svg" not in made


def test_frozen_layers_and_training_images_make_a_map():
    base = compared((100, 400))
    begun = {"plain-20": None, "plain-56": 7, "resnet-20": 4, "resnet-56": 0}
    rows = []
    for one in base.plan["experiments"]:
        frozen = begun["-".join(one["id"].split("-")[:2])]
        spec = {**one["spec"], "augment": []}
        if frozen is not None:
            spec["start"] = {"key": "", "layers": 7, "frozen": frozen, "share": 1.0}
        rows.append({**one, "spec": spec, **({"source": "A"} if frozen is not None else {})})
    runs = base.runs.assign(test_balanced_error=base.runs["test_error"])
    results = replace(base, plan={**base.plan, "experiments": rows}, runs=runs)
    drawn = {one.name: one.svg for one in figures(results, "here")}
    for words in ("from scratch", "7 of 7 layers frozen", "0 of 7 layers frozen", "400"):
        assert f">{words}</text>" in drawn["freeze-map"]
    parts = replace(results, runs=runs[runs["experiment"] != "plain-56-400"])
    assert "freeze-map" not in {one.name for one in figures(parts, "here")}, "a map has no holes"
