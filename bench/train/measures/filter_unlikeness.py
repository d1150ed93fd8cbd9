"""How unlike the filters of a locally connected layer are from place to place."""

import torch
from torch import Tensor, nn

from bench.models.layers import layers
from bench.models.toy import Local
from bench.train.measures import at_epoch_ends


@at_epoch_ends
def filter_unlikeness(network: nn.Module) -> dict[int, float]:
    """Of each locally connected layer: 0 (%) where filters are the same at all places, 100 where by chance.

    Each filter is compared with the one that is most like it half a map away (by the cosine of the angle
    between them, whatever its sign), and the mean with that of random filters of these shapes.
    """
    found = {}
    for layer in layers(network):
        module = layer.modules[0][1]
        if isinstance(module, Local):
            weight = module.weight.detach().float().cpu()
            generator = torch.Generator().manual_seed(0)
            random = _likeness(torch.randn(weight.shape, generator=generator))
            found[layer.number] = 100 * (1 - _likeness(weight)) / (1 - random)
    return found


def _likeness(filters: Tensor) -> float:
    """The mean greatest cosine between filters (places, filters, inputs) of a place and those of another."""
    unit = nn.functional.normalize(filters, dim=2)
    cosines = unit @ unit.roll(len(filters) // 2, 0).transpose(1, 2)  # (places, filters, filters)
    return float(cosines.abs().amax(2).mean())
