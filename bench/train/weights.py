"""The sets of weights that a run predicts with beside its last: averages of them, and ends of cycles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from bench.common.schedules import cycle_ends

if TYPE_CHECKING:
    from bench.spec.ensemble import Predict
    from bench.spec.recipe import Recipe


class WeightSets:
    """What is kept of a model's weights while it trains, as `predict` declares.

    `ema` is the exponential moving average over steps (Polyak and Juditsky 1992), batch norm's statistics
    included; `average` the mean over the ends of the last epochs (Izmailov et al. 2018, arXiv 1803.05407),
    its statistics taken anew from the training images; `cycle-1`, … those at the end of every cycle of a
    cyclic schedule (Huang et al. 2017, arXiv 1704.00109).
    """

    def __init__(self, model: nn.Module, predict: Predict, recipe: Recipe) -> None:
        self.model, self.predict, self.recipe = model, predict, recipe
        self.ends = cycle_ends(recipe)
        self.ema = deepcopy(model) if predict.ema else None
        self.average = deepcopy(model) if predict.average else None
        self.cycles: list[dict[str, Tensor]] = []

    def after_step(self) -> None:
        """Move the exponential average towards the weights."""
        if self.ema is not None and self.predict.ema:
            _blend(self.ema, self.model, 1 - self.predict.ema)

    def after_epoch(self, epoch: int) -> None:
        """Take the weights into the mean, or keep them, where an epoch ends that counts."""
        if self.average is not None and self.predict.average:
            first = self.recipe.epochs - self.predict.average + 1
            if epoch >= first:
                _blend(self.average, self.model, 1 / (epoch - first + 1))
        if epoch in self.ends:
            self.cycles.append(deepcopy(self.model.state_dict()))

    def state(self) -> dict[str, Any]:
        """For the checkpoint."""
        kept = {"ema": self.ema, "average": self.average}
        return {name: one.state_dict() for name, one in kept.items() if one is not None} | {
            "cycles": self.cycles
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        for name in ("ema", "average"):
            if name in state:
                getattr(self, name).load_state_dict(state[name])
        self.cycles = list(state["cycles"])

    def models(self, forward: Callable[[nn.Module], None]) -> Iterator[tuple[str, nn.Module]]:
        """Each set of weights by name, as a model. `forward` feeds a model all training images once."""
        yield "last", self.model
        if self.ema is not None:
            yield "ema", self.ema
        if self.average is not None:
            _take_statistics_anew(self.average, forward)
            yield "average", self.average
        for number, weights in enumerate(self.cycles, start=1):
            model = deepcopy(self.model)
            model.load_state_dict(weights)
            yield f"cycle-{number}", model


@torch.no_grad()
def _blend(average: nn.Module, model: nn.Module, share: float) -> None:
    """Move the average's weights and statistics towards the model's by a share of the way."""
    kept, new = average.state_dict(), model.state_dict()
    floats = [name for name, one in kept.items() if one.is_floating_point()]
    torch._foreach_lerp_([kept[name] for name in floats], [new[name] for name in floats], share)
    for name in kept.keys() - set(floats):
        kept[name].copy_(new[name])


def _take_statistics_anew(model: nn.Module, forward: Callable[[nn.Module], None]) -> None:
    """Batch norm's means and variances as plain means over all training batches."""
    norms = [one for one in model.modules() if isinstance(one, nn.modules.batchnorm._BatchNorm)]
    if not norms:
        return
    model.eval()
    for one in norms:
        one.reset_running_stats()
        one.momentum = None  # a cumulative mean
        one.train()
    with torch.no_grad():
        forward(model)
