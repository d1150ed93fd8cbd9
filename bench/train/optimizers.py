"""From a recipe to torch's optimizer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch

from bench.common.optimizers import OPTIMIZERS, SGD

if TYPE_CHECKING:
    from bench.spec.recipe import Recipe


def optimizer_of(
    recipe: Recipe, groups: Iterable[dict[str, Any]], device: torch.device
) -> torch.optim.Optimizer:
    """The optimizer of parameter groups; on a GPU its step can be recorded."""
    about = OPTIMIZERS[recipe.optimizer or SGD]
    options = about.options(recipe)
    if about.capturable and device.type == "cuda":
        options["capturable"] = True
    made: torch.optim.Optimizer = getattr(torch.optim, about.kind)(groups, lr=recipe.lr, **options)
    return made
