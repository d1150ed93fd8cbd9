import re
from dataclasses import replace

import pandas as pd

from bench.report.figures.curves import Curves
from tests.report.made import made_up

FAMILIES = {"plain": ("plain-20", "plain-56"), "resnet": ("resnet-20", "resnet-56")}


def words(figure, results):
    return re.findall(r">([^<]+)</text>", figure.draw(results, "here").svg)


def test_all_in_one_panel_or_one_for_each_group():
    assert {"plain-20", "resnet-56"} <= set(words(Curves(), made_up()))
    shown = words(Curves(groups=FAMILIES), made_up())
    assert {"plain", "resnet", "plain-20", "resnet-56"} <= set(shown)
    assert {"plain-20", "plain-56"}.isdisjoint(words(Curves(of=("resnet-20", "resnet-56")), made_up()))


def test_too_many_for_a_panel_get_a_small_one_each():
    results = made_up()
    copies = [results.curves.assign(experiment=results.curves["experiment"] + mark) for mark in ("", "-b")]
    rows = [{**one, "id": one["id"] + mark} for mark in ("", "-b") for one in results.plan["experiments"]]
    many = replace(results, curves=pd.concat(copies), plan={**results.plan, "experiments": rows})
    picture = Curves(over="plain-20").draw(many, "here")
    assert {row["id"] for row in rows} <= set(re.findall(r">([^<]+)</text>", picture.svg))
    assert "grey: plain-20" in picture.caption


def test_runs_without_curves_have_none():
    results = made_up()
    assert Curves().draw(replace(results, curves=results.curves[:0]), "here") is None
    assert Curves().draw(replace(results, curves=pd.DataFrame()), "here") is None
