"""Parts that families take as arguments: normalisations and activations by name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from torch import Tensor, nn

from bench.common.errors import UserError, suggest
from bench.models.batch_norm import BatchNorm
from bench.models.norm import ResponseNorm

T = TypeVar("T")


def _none(channels: int) -> nn.Module:
    return nn.Identity()


def _group(channels: int) -> nn.Module:
    """Groups of 16 channels (Wu and He 2018, arXiv 1803.08494, Table 3), one where that does not divide."""
    return nn.GroupNorm(channels // 16 if channels % 16 == 0 else 1, channels)


NORMS: dict[str, Callable[[int], nn.Module]] = {  # of so many channels
    "batch": BatchNorm,
    "group": _group,
    "response": ResponseNorm,
    "none": _none,
}
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": partial(nn.ReLU, inplace=True),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def part(table: Mapping[str, T], name: str, kind: str) -> T:
    """The part of that name. Raises UserError with the nearest name if there is none."""
    if name not in table:
        raise UserError(f"there is no {kind} {name!r}: {suggest(name, table)}")
    return table[name]


class Followed(nn.Module):
    """A normalisation; then, where there is one, an addition; then, where there is one, an activation."""

    def __init__(self, norm: nn.Module, act: nn.Module | None) -> None:
        super().__init__()
        self.norm, self.act = norm, act

    def forward(self, x: Tensor, added: Tensor | None = None) -> Tensor:
        """Maps of the shape of `x`, which `added` has too."""
        y: Tensor = self.norm(x)
        y = y if added is None else y + added
        return self.act(y) if self.act else y


def normalised(norm: str, channels: int, activation: str | None) -> nn.Module:
    """A normalisation by name that takes what is added to its output too, and ends in an activation.

    Raises UserError for names that are not there.
    """
    act = None if activation is None else part(ACTIVATIONS, activation, "activation")
    made = part(NORMS, norm, "normalisation")
    if made is BatchNorm and activation in (None, "relu"):
        return BatchNorm(channels, relu=activation == "relu")
    return Followed(made(channels), act() if act else None)
