"""Residual networks of He et al. (2015), arXiv 1512.03385, and their plain twins.

Two families from the same units: those for ImageNet (Table 1; 18 to 152 layers) and those for CIFAR
(§4.2; 6n + 2 layers, or 9n + 2 with bottlenecks). Bottlenecks halve the image in their 3×3
convolution, as torchvision's do; the paper's do it in the first 1×1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from bench.common.errors import UserError
from bench.models import family
from bench.models.initial import he_normal
from bench.models.layers import Layer
from bench.models.parts import normalised
from bench.models.pool import average, every

SMALL = 64  # images below this size (pixels a side) get the stem for small images


class Padded(nn.Module):
    """The shortcut of option A: subsampled, and padded with zero channels. It has no weights."""

    def __init__(self, new_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.before = new_channels // 2
        self.after = new_channels - self.before

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(every(x, self.stride), (0, 0, 0, 0, self.before, self.after))


class Projected(nn.Sequential):
    """The shortcut of options B and C: a 1×1 convolution with stride, and a normalisation.

    It subsamples first, for oneDNN's own strided 1×1 convolution of few float32 channels writes beside its
    memory (https://github.com/uxlfoundation/oneDNN/issues/6035).
    """

    def __init__(self, channels_in: int, channels: int, stride: int, parts: "Parts") -> None:
        super().__init__(parts.conv(channels_in, channels, 1), parts.norm(channels, act=False))
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        convolution, norm = self
        made: Tensor = norm(convolution(every(x, self.stride) if self.stride > 1 else x))
        return made


@dataclass(frozen=True)
class Parts:
    """What all units of a network are made of."""

    option: str  # of its shortcuts: "A", "B", "C"; "none" for a plain network
    normalisation: str
    activation: str

    def conv(
        self, channels_in: int, channels: int, side: int, stride: int = 1, padding: int = 0
    ) -> nn.Conv2d:
        """A convolution of that many pixels a side; where nothing normalises, it has biases."""
        bias = self.normalisation == "none"
        return nn.Conv2d(channels_in, channels, side, stride, padding, bias=bias)

    def norm(self, channels: int, act: bool = True) -> nn.Module:
        """A normalisation, and what follows it: an addition, if any, and the activation."""
        return normalised(self.normalisation, channels, self.activation if act else None)


def shortcut(parts: Parts, channels_in: int, channels: int, stride: int) -> nn.Module | None:
    """What stands on a unit's shortcut: A pads zeros where shapes change, B projects there, C everywhere."""
    changes = stride != 1 or channels_in != channels
    if parts.option == "A" and changes:
        return Padded(channels - channels_in, stride)
    if parts.option == "C" or (parts.option == "B" and changes):
        return Projected(channels_in, channels, stride, parts)
    return None


def added(unit: "Unit | Bottleneck", x: Tensor) -> Tensor | None:
    """What a unit adds to the output of its layers; nothing in a plain network."""
    if not unit.residual:
        return None
    return unit.shortcut(x) if unit.shortcut else x


class Unit(nn.Module):
    """3×3 conv, BN, ReLU, 3×3 conv, BN, (+ shortcut), ReLU. Without a shortcut where that is "none"."""

    widens, depth = 1, 2

    def __init__(self, channels_in: int, channels: int, stride: int, parts: Parts) -> None:
        super().__init__()
        self.conv1 = parts.conv(channels_in, channels, 3, stride, padding=1)
        self.bn1 = parts.norm(channels)
        self.conv2 = parts.conv(channels, channels, 3, padding=1)
        self.bn2 = parts.norm(channels)
        self.residual = parts.option != "none"
        self.shortcut = shortcut(parts, channels_in, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(self.bn1(self.conv1(x)))
        made: Tensor = self.bn2(y, added(self, x))
        return made


class Bottleneck(nn.Module):
    """1×1 conv to fewer channels, 3×3 conv, 1×1 conv to four times as many, each with BN; as `Unit` else."""

    widens, depth = 4, 3

    def __init__(self, channels_in: int, channels: int, stride: int, parts: Parts) -> None:
        super().__init__()
        wide = channels * self.widens
        self.conv1 = parts.conv(channels_in, channels, 1)
        self.bn1 = parts.norm(channels)
        self.conv2 = parts.conv(channels, channels, 3, stride, padding=1)
        self.bn2 = parts.norm(channels)
        self.conv3 = parts.conv(channels, wide, 1)
        self.bn3 = parts.norm(wide)
        self.residual = parts.option != "none"
        self.shortcut = shortcut(parts, channels_in, wide, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv3(self.bn2(self.conv2(self.bn1(self.conv1(x)))))
        made: Tensor = self.bn3(y, added(self, x))
        return made


class ResNet(nn.Module):
    """A stem; stages of units, each twice as wide as the one before; global average pooling; linear.

    `pool` says that the stem's 7×7 convolution and its max pooling halve the image twice, as for
    ImageNet; else it is one 3×3 convolution.
    """

    def __init__(
        self,
        stages: Sequence[int],
        unit: type[Unit] | type[Bottleneck],
        parts: Parts,
        width: int,
        pool: bool,
        num_classes: int,
        in_channels: int,
    ) -> None:
        super().__init__()
        if parts.option not in ("A", "B", "C", "none"):
            raise UserError(f"shortcut {parts.option!r}: there are A, B, C and none")
        side, stride = (7, 2) if pool else (3, 1)
        self.stem = parts.conv(in_channels, width, side, stride, padding=side // 2)
        self.bn = parts.norm(width)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1) if pool else None
        layers, channels_in = [], width
        for stage, units in enumerate(stages):
            channels = width * 2**stage
            for i in range(units):
                layers.append(unit(channels_in, channels, 2 if stage > 0 and i == 0 else 1, parts))
                channels_in = channels * unit.widens
        self.units = nn.Sequential(*layers)
        self.head = nn.Linear(channels_in, num_classes)
        he_normal(self, nn.Conv2d)

    def numbered_layers(self) -> Iterator[Layer]:
        """Stem, the convolutions of each unit, classifier; a shortcut goes with the last layer beside it."""
        yield Layer(("stem", "bn"))
        for name, unit in self.units.named_children():
            assert isinstance(unit, (Unit, Bottleneck))
            for number in range(1, unit.depth + 1):
                ends = ("shortcut",) if number == unit.depth and unit.shortcut else ()
                own = (f"conv{number}", f"bn{number}", *ends)
                yield Layer(tuple(f"units.{name}.{part}" for part in own))
        yield Layer(("head",))

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.stem(x))
        if self.pool:
            x = self.pool(x)
        x = self.units(x)
        logits: Tensor = self.head(average(x))
        return logits


DEPTHS = (8, 20, 32, 44, 56, 110)  # 8 is a small one for tests, the others are Table 6


@family(
    {
        f"{kind}-{depth}": {"units": (depth - 2) // 6, "bottleneck": False, "residual": kind == "resnet"}
        for kind in ("plain", "resnet")
        for depth in DEPTHS
    }
    | {"resnet-164": {"units": 18, "bottleneck": True, "residual": True}}  # He et al. 2016, 1603.05027
)
def cifar_resnet(
    *,
    units: int,
    bottleneck: bool,
    residual: bool,
    num_classes: int,
    in_channels: int = 3,
    width: int = 16,
    shortcut: str = "A",
    norm: str = "batch",
    activation: str = "relu",
) -> ResNet:
    """A CIFAR network: three stages of so many units; `width` of the first stage."""
    unit = Bottleneck if bottleneck else Unit
    parts = Parts(shortcut if residual else "none", norm, activation)
    return ResNet((units,) * 3, unit, parts, width, False, num_classes, in_channels)


@family(
    {
        "resnet-18": {"stages": (2, 2, 2, 2), "bottleneck": False, "residual": True},
        "resnet-34": {"stages": (3, 4, 6, 3), "bottleneck": False, "residual": True},
        "resnet-50": {"stages": (3, 4, 6, 3), "bottleneck": True, "residual": True},
        "resnet-101": {"stages": (3, 4, 23, 3), "bottleneck": True, "residual": True},
        "resnet-152": {"stages": (3, 8, 36, 3), "bottleneck": True, "residual": True},
        "plain-18": {"stages": (2, 2, 2, 2), "bottleneck": False, "residual": False},
        "plain-34": {"stages": (3, 4, 6, 3), "bottleneck": False, "residual": False},
    }
)
def imagenet_resnet(
    *,
    stages: tuple[int, ...],
    bottleneck: bool,
    residual: bool,
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    width: int = 64,
    shortcut: str = "B",
    norm: str = "batch",
    activation: str = "relu",
) -> ResNet:
    """An ImageNet network; for images below 64×64 the stem is one 3×3 convolution without pooling."""
    unit = Bottleneck if bottleneck else Unit
    parts = Parts(shortcut if residual else "none", norm, activation)
    return ResNet(stages, unit, parts, width, input_size >= SMALL, num_classes, in_channels)
