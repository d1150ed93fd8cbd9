"""ResNeXt of Xie et al. (2017), arXiv 1611.05431, and wide bottlenecks of Zagoruyko and Komodakis (2016).

Both change the bottleneck of a residual network alone: its 3×3 convolution has `cardinality` groups, each
`base_width` channels wide in the first stage and twice as wide in each later one.
"""

from dataclasses import dataclass

from torch import nn

from bench.models import family
from bench.models.resnet import SMALL, Bottleneck, Parts, ResNet

WIDTH = 64  # of the first stage in the templates, from which the widths of groups are scaled


@dataclass(frozen=True)
class GroupedParts(Parts):
    """What all units of a network are made of, and how their 3×3 convolutions are split."""

    cardinality: int
    base_width: int

    def inner(self, channels: int) -> int:
        """The width of a bottleneck in a stage of so many channels."""
        return channels * self.base_width // WIDTH * self.cardinality


class GroupedBottleneck(Bottleneck):
    """A bottleneck whose 3×3 convolution is split in groups (Figure 3c of the paper)."""

    def __init__(self, channels_in: int, channels: int, stride: int, parts: Parts) -> None:
        super().__init__(channels_in, channels, stride, parts)
        assert isinstance(parts, GroupedParts)
        inner, groups = parts.inner(channels), parts.cardinality
        self.conv1 = parts.conv(channels_in, inner, 1)
        self.bn1 = parts.norm(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=self.conv1.bias is not None)
        self.bn2 = parts.norm(inner)
        self.conv3 = parts.conv(inner, channels * self.widens, 1)


@family(
    {
        "resnext-50-32x4d": {"stages": (3, 4, 6, 3), "cardinality": 32, "base_width": 4},
        "resnext-101-32x4d": {"stages": (3, 4, 23, 3), "cardinality": 32, "base_width": 4},
        "resnext-101-32x8d": {"stages": (3, 4, 23, 3), "cardinality": 32, "base_width": 8},
        "resnext-101-64x4d": {"stages": (3, 4, 23, 3), "cardinality": 64, "base_width": 4},
        "wide-resnet-50-2": {"stages": (3, 4, 6, 3), "cardinality": 1, "base_width": 128},
        "wide-resnet-101-2": {"stages": (3, 4, 23, 3), "cardinality": 1, "base_width": 128},
    }
)
def imagenet_resnext(
    *,
    stages: tuple[int, ...],
    cardinality: int,
    base_width: int,
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    width: int = WIDTH,
    norm: str = "batch",
    activation: str = "relu",
) -> ResNet:
    """An ImageNet network; for images below 64×64 the stem is one 3×3 convolution without pooling."""
    parts = GroupedParts("B", norm, activation, cardinality, base_width)
    pool = input_size >= SMALL
    return ResNet(stages, GroupedBottleneck, parts, width, pool, num_classes, in_channels)


@family({f"resnext-{9 * n + 2}": {"units": n} for n in (2, 3, 4)})  # the paper's is 29 layers deep
def cifar_resnext(
    *,
    units: int,
    num_classes: int,
    in_channels: int = 3,
    cardinality: int = 8,
    base_width: int = 64,
    width: int = WIDTH,
    norm: str = "batch",
    activation: str = "relu",
) -> ResNet:
    """A CIFAR network (§5.3): three stages of so many bottlenecks; `width` of the stem and first stage."""
    parts = GroupedParts("B", norm, activation, cardinality, base_width)
    return ResNet((units,) * 3, GroupedBottleneck, parts, width, False, num_classes, in_channels)
