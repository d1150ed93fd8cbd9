from dataclasses import replace

import pandas as pd

from bench.report.figures.along import Along
from tests.report.made import made_up


def measured(metric="gradient_norm", places=("epoch={0},layer={1}", (1, 2), (1, 2, 3))):
    results = made_up()
    text, epochs, layers = places
    rows = [
        {"experiment": name, "seed": seed, "phase": "final", "metric": metric,
         "at": text.format(epoch, layer), "value": 10.0**epoch + seed + layer}
        for name in ("plain-20", "resnet-20") for seed in range(3) for epoch in epochs for layer in layers
    ]  # fmt: skip
    return replace(results, measures=pd.concat([results.measures, pd.DataFrame(rows)], ignore_index=True))


def test_a_line_for_each_experiment_that_has_the_measure():
    svg = Along(metric="gradient_norm", axis="layer").draw(measured(), "here").svg
    assert ">plain-20</text>" in svg
    assert ">resnet-20</text>" in svg
    assert ">plain-56</text>" not in svg


def test_other_axes_stand_where_they_are_said_to_else_at_their_last_place():
    first = Along(metric="gradient_norm", axis="layer", at={"epoch": 1}).draw(measured(), "here")
    last = Along(metric="gradient_norm", axis="layer").draw(measured(), "here")
    assert "by layer, epoch 1 (mean" in first.caption
    assert "by layer, epoch 2 (mean" in last.caption
    assert ">102</text>" not in first.svg


def test_a_logarithmic_axis_has_numbers_as_they_are():
    svg = Along(metric="gradient_norm", axis="layer", log=True).draw(measured(), "here").svg
    assert "mathdefault" not in svg


def test_nothing_where_nothing_was_measured():
    assert Along(metric="gradient_norm", axis="layer").draw(made_up(), "here") is None
    assert Along(metric="gradient_norm", axis="shift").draw(measured(), "here") is None
