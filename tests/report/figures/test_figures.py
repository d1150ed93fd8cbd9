"""Kinds of figures are found, read back and chosen where a suite declares none."""

import subprocess
import sys
from dataclasses import replace
from typing import Literal

import pytest

from bench.common.errors import UserError
from bench.report.figures import kinds, parse, pictures
from bench.report.figures.canvas import Picture
from bench.report.figures.gains import Gains
from bench.spec.figure import Figure
from tests.report.made import averaged, made_up


def test_every_kind_is_found():
    assert {"against", "averages", "contact-sheet", "curves", "dots", "gains", "map"} <= kinds().keys()


def test_a_new_kind_is_one_class():
    class Blank(Figure):
        """Nothing drawn."""

        kind: Literal["blank"] = "blank"

        def draw(self, results, label):
            return Picture(self.file_name, "Blank", "<svg/>", b"")

    drawn = pictures(made_up(figures=[{"kind": "blank", "name": "mine"}]), "here")
    assert [one.name for one in drawn] == ["mine"]


def test_figures_come_back_from_their_plain_form():
    figure = Gains(over="plain-20", title="Words")
    assert parse(figure.model_dump(mode="json")) == figure


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "gain"}, "unknown kind of figure 'gain': did you mean 'gains'"),
        ({"kind": "gains"}, "figure 'gains': over: Field required"),
        ({"kind": "dots", "name": "../../x"}, "name: String should match pattern"),
        ({"kind": "dots", "metric": "test_eror"}, "unknown metric 'test_eror': did you mean 'test_error'"),
    ],
)
def test_broken_ones_are_one_line(data, said):
    with pytest.raises(UserError, match=said) as told:
        parse(data)
    assert "\n" not in str(told.value)


def test_without_a_declaration_there_is_what_suits_any_suite():
    plain = made_up()
    counted = replace(plain, counts=plain.counts.assign(depth=[20, 56, 20, 56]))
    assert [one.name for one in pictures(plain, "here")] == ["errors", "curves"]
    assert [one.name for one in pictures(counted, "here")] == ["errors", "error-against-depth", "curves"]
    assert [one.name for one in pictures(averaged(), "here")] == [
        "errors", "ensembles", "averages", "curves", "contact-sheet",
    ]  # fmt: skip
    assert all("here" in one.svg for one in pictures(counted, "here")), "the label goes with the file"


def test_a_suite_that_declares_figures_loads_nothing_heavy():
    code = (
        "import sys; from bench.report.figures import kinds; kinds();"
        "print([m for m in ('torch', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
