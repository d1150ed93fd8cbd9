from dataclasses import replace

import pytest

from bench.common.errors import UserError
from bench.report.figures.map import Map
from tests.report.made import made_up

FREEZE = Map(rows="start.frozen", columns="data.train", absent="from scratch")


def frozen(sizes=(100, 400, 100, 400), layers=(None, None, 7, 7)):
    results, rows = made_up(), []
    for one, size, frozen in zip(results.plan["experiments"], sizes, layers, strict=True):
        spec = {**one["spec"], "data": {"train": size, "validation": 10}}
        start = {} if frozen is None else {"start": {"layers": 7, "frozen": frozen, "share": 1.0}}
        rows.append({**one, "spec": spec | start})
    return replace(results, plan={**results.plan, "experiments": rows})


def test_each_cell_is_an_experiment():
    svg = FREEZE.draw(frozen(), "here").svg
    for words in ("from scratch", "7", "100", "400", "frozen layers", "training images"):
        assert f">{words}</text>" in svg
    assert svg.count("± ") >= 4


def test_a_missing_cell_stays_empty():
    results = frozen()
    parts = replace(results, runs=results.runs[results.runs["experiment"] != "resnet-56"])
    assert FREEZE.draw(parts, "here").svg.count("± ") == FREEZE.draw(results, "here").svg.count("± ") - 1


def test_two_experiments_in_a_cell_are_refused():
    with pytest.raises(UserError, match=r"'plain-20' and 'plain-56' agree in start\.frozen and data\.train"):
        FREEZE.draw(frozen(sizes=(100, 100, 100, 400)), "here")


def test_nothing_without_runs():
    assert FREEZE.draw(made_up(missing=20), "here") is None
