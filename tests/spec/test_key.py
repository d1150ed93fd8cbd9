"""What changes the key of a run and the hash of a suite, and what does not."""

import pytest

from bench.claims import Difference
from bench.spec import Predict, Recipe, RunSpec, resolve
from tests.spec.made import spec, suite


def test_key_is_pinned():
    """A change here makes every stored run unknown: never by accident."""
    assert spec().key == "68012c2ab961141acff9f0ebaccde1740b1de0257052b7a0481954db9ed7c27e"


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
