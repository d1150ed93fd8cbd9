"""Exact counts of a network's architecture. No training, and no weights: the meta device suffices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from bench.common.errors import UserError
from bench.models import build, member
from bench.models.inception import Beside
from bench.models.layers import layers as numbered
from bench.models.trace import Layer, trace

if TYPE_CHECKING:
    from bench.spec.base import Named

_WEIGHTED = 2  # dimensions from which on a parameter is a weight matrix or filter bank


@dataclass(frozen=True)
class Counted:
    """A network's counts by name (see `count`), and its layers."""

    counts: dict[str, int]
    layers: tuple[Layer, ...]


def count(model: Named, *, num_classes: int, in_channels: int, size: tuple[int, int]) -> Counted:
    """Counts for one network and one image of that size (height, width).

    - `depth`: layers with weights, as the papers count them: without projections on shortcuts.
    - `parameters`: trainable ones.
    - `macs`: multiply-accumulates of one forward pass in convolutions and dense layers.
    - `activations`: values that those layers put out (Radosavovic et al. 2020, arXiv 2003.13678).
    - `receptive_field`: side in pixels of what a value of the last feature map sees, borders ignored.
    - `output_size`: height of the last feature map, before places are pooled away or flattened.
    - `unused_pixels`: pixels a side that no window reached because windows did not fit.
    - `batch_norms`: layers of batch norm.
    - `modules`: modules of parallel branches (Inception), those inside others aside.
    - `units`: units that keep the shape; `identity_units`: those that give their input back when the
      weights of their last layer are zero.

    Raises UserError where the network is not made for images of that size.
    """
    _made_for(model, size)
    with torch.device("meta"):
        network = build(model.name, num_classes=num_classes, in_channels=in_channels, **model.options).eval()
    try:
        layers, view = trace(network, in_channels, size)
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"model {model} cannot take images of {size[1]}×{size[0]}: {reason}") from error
    weighted = {name.rpartition(".")[0] for name, one in network.named_parameters() if one.dim() >= _WEIGHTED}
    keeping, identities = _identity_units(network)
    return Counted(
        {
            "depth": len(numbered(network)),
            "parameters": sum(one.numel() for one in network.parameters() if one.requires_grad),
            "macs": sum(layer.macs for layer in layers),
            "activations": sum(_size(layer.output) for layer in layers if layer.name in weighted),
            "receptive_field": view.field,
            "output_size": view.side or 1,
            "unused_pixels": view.unused,
            "batch_norms": sum(isinstance(one, nn.BatchNorm2d) for one in network.modules()),
            "modules": _modules(network),
            "units": keeping,
            "identity_units": identities,
        },
        tuple(layers),
    )


def _made_for(model: Named, size: tuple[int, int]) -> None:
    made = model.options.get("input_size", member(model.name).published("input_size"))
    if made is not None and size != (made, made):
        raise UserError(
            f"model {model.name} is built for images of {made}×{made} here, not {size[1]}×{size[0]}: "
            f"set its option input_size={size[0]}"
        )


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def _modules(network: nn.Module) -> int:
    return 1 if isinstance(network, Beside) else sum(map(_modules, network.children()))


@torch.no_grad()
def _identity_units(network: nn.Module) -> tuple[int, int]:
    """How many units keep their input's shape, and how many of those become the identity.

    A unit is a module with two convolutions or more in it that is not made of other units. Each is
    given weights by itself, so that no large network need be.
    """
    keeping = identities = 0
    for unit in network.modules():
        layers = [m for m in unit.children() if isinstance(m, nn.Conv2d)]
        if isinstance(unit, nn.Sequential) or len(layers) < 2:
            continue
        if layers[0].in_channels != layers[-1].out_channels or any(m.stride != (1, 1) for m in layers):
            continue
        unit.to_empty(device="cpu")
        for module in unit.modules():
            if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
                module.reset_parameters()
        nn.init.zeros_(layers[-1].weight)
        x = torch.rand(1, layers[0].in_channels, 4, 4)  # what a ReLU hands on is not negative
        keeping += 1
        identities += int(torch.equal(unit(x.clone()), x))
    return keeping, identities
