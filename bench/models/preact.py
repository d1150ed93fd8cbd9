"""Residual networks with the units of He et al. (2016), arXiv 1603.05027, and wide ones made of them.

Where batch norm and ReLU stand in a unit is its `order` (Figure 4), what lies on its shortcut beside the
identity is one of `SHORTCUTS` (Table 1). Wide networks are those of Zagoruyko and Komodakis (2016), arXiv
1605.07146.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bench.models import family
from bench.models.initial import he_normal
from bench.models.layers import Layer
from bench.models.parts import normalised, part
from bench.models.pool import average, every
from bench.models.resnet import Padded


@dataclass(frozen=True)
class Order:
    """What stands before the first convolution, after the last one, and after the addition.

    Between convolutions it is batch norm and ReLU in all of them.
    """

    before: str = ""
    last: str = ""
    end: str = ""


ORDERS = {  # Figure 4, (a) to (e)
    "original": Order(last="bn", end="relu"),
    "bn-after-addition": Order(end="bn relu"),
    "relu-before-addition": Order(last="bn relu"),
    "relu-only": Order(before="relu", last="bn"),
    "full": Order(before="bn relu"),
}


def made(what: str, channels: int) -> nn.Module:
    """Nothing, "bn", "relu", or "bn relu"."""
    if not what.startswith("bn"):
        return nn.ReLU() if what else nn.Identity()
    return normalised("batch", channels, "relu" if "relu" in what else None)


class Weighted(nn.Module):
    """The input and the branch, each times a constant, added."""

    def __init__(self, x: float, branch: float) -> None:
        super().__init__()
        self.x, self.branch = x, branch

    def forward(self, x: Tensor, branch: Tensor) -> Tensor:
        branch = branch if self.branch == 1 else branch * self.branch
        if not self.x:
            return branch
        return (x if self.x == 1 else x * self.x) + branch


class Gated(nn.Module):
    """(1 - g) × input + branch, or g × branch; g is the sigmoid of a 1×1 convolution of the input.

    Its biases begin at -6, the best of those in Table 1, which leaves the shortcut open.
    """

    def __init__(self, channels: int, exclusive: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 1, bias=False)
        self.bias = nn.Parameter(torch.full((channels, 1, 1), -6.0))
        self.exclusive = exclusive

    def forward(self, x: Tensor, branch: Tensor) -> Tensor:
        g = torch.sigmoid(self.conv(x) + self.bias)
        return x * (1 - g) + (branch * g if self.exclusive else branch)


class Through(nn.Module):
    """A layer's output for the input, and the branch, added."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor, branch: Tensor) -> Tensor:
        return torch.add(self.layer(x), branch)


SHORTCUTS: Mapping[str, Callable[[int], nn.Module]] = {  # of so many channels: Table 1, in its order
    "identity": lambda channels: Weighted(1, 1),
    "none": lambda channels: Weighted(0, 1),  # "a plain net"
    "scaled": lambda channels: Weighted(0.5, 1),
    "both-scaled": lambda channels: Weighted(0.5, 0.5),
    "gated": lambda channels: Gated(channels, exclusive=True),
    "gated-on-shortcut": lambda channels: Gated(channels, exclusive=False),
    "convolved": lambda channels: Through(nn.Conv2d(channels, channels, 1, bias=False)),
    "dropped": lambda channels: Through(nn.Dropout(0.5)),
}


