"""Optimizers by name: torch's class, and what of a recipe it takes. Needs no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.spec.recipe import Recipe


@dataclass(frozen=True)
class Optimizer:
    """A class of `torch.optim` with the arguments that a recipe gives it, beside the learning rate.

    `capturable` says that it must be told when its step is recorded on a GPU.
    """

    kind: str
    options: Callable[[Recipe], dict[str, Any]]
    capturable: bool = False


def _sgd(recipe: Recipe) -> dict[str, Any]:
    return {"momentum": recipe.momentum, "weight_decay": recipe.weight_decay, "fused": True}


def _nesterov(recipe: Recipe) -> dict[str, Any]:
    return {**_sgd(recipe), "nesterov": True}


def _rmsprop(recipe: Recipe) -> dict[str, Any]:
    """Decay 0.9 and epsilon 1 of Szegedy et al. 2016 (arXiv 1512.00567, §8)."""
    return {
        "momentum": recipe.momentum,
        "weight_decay": recipe.weight_decay,
        "alpha": 0.9,
        "eps": 1.0,
        "foreach": True,
    }


def _adamw(recipe: Recipe) -> dict[str, Any]:
    """Loshchilov and Hutter 2019 (arXiv 1711.05101); the momentum is the first beta."""
    return {"betas": (recipe.momentum, 0.999), "weight_decay": recipe.weight_decay, "fused": True}


SGD = "sgd"
OPTIMIZERS = {
    SGD: Optimizer("SGD", _sgd),
    "nesterov": Optimizer("SGD", _nesterov),
    "rmsprop": Optimizer("RMSprop", _rmsprop, capturable=True),
    "adamw": Optimizer("AdamW", _adamw, capturable=True),
}
