"""Learning rates as pure functions of the recipe, the step and the validation curve so far.

A schedule is a function in this table. It takes the recipe, the step (from 0), the number of steps of the
whole training, and the validation errors (%) of the epochs that have ended.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.spec.recipe import Recipe

Schedule = Callable[["Recipe", int, int, Sequence[float]], float]
# one-cycle (Smith and Topin 2017, arXiv 1708.07120), with the constants that PyTorch made customary
_RISE, _START_DIVISOR, _END_DIVISOR = 0.3, 25.0, 1e4


def constant(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """The same rate throughout."""
    return recipe.lr


def by_milestones(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """Divided by `decay` at each of the `milestones`, which are shares of the training."""
    passed = sum(step / steps >= milestone for milestone in recipe.milestones)
    return recipe.lr / recipe.decay**passed


def cosine(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """Half a cosine from the rate to zero (Loshchilov and Hutter 2017, arXiv 1608.03983)."""
    return _cosine(recipe.lr, 0.0, step / steps)


def cyclic(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """Cosines from the full rate to zero, one after the other (Huang et al. 2017, arXiv 1704.00109)."""
    return _cosine(recipe.lr, 0.0, step * (recipe.cycles or 1) % steps / steps)


def one_cycle(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """Up to the rate in the first 30 % of the training, then down to almost zero."""
    start, end, done = recipe.lr / _START_DIVISOR, recipe.lr / _START_DIVISOR / _END_DIVISOR, step / steps
    if done < _RISE:
        return _cosine(start, recipe.lr, done / _RISE)
    return _cosine(recipe.lr, end, (done - _RISE) / (1 - _RISE))


def plateau(recipe: Recipe, step: int, steps: int, held_out: Sequence[float]) -> float:
    """Divided by `decay` each time the validation error has not fallen for `patience` epochs."""
    best, waited, divided = math.inf, 0, 0
    for error in held_out:
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == (recipe.patience or 1):
            waited, divided = 0, divided + 1
    return recipe.lr / recipe.decay**divided


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "step": by_milestones,
    "cosine": cosine,
    "cyclic": cyclic,
    "one-cycle": one_cycle,
    "plateau": plateau,
}


def rate(recipe: Recipe, step: int, steps: int, held_out: Sequence[float] = ()) -> float:
    """The learning rate of a step, counted from 0, of so many in the whole training.

    During the first `warmup_epochs` it rises linearly to what the schedule says (Goyal et al. 2017, arXiv
    1706.02677).
    """
    scheduled = SCHEDULES[recipe.schedule](recipe, step, steps, held_out)
    if recipe.warmup_epochs is None:
        return scheduled
    return scheduled * min(1.0, (step + 1) / (steps * recipe.warmup_epochs / recipe.epochs))


def cycle_ends(recipe: Recipe) -> list[int]:
    """The epochs at whose end a cycle of a cyclic schedule ends; none for other schedules."""
    if recipe.cycles is None:
        return []
    return [recipe.epochs * number // recipe.cycles for number in range(1, recipe.cycles + 1)]


def warming_up(recipe: Recipe, train_errors: Sequence[float]) -> bool:
    """Whether the next epoch still runs at the warm-up's rate: the level has not been reached yet."""
    if recipe.warmup is None:
        return False
    return all(error >= recipe.warmup.until_train_error for error in train_errors)


def _cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
