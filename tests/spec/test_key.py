"""What changes the key of a run and the hash of a suite, and what does not."""

import json

import pytest

from bench.claims import Difference
from bench.spec import Predict, Recipe, RunSpec, resolve
from bench.spec.loader import load_suite
from tests.conftest import ROOT
from tests.spec.made import spec, suite

# of runs with seed 3 on data with the fingerprint 000…; made by the first version (commit d6b77d1)
GOLDEN = json.loads((ROOT / "tests" / "spec" / "golden_keys.json").read_text())


def test_key_is_pinned():
    """A change here makes every stored run unknown: never by accident."""
    assert spec().key == "68012c2ab961141acff9f0ebaccde1740b1de0257052b7a0481954db9ed7c27e"


@pytest.mark.parametrize("place", GOLDEN)
def test_keys_of_the_first_version_stay(place):
    """Fields that came later are left out where a run does not use them."""
    name, profile, experiment = place.split("/")
    suite = load_suite(str(ROOT / "suites" / f"{name.replace('-', '_')}.py"))
    one = suite.named(experiment)
    found = resolve(suite, suite.profiles[profile], one, one.dataset or suite.data, "0" * 64, 3)
    assert found.key == GOLDEN[place]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": Recipe(epochs=3, optimizer="adamw")},
        {"recipe": Recipe(epochs=3, label_smoothing=0.1)},
        {"recipe": Recipe(epochs=3, warmup_epochs=1)},
        {"task": "localize"},
        {"measures": ("gradient_norm",)},
        {"keep": (1,)},
    ],
)
def test_fields_that_came_later_count_where_they_are_used(changes):
    assert spec(**changes).key != spec().key


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 1},
        {"recipe": Recipe(epochs=4)},
        {"recipe": Recipe(epochs=3, precision="fp32")},
        {"augment": ("flip",)},
        {"model": {"name": "plain-8", "options": {"width": 4}}},
        {"trial": {"study": "s", "number": 0}},
    ],
)
def test_whatever_changes_the_result_changes_the_key(changes):
    assert spec(**changes).key != spec().key


def test_key_depends_on_the_images_not_on_the_name_of_the_profile():
    one = suite(profiles={name: suite().profiles["quick"] for name in ("smoke", "quick")})
    keys = {resolve(one, one.profiles[p], one.experiments[0], "tiny", "f").key for p in ("smoke", "quick")}
    assert len(keys) == 1
    other = resolve(one, one.profiles["quick"], one.experiments[0], "tiny", "g").key
    assert other not in keys


def test_the_hash_of_a_suite_covers_claims_and_directions():

    def claimed(**sides):
        claim = Difference(id="c", text="t", metric="test_error", **sides)
        return suite(claims=[claim]).hash

    forward, backward = (
        claimed(lower="plain-8", higher="resnet-8"),
        claimed(lower="resnet-8", higher="plain-8"),
    )
    assert len({forward, backward, suite().hash}) == 3
    assert suite(expectations="other words").hash == suite().hash


def test_what_is_predicted_is_part_of_the_key_and_nothing_else_changed_it():
    assert spec(predict=Predict(shift=1, ema=0.9)).key != spec().key
    assert "predict" not in spec().canonical()


def test_round_trip_through_json_keeps_the_key():
    one = spec(recipe=Recipe(epochs=3, lr=0.1234, warmup={"lr": 0.01, "until_train_error": 80}))
    assert RunSpec.model_validate_json(one.model_dump_json()).key == one.key
