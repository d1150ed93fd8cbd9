"""Network in network of Lin, Chen and Yan (2014), arXiv 1312.4400: 1×1 convolutions after each larger one.

Widths are those of the authors' CIFAR-10 network; the last block has a map for each class, whose means are
the logits. A twin without the 1×1 convolutions says what they give.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from bench.models import family
from bench.models.initial import he_normal
from bench.models.parts import normalised
from bench.models.pool import average

# side of the filters, then the maps of the convolution and of the 1×1 ones that follow it
BLOCKS = ((5, (192, 160, 96)), (5, (192, 192, 192)), (3, (192, 192)))


class NiN(nn.Module):
    """Blocks with pooling and dropout between; then the mean of each class's map."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.layers(x)
        return average(maps)


def convolution(channels_in: int, channels: int, side: int, batch_norm: bool) -> Sequence[nn.Module]:
    """A convolution that keeps the size, (batch norm,) ReLU."""
    conv = nn.Conv2d(channels_in, channels, side, padding=side // 2, bias=not batch_norm)
    return conv, normalised("batch", channels, "relu") if batch_norm else nn.ReLU(inplace=True)


@family({"nin": {"pointwise": True}, "nin-without-1x1": {"pointwise": False}})
def nin(
    *,
    pointwise: bool,
    num_classes: int,
    in_channels: int = 3,
    scale: float = 1.0,
    batch_norm: bool = False,
    dropout: float = 0.5,
) -> NiN:
    """The CIFAR network; `scale` multiplies all widths. Without 1×1 convolutions the classifier's stays."""
    layers: list[nn.Module] = []
    channels = in_channels
    for number, (side, widths) in enumerate(BLOCKS):
        for i, width in enumerate(widths if pointwise else widths[:1]):
            filters = round(width * scale)
            layers += convolution(channels, filters, side if i == 0 else 1, batch_norm)
            channels = filters
        if number < len(BLOCKS) - 1:
            pool = nn.MaxPool2d if number == 0 else nn.AvgPool2d
            layers += [pool(3, stride=2, ceil_mode=True), nn.Dropout(dropout)]
    layers += convolution(channels, num_classes, 1, False)
    network = NiN(*layers)
    he_normal(network, nn.Conv2d)
    return network
