"""Single layers and short stacks: what lectures do their arithmetic on, as whole networks.

The last layer has one filter (or unit) a class; convolutional ones end in global average pooling, as
in Lin et al. (2014), arXiv 1312.4400.
"""

import torch
from torch import Tensor, nn

from bench.models import family
from bench.models.pool import average


class Averaged(nn.Module):
    """Layers, then the mean of each of their maps."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.layers(x)
        return average(maps)


class Local(nn.Module):
    """A locally connected layer: filters like a convolution's, but others at every place."""

    def __init__(self, channels: int, filters: int, kernel: int, input_size: int, bias: bool) -> None:
        super().__init__()
        self.kernel, self.side = kernel, input_size - kernel + 1
        inputs = channels * kernel**2
        self.weight = nn.Parameter(torch.empty(self.side**2, filters, inputs))
        self.bias = nn.Parameter(torch.zeros(filters, self.side, self.side)) if bias else None
        nn.init.normal_(self.weight, std=inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, filters, side, side) of images (n, channels, height, width)."""
        places, kernel = self.side**2, self.kernel
        windows = x.unfold(2, kernel, 1).unfold(3, kernel, 1)  # (n, channels, side, side, kernel, kernel)
        windows = windows.permute(2, 3, 0, 1, 4, 5).reshape(places, len(x), -1)
        maps = (windows @ self.weight.transpose(1, 2)).permute(1, 2, 0)
        maps = maps.reshape(len(x), -1, self.side, self.side)
        return maps if self.bias is None else maps + self.bias


@family({"conv-stack": {}})
def conv_stack(
    *,
    num_classes: int,
    in_channels: int = 3,
    kernel: int = 3,
    depth: int = 1,
    width: int = 16,
    stride: int = 1,
    padding: int = 0,
    bottleneck: int = 0,
    bias: bool = True,
) -> Averaged:
    """`depth` convolutions of one size with ReLUs between, all but the last with `width` filters.

    A `bottleneck` of so many filters puts a 1×1 convolution in front, as Inception does.
    """
    layers: list[nn.Module] = []
    channels = in_channels
    if bottleneck:
        layers += [nn.Conv2d(channels, bottleneck, 1, bias=bias), nn.ReLU(inplace=True)]
        channels = bottleneck
    for i in range(depth):
        filters = width if i < depth - 1 else num_classes
        layers += [nn.Conv2d(channels, filters, kernel, stride, padding, bias=bias), nn.ReLU(inplace=True)]
        channels = filters
    return Averaged(*layers[:-1])


@family({"local-layer": {}})
def local_layer(
    *, num_classes: int, in_channels: int = 3, input_size: int = 32, kernel: int = 3, bias: bool = True
) -> Averaged:
    """One locally connected layer."""
    return Averaged(Local(in_channels, num_classes, kernel, input_size, bias))


@family({"dense-layer": {}})
def dense_layer(
    *, num_classes: int, in_channels: int = 3, input_size: int = 32, bias: bool = True
) -> nn.Sequential:
    """One fully connected layer on all pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * input_size**2, num_classes, bias=bias))
