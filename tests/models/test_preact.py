"""What stands in a unit and on its shortcut, and where networks drop values."""

import pytest
import torch
from torch import Tensor, nn

from bench import models
from bench.models.preact import ORDERS, SHORTCUTS, Parts, PreactUnit

X = torch.randn(4, 8, 6, 6, generator=torch.Generator().manual_seed(0))
OPEN = 1 / (1 + torch.tensor(6.0).exp())  # the gate where its convolution adds nothing


def silenced(unit: PreactUnit) -> PreactUnit:
    """A unit whose branch puts out nothing, and whose gate looks at nothing."""
    for name, weights in unit.named_parameters():
        if "branch" in name or name == "join.conv.weight":
            nn.init.zeros_(weights)
    return unit


def unit(order: str = "full", shortcut: str = "identity") -> PreactUnit:
    return PreactUnit(8, 8, 1, Parts(ORDERS[order], SHORTCUTS[shortcut], False, False, 0.0))


@pytest.mark.parametrize(
    ("shortcut", "expected"),
    [
        ("identity", X),
        ("none", 0 * X),
        ("scaled", X / 2),
        ("both-scaled", X / 2),
        ("gated", X * (1 - OPEN)),
        ("gated-on-shortcut", X * (1 - OPEN)),
        ("dropped", X),
    ],
)
def test_a_silent_branch_leaves_what_the_shortcut_lets_through(shortcut: str, expected: Tensor):
    assert torch.allclose(silenced(unit(shortcut=shortcut)).eval()(X), expected, atol=1e-6)


def test_all_shortcuts_are_named_here():
    tried = {"identity", "none", "scaled", "both-scaled", "gated", "gated-on-shortcut", "dropped"}
    assert tried | {"convolved"} == set(SHORTCUTS)


def test_a_convolved_shortcut_is_its_convolution():
    made = silenced(unit(shortcut="convolved")).eval()
    assert torch.allclose(made(X), made.join.layer(X), atol=1e-6)


def test_exclusive_gates_weigh_the_branch_and_the_others_do_not():
    branch = torch.ones_like(X)
    for shortcut, share in (("gated", float(OPEN)), ("gated-on-shortcut", 1.0)):
        join = silenced(unit(shortcut=shortcut)).join
        assert torch.allclose(join(0 * X, branch), share * branch)


def test_a_dropped_shortcut_loses_half_its_values_while_it_trains():
    torch.manual_seed(0)
    made = unit(shortcut="dropped").join.train()(X, 0 * X)
    gone = (made == 0).float().mean()
    assert 0.45 < gone < 0.55
    assert torch.equal(made[made != 0], 2 * X[made != 0])


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_says_what_comes_after_the_addition(order: str):
    """Figure 4: only where nothing does is the way from unit to unit free."""
    made = silenced(unit(order)).eval()(X)
    free = order in ("relu-before-addition", "relu-only", "full")
    assert torch.allclose(made, X if free else X.relu(), atol=1e-4)


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_has_a_batch_norm_for_each_convolution(order: str):
    made = models.build("preact-resnet-20", num_classes=10, order=order, width=4)
    convolutions = sum(isinstance(one, nn.Conv2d) for one in made.modules())
    norms = sum(name.endswith("running_var") for name, _ in made.named_buffers())
    # pre-activation: the first unit's is the stem's, and the last stands behind all units
    assert norms == convolutions


@pytest.mark.parametrize(
    ("name", "options", "places"),
    [
        ("wide-resnet-16-4", {"width": 4}, 6),  # between the two convolutions of each unit
        ("densenet-22", {"growth": 4}, 18 + 2),  # after each convolution but the first
        ("densenet-bc-40", {"growth": 4}, 36 + 2),
        ("nin", {"scale": 1 / 8}, 2),  # after the first two blocks
    ],
)
def test_dropout_stands_where_the_papers_have_it_and_rests_in_evaluation(
    name: str, options: dict[str, float], places: int
):
    with_it, without = (
        models.build(name, num_classes=10, **options, dropout=dropout) for dropout in (0.5, 0.0)
    )
    assert sum(isinstance(one, nn.Dropout) for one in with_it.modules()) == places
    given = dict(zip(without.state_dict(), with_it.state_dict().values(), strict=True))
    without.load_state_dict(given)
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    assert torch.equal(with_it.eval()(images), without.eval()(images))
    torch.manual_seed(0)
    with_it.train()
    assert not torch.equal(with_it(images), with_it(images))
