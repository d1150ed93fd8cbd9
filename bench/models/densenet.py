"""Densely connected networks of Huang et al. (2017), arXiv 1608.06993.

A layer puts out `growth` maps and sees those of all layers before it in its block. With a bottleneck (B) a
1×1 convolution to four times the growth comes first; compression (C) halves the maps between blocks.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from bench.models import family
from bench.models.initial import he_normal
from bench.models.layers import Layer
from bench.models.parts import normalised
from bench.models.pool import average

SMALL = 64  # images below this size (pixels a side) get the stem for small images
WIDENS = 4  # a bottleneck's width, in growths


class DenseLayer(nn.Module):
    """BN, ReLU, (1×1 convolution, BN, ReLU,) 3×3 convolution; the input and what is new, side by side."""

    def __init__(self, channels: int, growth: int, bottleneck: bool, dropout: float) -> None:
        super().__init__()
        made: list[nn.Module] = []
        for side, width in ((1, WIDENS * growth), (3, growth)) if bottleneck else ((3, growth),):
            made += [normalised("batch", channels, "relu")]
            made += [nn.Conv2d(channels, width, side, padding=side // 2, bias=False), *dropped(dropout)]
            channels = width
        self.branch = nn.Sequential(*made)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((x, self.branch(x)), 1)


def dropped(dropout: float) -> list[nn.Module]:
    """Dropout, where there is any: after every convolution but the first (§4.2)."""
    return [nn.Dropout(dropout)] if dropout else []


def transition(channels: int, compressed: int, dropout: float) -> nn.Sequential:
    """What stands between blocks: BN, ReLU, a 1×1 convolution, and 2×2 average pooling."""
    conv = nn.Conv2d(channels, compressed, 1, bias=False)
    return nn.Sequential(normalised("batch", channels, "relu"), conv, *dropped(dropout), nn.AvgPool2d(2))


class DenseNet(nn.Module):
    """A stem; blocks of layers with transitions between; BN, ReLU; global average pooling; linear.

    `pool` says that the stem is ImageNet's, a 7×7 convolution and max pooling; else it is one of 3×3.
    """

    def __init__(
        self,
        blocks: Sequence[int],
        growth: int,
        width: int,
        *,
        bottleneck: bool,
        compression: float,
        dropout: float,
        pool: bool,
        num_classes: int,
        in_channels: int,
    ) -> None:
        super().__init__()
        if pool:
            stem = nn.Conv2d(in_channels, width, 7, stride=2, padding=3, bias=False)
            pooled = nn.MaxPool2d(3, stride=2, padding=1)
            self.stem = nn.Sequential(stem, normalised("batch", width, "relu"), pooled)
        else:
            self.stem = nn.Sequential(nn.Conv2d(in_channels, width, 3, padding=1, bias=False))
        channels, made = width, list[nn.Module]()
        for number, layers in enumerate(blocks):
            if number:
                compressed = int(channels * compression)
                made.append(transition(channels, compressed, dropout))
                channels = compressed
            for _ in range(layers):
                made.append(DenseLayer(channels, growth, bottleneck, dropout))
                channels += growth
        self.body = nn.Sequential(*made)
        self.last = normalised("batch", channels, "relu")
        self.head = nn.Linear(channels, num_classes)
        he_normal(self, nn.Conv2d)

    def numbered_layers(self) -> Iterator[Layer]:
        """Stem, each convolution with the norm before it, classifier with the last norm."""
        yield Layer(tuple(f"stem.{name}" for name, _ in self.stem.named_children()))
        for name, part in self.body.named_children():
            inside = f"body.{name}.branch" if isinstance(part, DenseLayer) else f"body.{name}"
            modules = list(part.branch if isinstance(part, DenseLayer) else part.children())
            for i, module in enumerate(modules):
                if isinstance(module, nn.Conv2d):
                    yield Layer((f"{inside}.{i}", f"{inside}.{i - 1}"))
        yield Layer(("head", "last"))

    def forward(self, x: Tensor) -> Tensor:
        x = self.last(self.body(self.stem(x)))
        logits: Tensor = self.head(average(x))
        return logits


@family(
    {
        "densenet-121": {"blocks": (6, 12, 24, 16), "growth": 32, "width": 64},
        "densenet-169": {"blocks": (6, 12, 32, 32), "growth": 32, "width": 64},
        "densenet-201": {"blocks": (6, 12, 48, 32), "growth": 32, "width": 64},
        "densenet-161": {"blocks": (6, 12, 36, 24), "growth": 48, "width": 96},
    }
)
def imagenet_densenet(
    *,
    blocks: tuple[int, ...],
    growth: int,
    width: int,
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    dropout: float = 0.0,
) -> DenseNet:
    """An ImageNet network, BC; for images below 64×64 the stem is one 3×3 convolution without pooling."""
    return DenseNet(
        blocks,
        growth,
        width,
        bottleneck=True,
        compression=0.5,
        dropout=dropout,
        pool=input_size >= SMALL,
        num_classes=num_classes,
        in_channels=in_channels,
    )


@family(
    {
        **{f"densenet-{depth}": {"depth": depth, "bottleneck": False} for depth in (22, 40, 100)},
        **{f"densenet-bc-{depth}": {"depth": depth, "bottleneck": True} for depth in (22, 40, 100)},
    }
)
def cifar_densenet(
    *,
    depth: int,
    bottleneck: bool,
    num_classes: int,
    in_channels: int = 3,
    growth: int = 12,
    dropout: float = 0.0,
) -> DenseNet:
    """A CIFAR network: three blocks of equal length. BC begins with two growths of maps, else it is 16."""
    layers = (depth - 4) // (6 if bottleneck else 3)
    return DenseNet(
        (layers,) * 3,
        growth,
        2 * growth if bottleneck else 16,
        bottleneck=bottleneck,
        compression=0.5 if bottleneck else 1.0,
        dropout=dropout,
        pool=False,
        num_classes=num_classes,
        in_channels=in_channels,
    )
