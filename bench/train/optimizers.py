"""From a recipe to torch's optimizer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import torch

from bench.common.eager import uncompiled
from bench.common.optimizers import OPTIMIZERS, SGD

if TYPE_CHECKING:
    from bench.spec.recipe import Recipe


def optimizer_of(
    recipe: Recipe,
    groups: Iterable[dict[str, Any]],
    device: torch.device,
    alone: AbstractContextManager[object] | None = None,
) -> torch.optim.Optimizer:
    """The optimizer of parameter groups; on a GPU its step can be recorded.

    `alone` is held meanwhile: another thread must not compile.
    """
    about = OPTIMIZERS[recipe.optimizer or SGD]
    options = about.options(recipe)
    if about.capturable and device.type == "cuda":
        options["capturable"] = True
    with alone or nullcontext(), uncompiled():
        made: torch.optim.Optimizer = getattr(torch.optim, about.kind)(groups, lr=recipe.lr, **options)
        made.load_state_dict(made.state_dict())
        made.zero_grad()
    return made


def update_of(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """The optimizer's step without what torch wraps around it: hooks, and breaks for its compiler."""
    bare = inspect.unwrap(type(optimizer).step)

    @torch.no_grad()
    def update() -> None:
        bare(optimizer)

    return update
