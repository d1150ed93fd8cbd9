"""Learning rates as pure functions of the recipe and the step."""

import math
from collections.abc import Sequence

from bench.spec import Recipe
from bench.train.records import Epoch

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
        case "one-cycle":
            start, end = recipe.lr / _START_DIVISOR, recipe.lr / _START_DIVISOR / _END_DIVISOR
            if done < _RISE:
                return _cosine(start, recipe.lr, done / _RISE)
            return _cosine(recipe.lr, end, (done - _RISE) / (1 - _RISE))


def warming_up(recipe: Recipe, curve: Sequence[Epoch]) -> bool:
    """Whether the next epoch still runs at the warm-up's rate: the level has not been reached yet."""
    if recipe.warmup is None:
        return False
    return all(epoch.train_error >= recipe.warmup.until_train_error for epoch in curve)


def _cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
