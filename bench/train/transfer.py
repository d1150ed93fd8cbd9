"""Where a run's first weights come from: layers of another run's, by number, some of them frozen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from bench.common.errors import UserError
from bench.models.layers import NumberedLayer, layers

if TYPE_CHECKING:
    from bench.spec.run import Start

_SHOWN = 4  # layers that do not fit, in a message


def begin(
    network: nn.Module, start: Start, weights: Path | None
) -> tuple[list[NumberedLayer], list[NumberedLayer]]:
    """Copy the layers that `start` says, and freeze those it says; gives copied and frozen layers.

    Frozen layers take no gradients. Raises UserError where the weights are missing or do not fit.
    """
    if weights is None:
        raise UserError("a run that begins with another's weights was given none")
    try:
        state: dict[str, Tensor] = torch.load(weights, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UserError(f"the source's weights {weights} cannot be read: {error.strerror}") from error
    copied = to_copy(network, start, state)
    names = [name for layer in copied for name in layer.state_names()]
    network.load_state_dict({name: state[name] for name in names}, strict=False)
    frozen = copied[: start.frozen]
    for layer in frozen:
        for _, module in layer.modules:
            module.requires_grad_(False)
    return copied, frozen


def to_copy(network: nn.Module, start: Start, state: Mapping[str, Tensor]) -> list[NumberedLayer]:
    """The layers to copy from a state dict (shapes suffice).

    Raises UserError where there are not so many, or where they do not fit, with their shapes layer by layer.
    """
    numbered = layers(network)
    if start.layers >= len(numbered):
        raise UserError(
            f"{start.layers} layers of a source asked for, but of the {len(numbered)} layers here the "
            f"classifier is always new: 0 to {len(numbered) - 1}"
        )
    own, wrong = network.state_dict(), []
    for layer in numbered[: start.layers]:
        for name in layer.state_names():
            if name not in state:
                wrong.append(f"layer {layer.number}: the source has no {name}")
            elif state[name].shape != own[name].shape:
                there, here = ("×".join(map(str, one[name].shape)) for one in (state, own))
                wrong.append(f"layer {layer.number}: {name} is {there} there, {here} here")
    if wrong:
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise UserError(f"the source's weights do not fit: {'; '.join(wrong[:_SHOWN])}{more}")
    return numbered[: start.layers]


def parameter_groups(
    network: nn.Module, copied: list[NumberedLayer], share: float
) -> list[dict[str, object]]:
    """What the optimizer trains: new layers at the full rate, copied ones at a share of it."""
    old = {id(one) for layer in copied for _, module in layer.modules for one in module.parameters()}
    trained = [one for one in network.parameters() if one.requires_grad]
    groups = [
        {"params": [one for one in trained if id(one) not in old], "share": 1.0},
        {"params": [one for one in trained if id(one) in old], "share": share},
    ]
    return [group for group in groups if group["params"]]
