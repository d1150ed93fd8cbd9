"""What the command line shows, as text."""

import pytest

from bench.cli.tables import claims_table, duration, suite_list, wrapped
from bench.report.library import ReportEntry
from bench.spec.loader import load_suite, suite_files

TEXT = """A question?

Source: one paper,
and another.

Profiles
  smoke  1 minute.
  quick  20 minutes on two cores; all of it
         is decided.
"""


def test_text_is_wrapped_with_its_hanging_indents():
    assert wrapped(TEXT, 30).splitlines() == [
        "A question?",
        "",
        "Source: one paper, and",
        "another.",
        "",
        "Profiles",
        "  smoke  1 minute.",
        "  quick  20 minutes on two",
        "         cores; all of it is",
        "         decided.",
    ]


@pytest.mark.parametrize("name", sorted(suite_files()))
def test_every_suite_s_text_keeps_its_words(name):
    text = load_suite(name).expectations
    narrow = wrapped(text, 60)
    assert narrow.split() == text.split()
    assert max(map(len, narrow.splitlines())) <= 60


def test_items_of_one_line_hang_where_their_text_begins():
    assert wrapped("Profiles\n  smoke      1 minute. Tiny.\n  overnight  2 hours.", 22).splitlines() == [
        "Profiles",
        "  smoke      1 minute.",
        "             Tiny.",
        "  overnight  2 hours.",
    ]


def test_claims_are_listed_with_the_profiles_that_decide_them():
    (cells,) = [
        list(one.cells) for one in claims_table(load_suite("dense")).columns if one.header == "decided in"
    ]
    assert cells[0] == "quick"  # smoke has too few seeds
    assert "smoke, quick, paper" in cells  # a count takes none


def test_a_list_says_what_stood_in(tmp_path):
    suite = load_suite("dense")
    plan = {
        "name": "dense",
        "profile": "smoke",
        "data": {"name": "shapes", "asked": "cifar10"},
        "experiments": [],
    }
    table = suite_list([suite], [ReportEntry(tmp_path, False, plan, [], 0)])
    assert "smoke on shapes, not cifar10" in next(iter(table.columns[2].cells))


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.2, "1 minute"), (20, "20 minutes"), (120, "2 hours"), (24_480, "17 days")]
)
def test_durations(minutes, said):
    assert duration(minutes) == said
