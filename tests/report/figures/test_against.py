import re
from dataclasses import replace

import pytest

from bench.report.figures.against import Against
from bench.report.figures.canvas import Mark, canvas_of, name_points
from bench.report.figures.series import above
from tests.report.made import made_up, probed, transferred

FAMILIES = {"plain": ("plain-20", "plain-56"), "resnet": ("resnet-20", "resnet-56")}


def deep(depths=(20, 56, 20, 56)):
    results = made_up()
    return replace(results, counts=results.counts.assign(depth=depths))


def words(figure, results):
    return re.findall(r">([^<]+)</text>", figure.draw(results, "here").svg)


def test_groups_are_lines_that_bear_their_names():
    shown = words(Against(setting="depth", groups=FAMILIES), deep())
    assert {"plain", "resnet", "20", "56", "layers with weights", "here"} <= set(shown)
    assert "plain-20" not in shown


def test_members_at_one_place_are_named_each():
    shown = words(Against(setting="depth", groups=FAMILIES), deep((20, 20, 20, 56)))
    assert {"plain-20", "plain-56", "resnet"} <= set(shown)
    assert "plain" not in shown


def test_without_groups_every_experiment_bears_its_id():
    shown = words(Against(setting="depth"), deep())
    assert {"plain-20", "plain-56", "resnet-20", "resnet-56"} <= set(shown)


def test_experiments_that_agree_in_a_setting_make_a_group():
    shown = words(Against(setting="probe.layer", by="classifier", metric="test_balanced_error"), probed())
    assert {"1", "2", "layer that is probed", "test balanced error, %"} <= set(shown)


def test_a_panel_for_each_metric():
    figure = Against(setting="depth", metric=("train_error", "test_error"))
    assert {"training error, %", "test error, %"} <= set(words(figure, deep()))


def test_differences_from_a_baseline_are_seed_by_seed():
    results = transferred()
    figure = Against(setting="start.layers", over="plain-20", groups={"A": ("plain-56", "resnet-20")})
    assert {"test error above that of plain-20, points", "A", "1", "3"} <= set(words(figure, results))
    gaps = results.values("plain-56", "test_error") - results.values("plain-20", "test_error")
    lost = (results.runs["experiment"] == "plain-20") & (results.runs["seed"] == 0)
    fewer = replace(results, runs=results.runs[~lost])
    assert above(fewer, "plain-56", "plain-20", "test_error") == pytest.approx(gaps[1:])


def test_a_setting_in_words_stands_in_the_order_of_the_suite():
    shown = words(Against(setting="model.name"), made_up())
    ticks = [one for one in shown if one in ("plain-20", "plain-56", "resnet-20", "resnet-56")]
    assert ticks[:4] == ["plain-20", "plain-56", "resnet-20", "resnet-56"]


def test_what_has_not_run_is_left_out():
    assert Against(setting="depth").draw(made_up(), "here") is None, "nothing was counted"
    assert Against(setting="depth", over="resnet-110").draw(deep(), "here") is None
    groups = {**FAMILIES, "vgg": ("vgg-a", "vgg-b")}
    assert "vgg" not in words(Against(setting="depth", groups=groups), deep())


def test_a_name_stands_left_of_its_point_where_a_bar_is_in_its_way():
    with canvas_of(1, 4.4) as (canvas, (axis,)):
        axis.set_xlim(0, 10)
        axis.set_ylim(0, 10)
        marks = [Mark(5, 5, "first", "black", bar=(4, 6)), Mark(5.4, 7, "second", "black", bar=(4, 9))]
        name_points(canvas, [(axis, marks)])
        sides = {text.get_text(): text.get_ha() for text in axis.texts}
    assert sides == {"first": "right", "second": "left"}
