"""Planning finds what is wrong with names and options before anything is trained, and says it in one line."""

import pytest

from bench import load_suite, models
from bench.claims import Count
from bench.common.errors import UserError
from bench.data import augment
from bench.plan.plan import make_plan
from bench.spec import Experiment, Network, Range, Suite
from tests.conftest import one_line


def planned(suites_dir, data_dir, experiment, **changes):
    """The plan of the tiny suite with one experiment."""
    suite = load_suite("tiny", suites_dir)
    smoke = suite.profiles["smoke"].replace(model={})
    changes = {"experiments": [experiment], "claims": (), "profiles": {"smoke": smoke}, **changes}
    return make_plan(suite.replace(**changes), "smoke", data_dir, tune=False)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("resnet-55", "there is no model 'resnet-55': did you mean 'resnet-"),
        ("resnet-8(widht=4)", "model resnet-8: no option 'widht': did you mean 'width'"),
        ("resnet-8(width='x')", "model resnet-8: width='x' should be a valid integer"),
        ("resnet-8(width=-4)", r"model resnet-8\(width=-4\): RuntimeError: "),
        ("resnet-8(width=4.5)", "model resnet-8: width=4.5 should be a valid integer"),
    ],
)
def test_models_are_made_of_their_options(suites_dir, data_dir, model, said):
    with pytest.raises(UserError, match=rf"tiny, experiment e: {said}") as caught:
        planned(suites_dir, data_dir, Experiment(id="e", model=model))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("crpo", "there is no augmentation 'crpo': did you mean 'crop'"),
        ("crop(pading=2)", "augmentation crop: no option 'pading': did you mean 'padding'"),
        ("crop(padding='x')", "augmentation crop: padding='x' should be a valid number"),
        ("crop(padding=-2)", r"augmentation crop\(padding=-2\): RuntimeError: "),
        ("crop(border='zeros')", "augmentation crop: no border 'zeros': did you mean 'zero'"),
    ],
)
def test_augmentations_are_tried(suites_dir, data_dir, step, said):
    with pytest.raises(UserError, match=rf"tiny, experiment e: {said}") as caught:
        planned(suites_dir, data_dir, Experiment(id="e", model="plain-8", augment=["flip", step]))
    assert "\n" not in str(caught.value)


def test_what_is_tuned_is_tried_at_both_ends(suites_dir, data_dir):
    def reflected(high):
        space = {"crop.padding": Range(low=1, high=high)}
        steps = ["crop(padding=1, border='reflect')"]
        return Experiment(id="e", model="plain-8", augment=steps, space=space)

    assert planned(suites_dir, data_dir, reflected(high=7)).experiments
    with pytest.raises(UserError, match="8×8 pixels cannot reflect 8"):
        planned(suites_dir, data_dir, reflected(high=8))


def test_what_a_user_s_own_augmentation_raises_is_one_line(suites_dir, data_dir, monkeypatch):
    def broken(images, draw):
        raise KeyError("two\nlines")

    monkeypatch.setitem(augment._METHODS, "broken", broken)
    with pytest.raises(UserError, match=r"augmentation broken: KeyError: 'two\\nlines'$"):
        planned(suites_dir, data_dir, Experiment(id="e", model="plain-8", augment=["broken"]))


def test_quantities_are_those_that_are_counted(suites_dir, data_dir, tmp_path):
    claim = Count(id="c", text="t", quantity="parameter", values={"vgg-16": 1})
    suite = Suite(title="T", question="?", networks=[Network(model="vgg-16", size=224)], claims=[claim])
    with pytest.raises(
        UserError, match=r"claim c: there is no quantity 'parameter': did you mean 'parameters'"
    ):
        make_plan(suite, "quick", tmp_path)
    trained = claim.replace(values={"e": 1})
    with pytest.raises(UserError, match="no quantity 'parameter'"):
        planned(suites_dir, data_dir, Experiment(id="e", model="plain-8"), claims=[trained])


def test_every_member_takes_its_own_published_options(suites_dir):
    """No type that a family declares is refused by the check itself."""
    from bench.plan.check import _known_types

    for name, member in models.members().items():
        given = {one: member.published(one) for one in member.options()}
        _known_types(name, member.build, {one: value for one, value in given.items() if value is not None})


def test_the_command_says_it_in_one_line(command, suites_dir, data_dir):
    text = (suites_dir / "tiny.py").read_text()
    (suites_dir / "tiny.py").write_text(text.replace('("flip",)', '("flipp",)'))
    said = command(
        "run", "tiny", "--profile", "smoke", "--suites-dir", suites_dir, "--data-dir", data_dir, "--serial"
    )
    assert "there is no augmentation 'flipp': did you mean 'flip'" in one_line(said)
