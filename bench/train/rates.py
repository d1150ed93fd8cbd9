"""Learning rates as pure functions of the recipe and the step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.train.records import Epoch

if TYPE_CHECKING:
    from bench.spec import Recipe

# one-cycle (Smith and Topin 2017, arXiv 1708.07120), with the constants that PyTorch made customary
_RISE, _START_DIVISOR, _END_DIVISOR = 0.3, 25.0, 1e4


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0, of so many in the whole training."""
    done = step / steps
    match recipe.schedule:
        case "constant":
            return recipe.lr
        case "step":
            passed = sum(done >= milestone for milestone in recipe.milestones)
            return recipe.lr / recipe.decay**passed
        case "cosine":
            return _cosine(recipe.lr, 0.0, done)
        case "cyclic":  # cosines from the full rate to zero, one after the other (arXiv 1704.00109)
            return _cosine(recipe.lr, 0.0, step * (recipe.cycles or 1) % steps / steps)
        case "one-cycle":
            start, end = recipe.lr / _START_DIVISOR, recipe.lr / _START_DIVISOR / _END_DIVISOR
            if done < _RISE:
                return _cosine(start, recipe.lr, done / _RISE)
            return _cosine(recipe.lr, end, (done - _RISE) / (1 - _RISE))


def cycle_ends(recipe: Recipe) -> list[int]:
    """The epochs at whose end a cycle of a cyclic schedule ends; none for other schedules."""
    if recipe.cycles is None:
        return []
    return [recipe.epochs * number // recipe.cycles for number in range(1, recipe.cycles + 1)]


def warming_up(recipe: Recipe, curve: Sequence[Epoch]) -> bool:
    """Whether the next epoch still runs at the warm-up's rate: the level has not been reached yet."""
    if recipe.warmup is None:
        return False
    return all(epoch.train_error >= recipe.warmup.until_train_error for epoch in curve)


def _cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
