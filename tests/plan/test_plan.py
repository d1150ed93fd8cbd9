from dataclasses import replace

import numpy as np
import pytest

from bench import load_suite
from bench.common.errors import UserError
from bench.data.sets import write
from bench.execute.session import Session
from bench.plan.plan import make_plan
from bench.plan.progress import Progress
from bench.spec import Range
from tests.conftest import tiny_arrays
from tests.plan.made import finished, plan


def test_a_plan_counts_trials_and_final_runs(suite, data_dir):
    made = plan(suite, data_dir)
    assert [one.experiment.id for one in made.experiments] == ["plain-8", "resnet-8"]
    assert made.runs_total == 2 * 2 * (3 + 1)
    assert plan(suite, data_dir, tune=False, seeds=4).runs_total == 8
    assert plan(suite, data_dir, only=lambda one: one == "resnet-8").runs_total == 8


def test_missing_data_set_stands_in_loudly_or_stops(suite, tmp_path):
    said = []
    made = make_plan(suite, "smoke", tmp_path, say=said.append)
    assert made.data.name == "shapes"
    assert made.data.asked == "tiny"
    assert any("stands in: synthetic, not tiny" in line for line in said)
    with pytest.raises(UserError, match=r"takes no stand-in: put tiny\.npz into"):
        make_plan(suite, "paper", tmp_path)
    with pytest.raises(UserError, match="nowhere does not exist"):
        make_plan(suite, "paper", tmp_path / "nowhere")


def test_a_profile_that_asks_for_more_images_than_the_stand_in_has_stops_with_what_to_do(suite, tmp_path):
    smoke = suite.profiles["smoke"]
    asks = smoke.replace(data=smoke.data.replace(train=12_000, validation=1))
    with pytest.raises(UserError, match=r"the stand-in 'shapes' has: put tiny\.npz into .* DATA=dir"):
        make_plan(suite.replace(profiles={**suite.profiles, "smoke": asks}), "smoke", tmp_path)


def test_a_misspelt_data_set_is_asked_about_not_stood_in_for(suite, data_dir):
    with pytest.raises(UserError, match=r"no data set 'tinny': .* did you mean 'tiny'\?"):
        make_plan(suite.replace(data="tinny"), "smoke", data_dir)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"resnet-8"', '"resnet-9"', "experiment resnet-9: there is no model 'resnet-9'"),
        ('augment=("flip",)', 'augment=("flop",)', r"no augmentation 'flop': did you mean 'flip'\?"),
        ('"width": 4', '"widht": 4', "option 'widht'"),
        ("size=8)", "size=7)", "cannot be shrunk to 7×7"),
        ("train=128", "train=9999", "9999 training and 64 validation images asked for"),
        ("batch_size=32, lr", "batch_size=500, lr", "batches of 500 are larger than the 128"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(suites_dir, data_dir, old, new, message):
    path = suites_dir / "tiny.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(UserError, match=message):
        plan(load_suite("tiny", suites_dir), data_dir)


def test_two_names_of_one_network_are_one_run(suite, data_dir):
    def key(name: str) -> str:
        experiment = suite.experiments[0].replace(id="x", model={"name": name})
        profile = suite.profiles["paper"].replace(
            model={"input_size": 32, "scale": 1 / 16}, data={"size": None}
        )
        small = suite.replace(
            experiments=(experiment,), profiles={"paper": profile}, claims=(), data="shapes"
        )
        return make_plan(small, "paper", data_dir).experiments[0].spec.key

    assert key("vgg-16") == key("vgg-d") != key("vgg-e")


def test_a_profile_s_options_go_to_the_models_that_have_them(suite, data_dir):
    experiments = [*suite.experiments[:1], suite.experiments[0].replace(id="x", model={"name": "lenet-5"})]
    profile = suite.profiles["paper"].replace(model={"width": 4, "input_size": 16}, data={"size": None})
    mixed = suite.replace(experiments=experiments, profiles={"paper": profile}, claims=())
    options = [dict(one.spec.model.options) for one in make_plan(mixed, "paper", data_dir).experiments]
    assert options == [{"width": 4}, {"input_size": 16}]
    (alone,) = make_plan(mixed, "paper", data_dir, only=lambda name: name == "x").experiments
    assert dict(alone.spec.model.options) == {"input_size": 16}, "the other's is no mistake"
    misspelt = mixed.replace(profiles={"paper": profile.replace(model={"widht": 4, "input_size": 16})})
    with pytest.raises(UserError, match="no model has the option 'widht': did you mean 'width'"):
        make_plan(misspelt, "paper", data_dir)


def test_a_network_is_not_fed_images_of_another_size(suite, data_dir):
    experiments = [suite.experiments[0].replace(id="x", model={"name": "vgg-16"})]
    profile = suite.profiles["paper"].replace(model={})
    wrong = suite.replace(experiments=experiments, profiles={"paper": profile}, claims=())
    with pytest.raises(UserError, match=r"experiment x: .*224×224 here, not 8×8: .*input_size=8"):
        make_plan(wrong, "paper", data_dir)


def test_a_tuned_strength_reaches_the_final_runs(suite, data_dir):
    augment = ({"name": "rotation", "options": {"degrees": 10.0}},)
    space = {"rotation.degrees": Range(low=1, high=90)}
    experiments = [suite.experiments[0].replace(augment=augment, space=space)]
    made = make_plan(suite.replace(experiments=experiments, claims=()), "smoke", data_dir)
    session = Session(Progress(made), [])
    error = 60.0
    while (job := session.next()) is not None:
        error -= 1  # each trial better than the one before
        session.ended(job, finished(error))
    (one,) = made.experiments
    best = {
        seed: study.best(session.progress.told(one, seed))[0].values["rotation.degrees"]
        for seed, study in one.studies.items()
    }
    chosen = {job.seed: job.spec.augment[0].options["degrees"] for job in session.progress.finals(one)}
    assert chosen == best
    assert 10.0 not in best.values()


def test_trials_are_as_much_longer_as_the_training(suite, data_dir):
    profile = suite.profiles["smoke"]
    tuning = profile.tuning.replace(epochs=2, prune_at=(1,))
    profile = profile.replace(recipe=profile.recipe.replace(epochs=4), tuning=tuning)
    long, short = (
        suite.experiments[0].replace(id=f"{epochs}", recipe={"epochs": epochs}) for epochs in (12, 1)
    )
    changed = suite.replace(experiments=[long, short], profiles={"smoke": profile}, claims=())
    made = make_plan(changed, "smoke", data_dir)
    assert [(one.tuning.epochs, one.tuning.prune_at) for one in made.experiments] == [
        (6, (3,)),
        (1, (1,)),
    ]


def test_an_image_of_the_test_split_changes_the_keys(suite, data_dir, tmp_path):
    arrays = tiny_arrays()
    arrays["x_test"] = np.flip(arrays["x_test"], axis=2)
    write(tmp_path / "tiny.npz", arrays)
    specs = [make_plan(suite, "smoke", folder).experiments[0].spec for folder in (data_dir, tmp_path)]
    assert specs[0].key != specs[1].key
    assert replace(plan(suite, data_dir)).data.fingerprint == specs[0].data.fingerprint
