import copy
import pickle

import pytest
from pydantic import ValidationError

from bench.common.errors import UserError
from bench.spec import (
    Data,
    Ensemble,
    Experiment,
    Network,
    Predict,
    Profile,
    Range,
    Recipe,
    Suite,
    Tuning,
    resolve,
)
from bench.spec.base import Named
from tests.spec.made import suite


def test_unknown_field_names_the_nearest_and_all_allowed():
    with pytest.raises(
        ValidationError, match=r"unknown field 'epoch': did you mean 'epochs'\? allowed: acceleration, batch"
    ):
        Recipe(epoch=3)


def test_specifications_are_frozen_all_the_way_down():
    one = suite()
    with pytest.raises(ValidationError, match="frozen"):
        one.title = "other"
    with pytest.raises(TypeError, match="frozen"):
        one.profiles["quick"] = one.profiles["quick"]


def test_frozen_dicts_survive_copy_and_pickle():
    one = suite()
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one


@pytest.mark.parametrize(
    ("arguments", "identity"),
    [
        ({"model": "resnet-56"}, "resnet-56"),
        ({"model": "resnet-56", "recipe": {"lr": 0.5}}, "resnet-56,lr=0.5"),
        ({"model": {"name": "resnet-20", "options": {"width": 8}}}, "resnet-20(width=8)"),
        ({"model": "resnet-20", "id": "mine"}, "mine"),
    ],
)
def test_ids_derive_from_settings(arguments, identity):
    assert Experiment(**arguments).id == identity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"experiments": [Experiment(model="a"), Experiment(model="a")]}, "'a' stands twice"),
        ({"profiles": {"huge": Profile(recipe=Recipe(epochs=1))}}, "unknown profile 'huge'"),
        (
            {"profiles": {"quick": Profile(recipe=Recipe(epochs=1), edges={"nobody": "lr, low"})}},
            "quick: edges names an unknown experiment 'nobody'",
        ),
    ],
)
def test_inconsistent_suites_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        suite(**changes)


def test_tuning_needs_a_validation_split():
    tuning = Tuning(space={"lr": Range(low=0.1, high=1)}, trials=2, generation=1, epochs=1)
    with pytest.raises(ValidationError, match="tuning needs a validation split"):
        Profile(recipe=Recipe(epochs=1), tuning=tuning)


def test_only_recipe_fields_can_be_tuned():
    with pytest.raises(ValidationError, match=r"cannot tune 'lrr': did you mean 'lr'\?"):
        Tuning(space={"lrr": Range(low=0.1, high=1)}, trials=2, generation=1, epochs=1)


def test_overrides_of_an_experiment_must_exist():
    with pytest.raises(ValidationError, match=r"recipe: unknown 'learning_rate'"):
        Experiment(model="a", recipe={"learning_rate": 1})


def test_a_suite_may_count_networks_and_train_nothing():
    one = Suite(title="T", question="Q?", networks=[Network(model="vgg-16", size=224)])
    assert one.networks[0].id == "vgg-16"
    assert one.profile("paper").tuning is None
    with pytest.raises(UserError, match=r"no profile 'large': .*quick"):
        one.profile("large")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"experiments": ()}, "needs experiments"),
        ({"data": ""}, "need a data set"),
        ({"profiles": {}}, "need a data set .* and profiles"),
        ({"networks": [Network(model="plain-8", size=8)]}, "experiment id 'plain-8' stands twice"),
    ],
)
def test_what_a_suite_needs(changes, message):
    with pytest.raises(ValidationError, match=message):
        suite(**changes)


ROTATED = {"name": "rotation", "options": {"degrees": 15.0}}
DEGREES = {"rotation.degrees": Range(low=1, high=90)}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Experiment(model="plain-8", space=DEGREES), "does not say 'rotation.degrees'"),
        (
            lambda: Experiment(
                model="plain-8", augment=[ROTATED], space={"rotation.degree": Range(low=1, high=9)}
            ),
            "did you mean 'rotation.degrees'",
        ),
        (lambda: Experiment(model="plain-8", space={"epochs": Range(low=1, high=9)}), "cannot tune 'epochs'"),
        (
            lambda: Profile(
                recipe=Recipe(epochs=1),
                data=Data(validation=9),
                tuning=Tuning(space=DEGREES, trials=2, generation=2, epochs=1),
            ),
            "belongs into the space of an experiment",
        ),
    ],
)
def test_spaces_name_what_there_is(make, message):
    with pytest.raises(ValidationError, match=message):
        make()


