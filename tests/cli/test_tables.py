"""What the command line shows, as text."""

import pytest

from bench.cli.tables import duration, wrapped
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


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.2, "1 minute"), (20, "20 minutes"), (120, "2 hours"), (24_480, "17 days")]
)
def test_durations(minutes, said):
    assert duration(minutes) == said
