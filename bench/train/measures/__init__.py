"""Measures and pictures of a network, a decorated function each, in files of this folder.

- `@at_epoch_ends` takes the network after an epoch's last step, whose gradients are still there, and gives
  values by layer: experiments name it in `measures`.
- `@along_an_axis` takes a trained network, images and a place, and gives one value: a look's `measure`.
- `@picture` takes a trained network and images, and gives pixels (height, width, 3) uint8: a look's
  `pictures`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bench.common.errors import UserError, suggest
from bench.train.records import Measure

if TYPE_CHECKING:
    from bench.data.split import Images
    from bench.train.network import Network

ByLayer = Callable[[nn.Module], Mapping[int, float]]  # network -> a value by layer's number
AlongAxis = Callable[["Network", "Images", float], float]
Picture = Callable[["Network", "Images"], NDArray[np.uint8]]
T = TypeVar("T", bound=Callable[..., Any])
_KINDS = ("epoch", "axis", "picture")
_KNOWN: dict[str, dict[str, Callable[..., Any]]] = {kind: {} for kind in _KINDS}  # filled by the decorators


def at_epoch_ends(measure: T) -> T:
    """Make a function a measure that is taken at the end of every epoch, by layer."""
    _KNOWN["epoch"][measure.__name__] = measure
    return measure


def along_an_axis(axis: str) -> Callable[[T], T]:
    """Make a function a measure of trained networks along an axis of that name."""

    def register(measure: T) -> T:
        measure.axis = axis  # type: ignore[attr-defined]
        _KNOWN["axis"][measure.__name__] = measure
        return measure

    return register


def picture(draw: T) -> T:
    """Make a function a picture of trained networks."""
    _KNOWN["picture"][draw.__name__] = draw
    return draw


def known(kind: str) -> dict[str, Callable[..., Any]]:
    """All of a kind ("epoch", "axis", "picture") by name: of this folder, and those that a user decorated."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_KNOWN[kind])


def find(kind: str, name: str) -> Callable[..., Any]:
    """The measure or picture of that name. Raises UserError with the nearest name if there is none."""
    there = known(kind)
    if name not in there:
        words = {"epoch": "measure at epoch ends", "axis": "measure along an axis", "picture": "picture"}
        raise UserError(f"there is no {words[kind]} {name!r}: {suggest(name, there)}")
    return there[name]


def every_epoch(names: Sequence[str]) -> list[Callable[[nn.Module, int], list[Measure]]]:
    """What to take at the end of each epoch: functions of the network and the epoch's number."""

    def taking(name: str) -> Callable[[nn.Module, int], list[Measure]]:
        measure: ByLayer = find("epoch", name)
        return lambda network, epoch: [
            Measure(name, f"epoch={epoch},layer={layer}", value) for layer, value in measure(network).items()
        ]

    return [taking(name) for name in names]
