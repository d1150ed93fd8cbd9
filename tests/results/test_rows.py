"""What is kept of a run: settings as columns, numbers as rows."""

from dataclasses import replace

import pytest

from bench.plan.plan import make_plan
from bench.results import rows
from bench.spec import Probe
from bench.spec.loader import load_suite
from bench.train.records import Measure, Result


@pytest.fixture
def plan(suites_dir, data_dir):
    return make_plan(load_suite("tiny", suites_dir), "smoke", data_dir, seeds=1)


@pytest.fixture
def ended():
    measures = (Measure("gradient_norm", "epoch=1,layer=2", 0.5),)
    return Result("finished", (), {"train_error": 1.0, "test_error": 2.0}, measures=measures, environment="e")


def test_a_run_has_its_settings_as_columns_and_no_numbers(plan, ended):
    one = plan.experiments[0]
    row = rows.run(one.spec, ended, plan.data)
    assert row["recipe.lr"] == "0.1"
    assert row["model.options.width"] == "4"
    assert (row["data.train"], row["environment"], row["test_images"]) == ("128", "e", 96)
    assert not {"seed", "data.fingerprint", "test_error"} & set(row)


def test_a_half_of_the_classes_has_its_own_test_images(plan, ended):
    spec, data = plan.experiments[0].spec, replace(plan.data, test_by_class=(1, 20, 300, 4000))
    half = spec.replace(data=spec.data.replace(half="A", classes=(0, 2)))
    assert rows.run(half, ended, data)["test_images"] == 301
    assert sum(plan.data.test_by_class) == plan.data.test == 96


def test_the_budget_is_training_steps(plan):
    one = plan.experiments[0]
    assert rows.budget(one, one.spec) == 2 * (128 // 32)
    assert rows.budget(one, one.spec.replace(probe=Probe(layer=1))) == 0


def test_measures_are_rows_in_an_order_of_their_own(ended):
    found = [(one["metric"], one["at"], one["value"]) for one in rows.measures(ended)]
    assert found == [
        ("test_error", "", 2.0),
        ("train_error", "", 1.0),
        ("gradient_norm", "epoch=1,layer=2", 0.5),
    ]


def test_columns_do_not_hang_on_which_run_comes_first():
    first, second = {"seed": 0, "b": 1}, {"seed": 1, "a": 2}
    tables = [rows.table(made, ["experiment", "seed"]) for made in ([first, second], [second, first])]
    assert [list(one) for one in tables] == [["experiment", "seed", "a", "b"]] * 2