def test_every_contender_s_space_is_as_large():
    tuning = Tuning(space={"lr": Range(low=0.1, high=1)}, trials=2, generation=2, epochs=1)
    tuned = Profile(recipe=Recipe(epochs=3), data=Data(validation=10), tuning=tuning)
    own = Experiment(id="own", model="plain-8", augment=[ROTATED], space=DEGREES)
    bare = Experiment(id="bare", model="plain-8")
    with pytest.raises(ValidationError, match="budgets must be equal"):
        suite(experiments=[own, bare], profiles={"quick": tuned})
    fair = bare.replace(space={"momentum": Range(low=0.5, high=0.99)})
    assert suite(experiments=[own, fair], profiles={"quick": tuned})
    assert suite(experiments=[own, bare], profiles={"quick": tuned.replace(tuning=None)})


def test_names_with_options_may_be_written_as_calls():
    assert Named.model_validate("flip") == Named(name="flip")
    text = "crop(padding=0.125, border='zero')"
    assert Named.model_validate(text) == Named(name="crop", options={"padding": 0.125, "border": "zero"})


@pytest.mark.parametrize("text", ["crop(padding=", "crop(4)", "crop(padding=open('x'))", "f(a=1) + g(b=2)"])
def test_what_is_no_call_is_refused(text):
    with pytest.raises(ValidationError, match="does not read as NAME"):
        Named.model_validate(text)


def test_an_experiment_without_a_model_takes_the_profile_s_network():
    bare = Experiment(id="bare")
    with pytest.raises(ValidationError, match="'bare' has no model, and the profile no network"):
        suite(experiments=[bare], profiles={"quick": Profile(recipe=Recipe(epochs=1))})
    with pytest.raises(ValidationError, match="needs an id"):
        Experiment(recipe={"lr": 0.2})
    profile = Profile(recipe=Recipe(epochs=1), network="resnet-8(width=4)", model={"shortcut": "B"})
    one = suite(experiments=[bare], profiles={"quick": profile})
    model = resolve(one, profile, bare, "tiny", "f").model
    assert model == Named(name="resnet-8", options={"width": 4, "shortcut": "B"})


KEEPS = Predict(shift=1, ema=0.9)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"of": "resnet-9"}, "unknown experiment 'resnet-9'"),
        ({"of": "plain-8"}, r"experiment 'plain-8' needs predict=Predict\(\.\.\.\)"),
        ({"of": "kept", "weights": "average"}, r"'kept' needs predict=Predict\(average=\.\.\.\)"),
        ({"of": "kept", "weights": "cycles"}, "'kept' needs a cyclic schedule"),
        ({"of": "bare", "views": 5}, r"'bare' needs predict=Predict\(shift=\.\.\.\)"),
        ({"of": "kept", "views": 3}, "views"),
    ],
)
def test_ensembles_need_what_their_members_keep(made, message):
    experiments = [
        Experiment(model="plain-8"),
        Experiment(id="kept", model="plain-8", predict=KEEPS),
        Experiment(id="bare", model="plain-8", predict=Predict()),
    ]
    with pytest.raises(ValidationError, match=message):
        suite(experiments=experiments, ensembles=[Ensemble(**made)])
    fine = [Ensemble(of="kept", views=10), Ensemble(of="kept", weights="ema"), Ensemble(of=("kept", "bare"))]
    assert suite(experiments=experiments, ensembles=fine).averaged("quick") == tuple(fine)


def test_ids_of_ensembles_derive_from_what_they_say():
    ids = [
        Ensemble(of="net", members=4).id,
        Ensemble(of=("a", "b"), views=10).id,
        Ensemble(of="a", weights="ema").id,
    ]
    assert ids == ["net × 4", "a + b, 10 views", "a, ema"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "cyclic"}, "has `cycles`"),
        ({"cycles": 2}, "has `cycles`"),
        ({"schedule": "cyclic", "cycles": 4}, "4 cycles do not divide 6 epochs"),
    ],
)
def test_cycles_are_whole_and_belong_to_the_cyclic_schedule(changes, message):
    with pytest.raises(ValidationError, match=message):
        Recipe(epochs=6, **changes)


def test_precedence_of_augmentation():
    def augment(suite_wide, profile_wide, own):
        profile = Profile(recipe=Recipe(epochs=1), augment=profile_wide)
        one = suite(profiles={"quick": profile}, augment=suite_wide)
        made = resolve(one, profile, Experiment(model="a", augment=own), "tiny", "f")
        return [step.name for step in made.augment]

    assert augment(("flip",), None, None) == ["flip"]
    assert augment(("flip",), ("crop",), None) == ["crop"]
    assert augment(("flip",), ("crop",), ()) == []
