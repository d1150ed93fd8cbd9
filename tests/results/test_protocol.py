import pytest

from bench import load_suite
from bench.results.pools import as_computed
from bench.results.protocol import differences
from bench.spec import Suite


def told(suite: str | Suite, profile: str) -> dict[str, tuple[str, str]]:
    rows = differences(load_suite(suite) if isinstance(suite, str) else suite, profile)
    return {row["what"]: (row["here"], row["published"]) for row in rows}


def test_what_quick_changes_is_read_off_the_specification():
    found = told("resnet-vs-plain", "quick")
    assert found["epochs"] == ("5", "164")
    assert "width of the first stage" not in found
    assert found["training images"] == ("20,000", "all")
    assert "data set" not in found


def test_networks_that_the_paper_profile_does_not_train_differ_from_its_own():
    found = told("residual-units", "quick")
    assert found["network"] == ("preact-resnet-56", "preact-resnet-110")
    assert found["image size (pixels)"][0] == "16"
    assert found["learning rate of full-56"] == ("0.3", "0.1"), "which the first network has not"


def test_settings_that_some_have_in_both_profiles_are_no_difference():
    assert not [what for what in told("sharing", "quick") if what.startswith("learning rate")]


def test_the_paper_profile_has_the_published_protocol():
    precision = ("bf16 (float32 on cores without it)", "float32")
    assert told("resnet-vs-plain", "paper") == {"precision": precision}, "which the papers did not have"
    assert told("resnet-vs-plain", "quick")["precision"] == precision


def test_a_paper_profile_that_tunes_says_so_with_all_that_it_tunes():
    here, there = told("augmentation", "paper")["chosen settings"]
    assert here.startswith("lr, weight_decay, ")
    assert "rotation.degrees" in here
    assert there == "the authors' own"


def test_what_the_paper_profile_searches_is_told_beside_what_this_one_does_not():
    here, there = told("depth", "quick")["chosen settings"]
    assert (here, there.partition(":")[0]) == ("none", "lr, weight_decay")
    assert "learning rate" not in told("depth", "quick")
    assert "chosen settings" not in told("resnet-vs-plain", "quick"), "neither searches"


def test_options_that_only_other_networks_have_are_not_told():
    found = told("ensembles", "quick")
    assert not [what for what in found if "input size" in what], "which is AlexNet's"
    assert found["width of the first stage"] == ("12", "the family's own")


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
def test_data_that_only_the_papers_had_are_not_told_as_the_paper_profiles(profile):
    assert "data set" not in told("depth", profile)


def test_what_is_searched_is_told_as_searched_not_by_the_value_that_no_run_had():
    found = told("transfer-rate", "quick")
    assert found["chosen settings"][0].startswith("lr, ")
    assert "learning rate" not in found


def test_of_several_networks_one_that_is_trained_is_told():
    found = told("transfer-features", "quick")
    assert found["batch size"] == ("50", "128")
    assert "epochs" not in found, "the network from scratch has as many in both; linear classifiers have none"


def test_whatever_differs_is_shown_the_table_only_gives_words():
    suite = load_suite("augmentation")
    quick = suite.profiles["quick"]
    smoothed = quick.replace(recipe=quick.recipe.replace(label_smoothing=0.1))
    rows = told(suite.replace(profiles={**suite.profiles, "quick": smoothed}), "quick")
    assert rows["recipe, label smoothing"] == ("0.1", "none")
    assert not {"seed", "data, fingerprint", "data, seed"} & set(rows)


def test_milestones_are_told_of_schedules_that_have_them():
    rows = told("augmentation", "quick")
    assert rows["learning-rate schedule"] == ("one-cycle", "step")
    assert rows["milestones (shares of the training)"] == ("none", "0.3, 0.6, 0.8")
    assert rows["rate divided by, at each"] == ("none", "5.0")


def test_without_bf16_runs_were_as_exact_as_the_papers():
    rows = differences(load_suite("resnet-vs-plain"), "paper")
    cores, without = "torch 2.13.0, cpu, avx512_bf16", "torch 2.13.0, cpu, avx2, no bf16"
    assert as_computed(rows, {without}) == []
    assert as_computed(rows, {cores})[0]["here"] == "bf16"
    assert as_computed(rows, {cores, without}) == rows == as_computed(rows, set())
