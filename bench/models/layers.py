"""Layers by number, as the papers count them: 1 to L, those with weights but for what is on shortcuts.

A network whose modules run one after the other, as they were made, needs to say nothing. One with shortcuts
or branches declares its layers: a method `numbered_layers()` that gives a `Layer` for each, in order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import nn

from bench.common.errors import UserError

_WEIGHTED = 2  # dimensions from which on a parameter is a weight matrix or filter bank


@dataclass(frozen=True)
class Layer:
    """A layer as a network declares it, by the names of its modules: the one with the weights first.

    What the layer hands on is the input of the module `into`; where that is empty, of the next layer.
    """

    modules: tuple[str, ...]
    into: str = ""


@runtime_checkable
class Layered(Protocol):
    """A network that declares its layers."""

    def numbered_layers(self) -> Iterable[Layer]:
        """In their order, the classifier last."""


@dataclass(frozen=True)
class NumberedLayer:
    """A layer with weights, and what goes with it: its normalisation, the shortcut that ends beside it."""

    number: int
    name: str
    modules: tuple[tuple[str, nn.Module], ...]
    into: nn.Module | None  # takes what it hands on; None for the classifier

    def state_names(self) -> list[str]:
        """The names of its weights and statistics in the network's state dict."""
        return [f"{name}.{inner}" for name, module in self.modules for inner in module.state_dict()]


def layers(network: nn.Module) -> list[NumberedLayer]:
    """The network's layers in their order; the last is the classifier.

    >>> [one.name for one in layers(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 2)))]
    ['0', '2']
    """
    declared = list(network.numbered_layers()) if isinstance(network, Layered) else _in_a_row(network)
    modules = dict(network.named_modules())
    numbered = []
    for number, (layer, after) in enumerate(zip(declared, [*declared[1:], None], strict=True), start=1):
        into = layer.into or (after.modules[0] if after else "")
        named = tuple((name, modules[name]) for name in layer.modules)
        numbered.append(NumberedLayer(number, layer.modules[0], named, modules[into] if into else None))
    return numbered


def _in_a_row(network: nn.Module) -> list[Layer]:
    """Each module with a weight matrix begins a layer; what follows it without one goes with it."""
    groups: list[list[str]] = []
    for name, module in network.named_modules():
        if list(module.children()) or not module.state_dict():
            continue
        if any(one.dim() >= _WEIGHTED for one in module.parameters()):
            groups.append([])
        if groups:
            groups[-1].append(name)
    return [Layer(tuple(group)) for group in groups]


def before_classifier(network: nn.Module, layer: int) -> NumberedLayer:
    """The layer of that number. Raises UserError with the layers that there are before the classifier."""
    numbered = layers(network)
    if not 1 <= layer < len(numbered):
        raise UserError(
            f"no layer {layer} to probe: there are 1 to {len(numbered) - 1} before the classifier: "
            f"{_listed(numbered[:-1])}"
        )
    return numbered[layer - 1]


def _listed(numbered: Sequence[NumberedLayer]) -> str:
    return ", ".join(f"{one.number} {one.name}" for one in numbered)
