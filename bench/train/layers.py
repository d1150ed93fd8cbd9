"""Layers by number, as the papers count them: 1 to L, those with weights but for what is on shortcuts."""

from dataclasses import dataclass

from torch import nn

from bench.common.errors import UserError

_WEIGHTED = 2  # dimensions from which on a parameter is a weight matrix or filter bank


@dataclass(frozen=True)
class NumberedLayer:
    """A layer with weights, and what goes with it: its normalisation, the shortcut that ends beside it."""

    number: int
    name: str
    modules: tuple[tuple[str, nn.Module], ...]

    def state_names(self) -> list[str]:
        """The names of its weights and statistics in the network's state dict."""
        return [f"{name}.{inner}" for name, module in self.modules for inner in module.state_dict()]


def layers(network: nn.Module) -> list[NumberedLayer]:
    """The network's layers in their order; the last is the classifier.

    >>> [one.name for one in layers(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 2)))]
    ['0', '2']
    """
    groups: list[list[tuple[str, nn.Module]]] = []
    for name, module in network.named_modules():
        if list(module.children()) or not module.state_dict():
            continue
        weighted = any(one.dim() >= _WEIGHTED for one in module.parameters())
        if weighted and "shortcut" not in name:
            groups.append([])
        if groups:
            groups[-1].append((name, module))
    return [NumberedLayer(n, group[0][0], tuple(group)) for n, group in enumerate(groups, start=1)]


def after(network: nn.Module, layer: int) -> nn.Module:
    """The module that takes what a layer hands on. Raises UserError with the layers that there are."""
    numbered = layers(network)
    if not 1 <= layer < len(numbered):
        known = ", ".join(f"{one.number} {one.name}" for one in numbered[:-1])
        raise UserError(
            f"no layer {layer} to probe: there are 1 to {len(numbered) - 1} before the classifier: {known}"
        )
    return numbered[layer].modules[0][1]
