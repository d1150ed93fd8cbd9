"""How strongly each layer is driven: the size of its gradient."""

from torch import nn

from bench.models.layers import layers
from bench.train.measures import at_epoch_ends


@at_epoch_ends
def gradient_norm(network: nn.Module) -> dict[int, float]:
    """The Euclidean norm of the gradient of each layer's weights, on the epoch's last batch.

    Frozen layers have none and are left out.
    """
    found = {}
    for layer in layers(network):
        weights = next(layer.modules[0][1].parameters())
        if weights.grad is not None:
            found[layer.number] = float(weights.grad.float().norm())
    return found
