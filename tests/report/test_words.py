"""What a report explains of its words: those that it uses."""

from bench.report.build import build_report
from bench.report.words import words
from bench.results.files import write
from tests.report.made import made_up


def told(page):
    return [word for word, _ in words(page)]


def test_words_of_a_page_are_explained_in_one_order_and_others_left_out():
    assert told("MACs, points") == ["points", "MACs"]
    assert {"seed", "look", "fragile"} <= set(told("Fragile: so many seeds at each look"))
    assert "closing, stable, early" in told("early at 700 steps")
    assert told("a seedling") == []


def test_words_that_explain_others_are_explained_too():
    assert "frozen" not in told("training error")
    assert {"learning speed", "frozen", "training error"} <= set(told("learning speed"))


def test_a_report_explains_no_word_that_it_lacks(tmp_path):
    write(made_up(), tmp_path / "made")
    build_report(tmp_path / "made")
    for name in ("report.md", "report.html"):
        page = (tmp_path / "made" / name).read_text("utf-8")
        assert "one repetition of all that chance decides" in page
        assert "has its like half a map away" not in page
