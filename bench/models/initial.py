"""Initial weights that several families share."""

from torch import nn


def he_normal(network: nn.Module, *kinds: type[nn.Module]) -> None:
    """Draw the weights of all layers of some kinds as He et al. (2015), arXiv 1502.01852, do; biases are 0.

    The variance keeps the gradient's size through ReLUs ("fan out").
    """
    for module in network.modules():
        if isinstance(module, kinds) and not module.weight.is_meta:  # shapes alone take no numbers
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")  # type: ignore[arg-type]
            if module.bias is not None:
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
