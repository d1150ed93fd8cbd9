"""A model with how it is fed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from bench import models
from bench.common.errors import UserError
from bench.data.split import Split
from bench.train.precision import autocast
from bench.train.seeding import reseed

if TYPE_CHECKING:
    from bench.spec import RunSpec


@dataclass(frozen=True)
class Network:
    """A model with how it is fed: normalisation by the training split's statistics, and precision."""

    model: nn.Module
    mean: Tensor  # (channels, 1, 1), of pixels from 0 to 255
    std: Tensor
    classes: int
    precision: str  # as a recipe names it
    frozen: tuple[nn.Module, ...] = ()  # modules that stay in evaluation mode: their statistics too

    @classmethod
    def of(cls, model: nn.Module, split: Split, precision: str, frozen: Sequence[nn.Module] = ()) -> Network:
        """The model for a split; inputs and weights are in channels-last memory."""
        model = model.to(split.train.x.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        mean, std = split.mean.view(-1, 1, 1), split.std.view(-1, 1, 1)
        return cls(model, mean, std, split.classes, precision, tuple(frozen))

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.mean.device

    def train(self) -> None:
        """Training mode, for all that is trained."""
        self.model.train()
        for module in self.frozen:
            module.eval()

    def replace(self, model: nn.Module) -> Network:
        """The same with another model."""
        return replace(self, model=model)

    def logits(self, images: Tensor) -> Tensor:
        """Logits (n, classes), never in half precision, of uint8 images (n, channels, height, width)."""
        x = (images - self.mean) / self.std
        with autocast(self.precision, images.device):
            logits: Tensor = self.model(x)
        return logits.float() if logits.dtype == torch.bfloat16 else logits


def built(
    spec: RunSpec, outputs: int, channels: int, alone: AbstractContextManager[object] | None
) -> nn.Module:
    """The network with its first weights, which the process's generator draws."""
    assert spec.model is not None
    with alone or nullcontext():
        reseed(spec.seed, 0)
        model = models.build(spec.model.name, num_classes=outputs, in_channels=channels, **spec.model.options)
    if alone and draws(model):
        raise UserError(f"{spec.model.name} draws random numbers as it trains (dropout): train one at a time")
    return model


def draws(model: nn.Module) -> bool:
    """Whether the model's own steps draw random numbers, from the process's generator."""
    return any(isinstance(one, nn.modules.dropout._DropoutNd) and one.p > 0 for one in model.modules())
