import pytest

from bench import load_suite
from bench.results.protocol import differences


def told(suite: str, profile: str) -> dict[str, tuple[str, str]]:
    rows = differences(load_suite(suite), profile)
    return {row["what"]: (row["here"], row["published"]) for row in rows}


def test_what_quick_changes_is_read_off_the_specification():
    found = told("resnet-vs-plain", "quick")
    assert found["epochs"] == ("10", "164")
    assert found["width of the first stage"] == ("8", "as published")
    assert found["training images"] == ("10,000", "all")
    assert "data set" not in found


def test_the_paper_profile_has_the_published_protocol():
    assert told("resnet-vs-plain", "paper") == {}


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
def test_numbers_from_another_data_set_are_never_without_that_label(profile):
    assert told("depth", profile)["data set"] == ("cifar10", "ImageNet")


def test_whatever_differs_is_shown_the_table_only_gives_words():
    rows = told("augmentation", "quick")
    assert rows["recipe, milestones"] == ("[0.5, 0.75]", "[0.3, 0.6, 0.8]")
    assert rows["recipe, decay"] == ("10.0", "5.0")
    assert not {"seed", "data, fingerprint", "data, seed"} & set(rows)
