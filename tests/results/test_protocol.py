import pytest

from bench import load_suite
from bench.results.protocol import differences


def told(suite: str, profile: str) -> dict[str, tuple[str, str]]:
    rows = differences(load_suite(suite), profile)
    return {row["what"]: (row["here"], row["published"]) for row in rows}


def test_what_quick_changes_is_read_off_the_specification():
    found = told("resnet-vs-plain", "quick")
    assert found["epochs"] == ("5", "164")
    assert "width of the first stage" not in found
    assert found["training images"] == ("20,000", "all")
    assert "data set" not in found


def test_the_paper_profile_has_the_published_protocol():
    precision = ("bf16 (float32 on cores without it)", "float32")
    assert told("resnet-vs-plain", "paper") == {"precision": precision}, "which the papers did not have"
    assert told("resnet-vs-plain", "quick")["precision"] == precision


def test_a_paper_profile_that_tunes_says_so_with_all_that_it_tunes():
    here, there = told("augmentation", "paper")["chosen settings"]
    assert here.startswith("lr, weight_decay, ")
    assert "rotation.degrees" in here
    assert there == "the authors' own"


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
def test_numbers_from_another_data_set_are_never_without_that_label(profile):
    assert told("depth", profile)["data set"] == ("cifar10", "ImageNet")


def test_whatever_differs_is_shown_the_table_only_gives_words():
    rows = told("augmentation", "quick")
    assert rows["recipe, milestones"] == ("[0.5, 0.75]", "[0.3, 0.6, 0.8]")
    assert rows["recipe, decay"] == ("10.0", "5.0")
    assert not {"seed", "data, fingerprint", "data, seed"} & set(rows)
