import pytest
import torch

from bench.common.schedules import rate
from bench.spec import Recipe

STEPS = 200


def rates(recipe: Recipe) -> list[float]:
    return [rate(recipe, step, STEPS) for step in range(STEPS)]


def test_step_is_he_s():
    """32k and 48k of 64k iterations."""
    recipe = Recipe(epochs=1, lr=0.1)
    found = [rate(recipe, step, 64_000) for step in (0, 31_999, 32_000, 47_999, 48_000, 63_999)]
    assert found == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


@pytest.mark.parametrize("schedule", ["cosine", "one-cycle"])
def test_agrees_with_torch(schedule):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    if schedule == "cosine":
        other = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
        tolerance = 1e-9
    else:
        other = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=STEPS)
        tolerance = 0.01  # torch's phases end one step earlier
    theirs = []
    for _ in range(STEPS):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        other.step()
    assert rates(Recipe(epochs=1, lr=0.4, schedule=schedule)) == pytest.approx(theirs, abs=tolerance)


def test_constant():
    assert set(rates(Recipe(epochs=1, lr=0.3, schedule="constant"))) == {0.3}
