from dataclasses import replace

from bench.report.figures.dots import Dots
from tests.report.made import averaged, made_up


def test_each_experiment_has_a_row():
    picture = Dots().draw(made_up(), "here")
    for name in ("plain-20", "plain-56", "resnet-20", "resnet-56", "test error, %"):
        assert f">{name}</text>" in picture.svg
    assert "points: seeds" in picture.caption


def test_ensembles_have_rows_too():
    picture = Dots(of=("1 net", "2 nets")).draw(averaged(), "here")
    assert ">2 nets</text>" in picture.svg
    assert "points: disjoint sets of members" in picture.caption


def test_an_id_may_hold_what_others_read_as_a_formula():
    results = made_up()
    named = {"experiment": {"plain-20": "$a_{$"}}
    tables = {name: getattr(results, name).replace(named) for name in ("runs", "measures")}
    plan = {**results.plan, "experiments": [{**results.plan["experiments"][0], "id": "$a_{$"}]}
    svg = Dots().draw(replace(results, plan=plan, **tables), "here").svg
    assert ">$a_{$</text>" in svg


def test_nothing_without_runs():
    assert Dots().draw(made_up(missing=20), "here") is None
