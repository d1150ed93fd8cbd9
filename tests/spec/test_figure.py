import pytest
from pydantic import ValidationError

from bench.report.figures.against import Against
from bench.report.figures.dots import Dots
from bench.report.figures.gains import Gains
from bench.spec.figure import check_setting
from tests.spec.test_suite import suite


@pytest.mark.parametrize(
    "name", ["depth", "parameters", "data.train", "train", "start.layers", "layer", "recipe.lr", "model.name",
             "model.options.width"]
)  # fmt: skip
def test_settings_and_counts_are_known(name):
    assert check_setting(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dept", "unknown setting 'dept': did you mean 'depth'"),
        ("data.trains", "did you mean 'data.train'"),
        ("lr", "allowed: recipe.lr, recipe.warmup.lr"),
    ],
)
def test_others_are_refused_with_the_nearest(name, said):
    with pytest.raises(ValueError, match=said):
        check_setting(name)


def test_metrics_are_known_by_name():
    with pytest.raises(ValidationError, match="did you mean 'test_error'"):
        Dots(metric="test_eror")
    with pytest.raises(ValidationError, match="unknown metric"):
        Dots(metric="error")
    with pytest.raises(ValidationError, match="unknown setting"):
        Against(setting="wdth")


def test_a_suite_checks_the_experiments_of_its_figures():
    with pytest.raises(ValidationError, match=r"figure 'gains' names an unknown experiment 'nobody'"):
        suite(figures=[Gains(over="nobody")])
    with pytest.raises(ValidationError, match="figure name 'dots' stands twice"):
        suite(figures=[Dots(), Dots()])


def test_figures_are_no_part_of_what_was_declared_beforehand():
    assert suite(figures=[Dots()]).hash == suite(figures=[]).hash == suite().hash
