"""Runs that begin with another's layers: what is copied, what stays, and what is refused."""

import pytest
import torch

from bench import models
from bench.common.errors import UserError
from bench.data import load
from bench.data.split import halves, open_split, open_test
from bench.models.layers import layers
from bench.spec.run import Start
from bench.train.run import Context, run
from bench.train.transfer import begin, parameter_groups
from tests.train.test_run import RECIPE, deterministic, same, tiny_spec, weights

MODELS = {
    "resnet-8": 8,
    "plain-20": 20,
    "alexnet-one-tower": 8,
    "vgg-a": 11,
    "lenet-5": 5,
    "resnet-50": 50,
}


@pytest.fixture(scope="module")
def source(data_dir, tmp_path_factory):
    """The folder of a finished run."""
    folder = tmp_path_factory.mktemp("source")
    run(tiny_spec(data_dir), Context(data_dir, folder))
    return folder / "weights.pt"


def net(**options):
    torch.manual_seed(1)
    return models.build("resnet-8", num_classes=4, in_channels=3, **{"width": 4, **options})


@pytest.mark.parametrize(("name", "depth"), MODELS.items())
def test_layers_are_those_that_papers_count_and_hold_all_weights(name, depth):
    with torch.device("meta"):
        network = models.build(name, num_classes=10)
    found = layers(network)
    assert [one.number for one in found] == list(range(1, depth + 1))
    assert sorted(n for one in found for n in one.state_names()) == sorted(network.state_dict())


def test_the_first_layers_are_the_source_s_and_the_rest_is_new(source):
    network, fresh = net(), net()
    copied, frozen = begin(network, Start(key="k", layers=3, frozen=2), source)
    assert ([one.number for one in copied], [one.number for one in frozen]) == ([1, 2, 3], [1, 2])
    old = torch.load(source, weights_only=True)
    names = {name for one in copied for name in one.state_names()}
    for name, value in network.state_dict().items():
        assert torch.equal(value, (old if name in names else fresh.state_dict())[name]), name
    still = {name for one in frozen for name in one.state_names()}
    assert {name for name, one in network.named_parameters() if not one.requires_grad} == {
        name for name, _ in network.named_parameters() if name in still
    }


def test_rates_of_old_and_new_layers(source):
    network = net()
    copied, _ = begin(network, Start(key="k", layers=7, frozen=2), source)
    new, old = parameter_groups(network, copied, 0.1)
    assert (new["share"], old["share"]) == (1.0, 0.1)
    assert len(new["params"]) == 2, "the classifier's weights and biases"
    assert all(one.requires_grad for one in old["params"])
    assert len(new["params"]) + len(old["params"]) == sum(one.requires_grad for one in network.parameters())


def test_frozen_layers_do_not_change_their_statistics_neither(data_dir, tmp_path, source):
    start = Start(key="k", layers=5, frozen=3)
    run(tiny_spec(data_dir, start=start), Context(data_dir, tmp_path, start=source))
    before, after = torch.load(source, weights_only=True), weights(tmp_path)
    for layer in layers(net()):
        changed = [not torch.equal(before[name], after[name]) for name in layer.state_names()]
        assert any(changed) == (layer.number > 3), layer.name


def test_a_run_that_begins_elsewhere_resumes_to_the_same_bytes(data_dir, tmp_path, source):
    from bench.train.run import Interrupted

    spec, seen = tiny_spec(data_dir, start=Start(key="k", layers=4, frozen=2, share=0.5)), []
    whole = run(spec, Context(data_dir, tmp_path / "whole", start=source))
    cut = Context(
        data_dir, tmp_path / "cut", start=source, report=seen.append, should_stop=lambda: len(seen) >= 2
    )
    with pytest.raises(Interrupted):
        run(spec, cut)
    resumed = run(spec, Context(data_dir, tmp_path / "cut", start=source))
    assert deterministic(resumed) == deterministic(whole)
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "whole"))


def test_nothing_copied_is_a_run_from_scratch(data_dir, tmp_path, source):
    scratch = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "scratch"))
    begun = run(
        tiny_spec(data_dir, start=Start(key="k", layers=0)), Context(data_dir, tmp_path, start=source)
    )
    assert deterministic(begun) == deterministic(scratch)


@pytest.mark.parametrize(
    ("options", "start", "message"),
    [
        (
            {"width": 8},
            {"layers": 2},
            r"layer 1: stem\.weight is 4×3×3×3 there, 8×3×3×3 here; .*; and \d+ more",
        ),
        ({}, {"layers": 8}, "the classifier is always new: 0 to 7"),
        ({"shortcut": "C"}, {"layers": 3}, r"the source has no units\.0\.shortcut\.0\.weight"),
    ],
)
def test_what_does_not_fit_is_told_layer_by_layer(source, options, start, message):
    with pytest.raises(UserError, match=message):
        begin(net(**options), Start(key="k", **start), source)


def test_missing_weights_are_one_line(tmp_path):
    with pytest.raises(UserError, match=r"weights .* cannot be read: No such file"):
        begin(net(), Start(key="k", layers=1), tmp_path / "weights.pt")


def test_halves_are_drawn_by_the_seed_and_never_meet():
    for seed in range(20):
        found = halves(10, seed)
        assert sorted(found["A"] + found["B"]) == list(range(10))
        assert len(found["A"]) == 5
    assert len({halves(10, seed)["A"] for seed in range(20)}) > 10
    assert len(halves(5, 0)["A"]) == 3


def test_a_run_sees_its_classes_alone(data_dir):
    images = load("tiny", data_dir)
    data = tiny_spec(data_dir).data.replace(classes=(1, 3), train=60, validation=40)
    split, test = (opened(images, data, torch.device("cpu")) for opened in (open_split, open_test))
    assert split.classes == 2
    for part in (split.train, split.validation, test):
        assert set(part.y.tolist()) == {0, 1}
    wanted = {images.x_train[i].tobytes() for i in range(len(images.y_train)) if images.y_train[i] in (1, 3)}
    whole = open_split(images, data.replace(size=None), torch.device("cpu"))
    assert {one.numpy().tobytes() for one in whole.train.x} <= wanted
    ones = {images.x_train[i].tobytes() for i in range(len(images.y_train)) if images.y_train[i] == 1}
    assert all(
        (one.numpy().tobytes() in ones) == (y == 0)
        for one, y in zip(whole.train.x, whole.train.y, strict=True)
    )


def test_half_the_classes_are_learnt(data_dir, tmp_path):
    data = tiny_spec(data_dir).data.replace(half="A", classes=(0, 2), train=60, validation=20)
    result = run(
        tiny_spec(data_dir, data=data, recipe=RECIPE.replace(epochs=6, batch_size=20)),
        Context(data_dir, tmp_path),
    )
    assert result.metrics["test_error"] < 30
