"""Exact counts of a network's architecture. No training, and no weights: the meta device suffices."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from bench.base import Named
from bench.models import build


def counts(model: Named, *, num_classes: int, in_channels: int, size: tuple[int, int]) -> dict[str, int]:
    """Counts by name for one network and one image of that size (height, width).

    `parameters` (trainable), `macs` (multiply-accumulates of one forward pass in convolutions and
    linear layers), `identity_units` (units that give their input back when the weights of their last
    layer are zero), `units` (all that keep the shape).
    """
    with torch.device("meta"):
        network = build(model.name, num_classes=num_classes, in_channels=in_channels, **model.options).eval()
        with FlopCounterMode(display=False) as flops:
            network(torch.empty(1, in_channels, *size))
    keeping, identities = _identity_units(
        build(model.name, num_classes=num_classes, in_channels=in_channels, **model.options)
    )
    return {
        "parameters": sum(p.numel() for p in network.parameters() if p.requires_grad),
        "macs": flops.get_total_flops() // 2,
        "units": keeping,
        "identity_units": identities,
    }


@torch.no_grad()
def _identity_units(network: nn.Module) -> tuple[int, int]:
    """How many units keep their input's shape, and how many of those become the identity.

    A unit is a module with two convolutions or more in it that is not made of other units.
    """
    keeping = identities = 0
    for unit in network.eval().modules():
        layers = [m for m in unit.children() if isinstance(m, nn.Conv2d)]
        if len(layers) < 2 or layers[0].in_channels != layers[-1].out_channels:
            continue
        if any(layer.stride != (1, 1) for layer in layers):
            continue
        nn.init.zeros_(layers[-1].weight)
        x = torch.rand(1, layers[0].in_channels, 4, 4)  # what a ReLU hands on is not negative
        keeping += 1
        identities += int(torch.equal(unit(x.clone()), x))
    return keeping, identities
