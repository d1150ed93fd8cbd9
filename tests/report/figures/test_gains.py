import re

from bench.report.figures.gains import Gains
from tests.report.made import made_up


def test_gains_are_sorted_from_the_least_below_to_the_most():
    svg = Gains(over="plain-20").draw(made_up(), "here").svg
    names = [name for name in re.findall(r">([a-z]+-[0-9]+)</text>", svg) if name != "plain-20"]
    assert names == ["plain-56", "resnet-56", "resnet-20"]
    assert "test error gained over plain-20, points (right: better)" in svg


def test_those_named_alone_and_nothing_without_the_baseline():
    svg = Gains(over="plain-20", of=("resnet-56",)).draw(made_up(), "here").svg
    assert ">resnet-56</text>" in svg
    assert ">resnet-20</text>" not in svg
    assert Gains(over="resnet-110").draw(made_up(), "here") is None


def test_what_is_better_stands_on_the_right_also_where_more_is_better():
    results = made_up()
    results.measures["metric"] = results.measures["metric"].replace("test_error", "test_iou")
    svg = Gains(over="plain-20", metric="test_iou").draw(results, "here").svg
    names = [name for name in re.findall(r">([a-z]+-[0-9]+)</text>", svg) if name != "plain-20"]
    assert names == ["resnet-20", "resnet-56", "plain-56"]
