from bench.report.figures.averages import Averages
from tests.report.made import averaged, made_up


def test_error_falls_along_the_number_of_nets():
    picture = Averages().draw(averaged(), "here")
    for words in ("nets averaged", "plain-20", "1", "2", "3"):
        assert f">{words}</text>" in picture.svg
    assert "views of each image averaged" not in picture.svg, "one number of views is no line"


def test_nothing_was_averaged():
    assert Averages().draw(made_up(), "here") is None
