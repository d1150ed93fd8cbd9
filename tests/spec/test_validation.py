"""A suite is validated whole on loading: what a profile and an experiment say together must be a run."""

import pytest

from bench import load_suite
from bench.common.errors import UserError

SUITE = """
from bench import Experiment, Profile, Recipe, Suite
from bench.spec import Choice, Data, Range, Tuning

TUNING = Tuning(space={SPACE}, trials=2, generation=2, epochs=1)

suite = Suite(
    title="Whole", question="?", data="tiny",
    experiments=[Experiment(model="plain-8", id="plain"), Experiment(model="plain-8", id="own", OWN)],
    profiles={
        "smoke": Profile(recipe=Recipe(epochs=2), data=Data(validation=9)),
        "quick": Profile(recipe=Recipe(epochs=2), data=Data(validation=9), tuning=TUNING),
    },
)
"""


def load(folder, own="", space='"lr": Range(low=0.1, high=1)'):
    (folder / "whole.py").write_text(SUITE.replace("OWN", own).replace("SPACE", space))
    return load_suite("whole", folder)


def test_a_whole_suite_loads(tmp_path):
    space = '"lr": Range(low=0.1, high=1), "batch_size": Choice(values=(16, 32))'
    assert load(tmp_path, own='recipe={"lr": 0.2}', space=space).name == "whole"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('recipe={"lr": -1}', r"recipe.lr: .*greater than 0 \(given: -1\)"),
        ('recipe={"schedule": "cosin"}', "recipe: there is no schedule 'cosin': did you mean 'cosine'"),
        ('recipe={"precision": "fp23"}', "recipe.precision: did you mean 'fp32'. allowed: bf16, fp32"),
        ('recipe={"schedule": "cyclic"}', "recipe: a cyclic schedule, and no other, has `cycles`"),
        ('recipe={"warmup": {"lr": 1}}', "recipe.warmup.until_train_error: Field required"),
        ('data={"train": 0}', r"data.train: .*greater than or equal to 1 \(given: 0\)"),
        ('data={"half": "C"}', "data.half: allowed: A, B"),
        ('data={"seed": -1}', r"data.seed: .*\(given: -1\)"),
    ],
)
def test_overrides_are_held_to_what_a_run_may_have(tmp_path, own, said):
    with pytest.raises(UserError, match=rf"whole\.py: .*profile 'smoke', experiment 'own': {said}") as caught:
        load(tmp_path, own)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ('"momentum": Range(low=0.5, high=1.5)', r"space.momentum: .*less than 1 \(given: 1.5\)"),
        ('"lr": Range(low=-1, high=1, log=False)', r"space.lr: .*greater than 0 \(given: -1.0\)"),
        ('"batch_size": Range(low=16, high=64)', "space.batch_size: .*valid integer"),
        ('"schedule": Choice(values=("step", "cosin"))', "space: there is no schedule 'cosin': did you mean"),
        ('"schedule": Choice(values=("step", "cyclic"))', "space: a cyclic schedule"),
    ],
)
def test_spaces_hold_nothing_that_no_run_can_have(tmp_path, space, said):
    with pytest.raises(UserError, match=rf"profile 'quick', experiment 'plain': {said}") as caught:
        load(tmp_path, space=space)
    assert "\n" not in str(caught.value)


def test_a_source_is_validated_too(tmp_path):
    load(tmp_path)
    text = (tmp_path / "whole.py").read_text()
    own = 'start={"source": "elsewhere", "layers": 1}'
    sources = (
        'sources=[Experiment(model="plain-8", id="elsewhere", recipe={"batch_size": 0})],\n    profiles='
    )
    (tmp_path / "whole.py").write_text(
        text.replace('id="own", ', f'id="own", {own}').replace("profiles=", sources, 1)
    )
    with pytest.raises(UserError, match=r"experiment 'elsewhere': recipe.batch_size: .*given: 0"):
        load_suite("whole", tmp_path)
