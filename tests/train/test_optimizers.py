"""Optimizers and schedules by name: what torch has, and what a recipe may say."""

import pytest
import torch
import torch.nn.functional as F

from bench.common.optimizers import OPTIMIZERS
from bench.common.schedules import SCHEDULES, rate
from bench.spec import Recipe
from bench.train.context import Context, Interrupted
from bench.train.network import Network
from bench.train.optimizers import optimizer_of
from bench.train.run import run
from bench.train.step import RecordedStep, Step
from bench.train.tasks.classify import Classify
from tests.train.test_run import RECIPE, deterministic, same, tiny_spec, weights
from tests.train.test_step import performed, trained

CPU = torch.device("cpu")
THEIRS = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.01, momentum=0.9, weight_decay=1e-4),
    "nesterov": lambda groups: torch.optim.SGD(
        groups, lr=0.01, momentum=0.9, weight_decay=1e-4, nesterov=True
    ),
    "rmsprop": lambda groups: torch.optim.RMSprop(
        groups, lr=0.01, alpha=0.9, eps=1.0, momentum=0.9, weight_decay=1e-4
    ),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.999), weight_decay=1e-4),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_is_torch_s_with_the_recipe_s_numbers(name):
    ours, theirs = (torch.nn.Linear(3, 2) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    recipe = Recipe(epochs=1, lr=0.01, optimizer=name)
    pairs = [
        (ours, optimizer_of(recipe, [{"params": list(ours.parameters()), "share": 1.0}], CPU)),
        (theirs, THEIRS[name](list(theirs.parameters()))),
    ]
    for step in range(5):
        x = torch.linspace(-1, 1, 12).view(4, 3) + step
        for network, optimizer in pairs:
            optimizer.zero_grad()
            network(x).square().mean().backward()
            optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_learns_and_goes_on_from_its_checkpoint(name, data_dir, tmp_path):
    recipe = RECIPE.replace(optimizer=name, lr=0.01 if name == "adamw" else RECIPE.lr)
    spec, seen = tiny_spec(data_dir, recipe=recipe), []
    whole = run(spec, Context(data_dir, tmp_path / "whole"))
    assert whole.curve[-1].train_loss < whole.curve[0].train_loss
    cut = Context(data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: bool(seen))
    with pytest.raises(Interrupted):
        run(spec, cut)
    assert deterministic(run(spec, Context(data_dir, tmp_path / "cut"))) == deterministic(whole)
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "whole"))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_recorded_step_leaves_no_trace_of_its_warm_up(name):
    """Momenta, averages and counts of steps: all that an optimizer keeps is restored."""

    def with_it(kind):
        def make(network: Network, optimizer: torch.optim.Optimizer, task: Classify) -> Step:
            groups = [{"params": list(network.model.parameters()), "share": 1.0}]
            own = optimizer_of(Recipe(epochs=1, lr=1.0, optimizer=name), groups, CPU)
            return kind(network, own, task)

        return make

    eager = trained(with_it(Step), "resnet-8", {"width": 4}, 16, steps=6)
    recorded = trained(
        with_it(lambda *given: RecordedStep(*given, performed)), "resnet-8", {"width": 4}, 16, steps=6
    )
    assert same(eager[0], recorded[0])
    assert eager[1:] == recorded[1:]


def test_label_smoothing_is_torch_s():
    from tests.train.test_tasks import tiny_plain

    spec = tiny_plain().replace(recipe=RECIPE.replace(label_smoothing=0.1))
    logits, labels = torch.randn(6, 4), torch.tensor([0, 1, 2, 3, 0, 1])
    found = Classify(spec).loss(logits, labels, labels)
    assert found == F.cross_entropy(logits, labels, label_smoothing=0.1)
    assert found != Classify(tiny_plain()).loss(logits, labels, labels)


def test_plateau_divides_where_the_validation_error_stands_still():
    recipe = Recipe(epochs=10, lr=1.0, schedule="plateau", patience=2, decay=10)
    rates = [rate(recipe, 0, 100, held_out) for held_out in ([], [50, 40], [50, 40, 41], [50, 40, 41, 40])]
    assert rates == [1.0, 1.0, 1.0, 0.1]
    assert rate(recipe, 0, 100, [50, 40, 41, 40, 39, 39, 39]) == pytest.approx(0.01)


def test_plateau_sees_the_validation_curve_of_its_run(data_dir, tmp_path):
    recipe = RECIPE.replace(epochs=6, lr=1e-9, schedule="plateau", patience=1)
    curve = run(tiny_spec(data_dir, recipe=recipe), Context(data_dir, tmp_path)).curve
    assert curve[0].lr == 1e-9
    assert curve[-1].lr < 1e-9, "at such a rate nothing gets better"


def test_linear_warm_up_rises_to_the_schedule():
    recipe = Recipe(epochs=10, lr=1.0, schedule="constant", warmup_epochs=2)
    rates = [rate(recipe, step, 100) for step in (0, 9, 19, 20, 99)]
    assert rates == pytest.approx([0.05, 0.5, 1.0, 1.0, 1.0])


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_gives_rates_up_to_the_recipe_s(name):
    more = {"cyclic": {"cycles": 2}, "plateau": {"patience": 1}}.get(name, {})
    recipe = Recipe(epochs=4, lr=0.5, schedule=name, **more)
    rates = [rate(recipe, step, 40) for step in range(40)]
    assert max(rates) == pytest.approx(0.5)
    assert min(rates) >= 0


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ({"schedule": "cosin"}, "there is no schedule 'cosin': did you mean 'cosine'"),
        ({"optimizer": "adam"}, "there is no optimizer 'adam': did you mean 'adamw'"),
        ({"schedule": "plateau"}, "the schedule plateau, and no other, has `patience`"),
        ({"patience": 3}, "the schedule plateau, and no other, has `patience`"),
    ],
)
def test_what_a_recipe_may_not_say(recipe, says):
    with pytest.raises(ValueError, match=says):
        Recipe(epochs=1, **recipe)


def test_plateau_needs_validation_images(data_dir):
    recipe = RECIPE.replace(schedule="plateau", patience=1)
    data = tiny_spec(data_dir).data.replace(validation=0)
    with pytest.raises(ValueError, match="the schedule plateau watches validation images"):
        tiny_spec(data_dir, recipe=recipe, data=data)