class PreactUnit(nn.Module):
    """Two 3×3 convolutions, or three with a bottleneck, in some order, and what joins them to the input.

    The (first) 3×3 one halves the image. Where shapes change, option A pads the input with zero channels
    before it goes on to the shortcut, and B projects what the first convolution takes. `begins` says that
    the stem has done what comes before it.
    """

    def __init__(
        self, channels_in: int, channels: int, stride: int, parts: "Parts", *, begins: bool = False
    ) -> None:
        super().__init__()
        order, out = parts.order, channels * 4 if parts.bottleneck else channels
        sides, inner = ((1, 3, 1), (channels, channels)) if parts.bottleneck else ((3, 3), (channels,))
        widths = (channels_in, *inner, out)
        self.before = made("" if begins else order.before, channels_in)
        branch: list[nn.Module] = []
        for i, side in enumerate(sides):
            step = stride if side == 3 and i == sides.index(3) else 1
            branch.append(nn.Conv2d(widths[i], widths[i + 1], side, step, side // 2, bias=False))
            if i < len(inner):
                branch.append(made("bn relu", widths[i + 1]))
                branch += [nn.Dropout(parts.dropout)] if parts.dropout else []
        self.branch = nn.Sequential(*branch, made(order.last, out))
        changes, self.stride = stride != 1 or channels_in != out, stride
        self.padded = Padded(out - channels_in, stride) if changes and not parts.projects else None
        self.projection = nn.Conv2d(channels_in, out, 1, bias=False) if changes and parts.projects else None
        self.join, self.end = parts.shortcut(out), made(order.end, out)

    def numbered_layers(self, name: str) -> Iterator[Layer]:
        """The convolutions of the branch, each with what follows it; the shortcut goes with the last."""
        layers: list[list[str]] = []
        for number, module in self.branch.named_children():
            if isinstance(module, nn.Conv2d):
                layers.append([])
            layers[-1].append(f"{name}.branch.{number}")
        layers[0].append(f"{name}.before")
        layers[-1] += [f"{name}.join", f"{name}.end"]
        layers[-1] += [f"{name}.projection"] if self.projection else []
        return (Layer(tuple(modules)) for modules in layers)

    def forward(self, x: Tensor) -> Tensor:
        ready = self.before(x)
        y = self.branch(ready)
        if self.padded:
            x = self.padded(x)
        elif self.projection:
            x = self.projection(every(ready, self.stride) if self.stride > 1 else ready)
        summed: Tensor = self.end(self.join(x, y))
        return summed


@dataclass(frozen=True)
class Parts:
    """What all units of a network are made of."""

    order: Order
    shortcut: Callable[[int], nn.Module]
    bottleneck: bool
    projects: bool  # shortcuts where shapes change
    dropout: float  # between the convolutions


class PreactResNet(nn.Module):
    """A 3×3 convolution with BN and ReLU; three stages of units, each twice as wide; average pooling; linear.

    The first unit begins without what its order has before a convolution, for the stem ends in it; after
    the last unit it follows (He et al. 2016, appendix).
    """

    def __init__(
        self, units: int, parts: Parts, stem: int, width: int, num_classes: int, in_channels: int
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(in_channels, stem, 3, padding=1, bias=False)
        self.bn = made("bn relu", stem)
        stacked: list[nn.Module] = []
        channels_in = stem
        for i in range(3 * units):
            channels, stride = width * 2 ** (i // units), 2 if i in (units, 2 * units) else 1
            stacked.append(PreactUnit(channels_in, channels, stride, parts, begins=i == 0))
            channels_in = channels * 4 if parts.bottleneck else channels
        self.units = nn.Sequential(*stacked)
        self.last = made(parts.order.before, channels_in)
        self.head = nn.Linear(channels_in, num_classes)
        he_normal(self, nn.Conv2d)

    def numbered_layers(self) -> Iterator[Layer]:
        """Stem, the convolutions of each unit, classifier; a shortcut goes with the last layer beside it."""
        yield Layer(("stem", "bn"))
        for number, unit in self.units.named_children():
            assert isinstance(unit, PreactUnit)
            yield from unit.numbered_layers(f"units.{number}")
        yield Layer(("head", "last"))

    def forward(self, x: Tensor) -> Tensor:
        x = self.last(self.units(self.bn(self.stem(x))))
        logits: Tensor = self.head(average(x))
        return logits


DEPTHS, BOTTLENECKS = (8, 20, 56, 110, 164, 1001, 1202), (164, 1001)  # 8, 20 and 56 are small ones


@family(
    {
        f"preact-resnet-{depth}": {"units": depth // (9 if deep else 6), "bottleneck": deep}
        for depth in DEPTHS
        for deep in [depth in BOTTLENECKS]
    }
)
def preact_resnet(
    *,
    units: int,
    bottleneck: bool,
    num_classes: int,
    in_channels: int = 3,
    width: int = 16,
    order: str = "full",
    shortcut: str = "identity",
    projects: bool = False,
    dropout: float = 0.0,
) -> PreactResNet:
    """A CIFAR network of pre-activation units, or units in another `order`; `width` of the first stage.

    Raises UserError for an order or shortcut that is not in `ORDERS` or `SHORTCUTS`.
    """
    on_shortcut = part(SHORTCUTS, shortcut, "shortcut")
    parts = Parts(part(ORDERS, order, "order of units"), on_shortcut, bottleneck, projects, dropout)
    return PreactResNet(units, parts, width, width, num_classes, in_channels)


@family(
    {f"wide-resnet-{n}-{k}": {"units": (n - 4) // 6, "widen": k} for n, k in ((16, 4), (28, 10), (40, 2))}
)
def wide_resnet(
    *,
    units: int,
    widen: int,
    num_classes: int,
    in_channels: int = 3,
    width: int = 16,
    dropout: float = 0.0,
) -> PreactResNet:
    """A CIFAR network of basic units with pre-activation, `widen` times as wide as its stem of `width`."""
    parts = Parts(ORDERS["full"], SHORTCUTS["identity"], bottleneck=False, projects=True, dropout=dropout)
    return PreactResNet(units, parts, width, width * widen, num_classes, in_channels)
