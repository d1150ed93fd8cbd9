"""Parts that families take as arguments: normalisations and activations by name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from torch import nn

from bench.common.errors import UserError, suggest
from bench.models.norm import ResponseNorm

T = TypeVar("T")


def _none(channels: int) -> nn.Module:
    return nn.Identity()


def _group(channels: int) -> nn.Module:
    """Groups of 16 channels (Wu and He 2018, arXiv 1803.08494, Table 3), one where that does not divide."""
    return nn.GroupNorm(channels // 16 if channels % 16 == 0 else 1, channels)


NORMS: dict[str, Callable[[int], nn.Module]] = {  # of so many channels
    "batch": nn.BatchNorm2d,
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
