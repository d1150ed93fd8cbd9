"""The residual networks for CIFAR of He et al. (2015), arXiv 1512.03385, §4.2, and their plain twins."""

import torch.nn.functional as F
from torch import Tensor, nn

from bench.models import family

DEPTHS = (
    8,
    20,
    32,
    44,
    56,
    110,
)  # 6n + 2 layers; 8 is a small one for tests, the others are Table 6
STAGES = 3


class Unit(nn.Module):
    """3×3 conv, BN, ReLU, 3×3 conv, BN, (+ input), ReLU.

    The shortcut is option A: the identity, subsampled and padded with zero channels where the shape
    changes, so it has no weights and plain and residual networks have equally many.
    """

    def __init__(self, channels_in: int, channels: int, stride: int, residual: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.residual = stride, residual
        self.new_channels = channels - channels_in

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        if self.residual:
            y = y + self.shortcut(x)
        return F.relu(y, inplace=True)

    def shortcut(self, x: Tensor) -> Tensor:
        """The input in the output's shape, without weights."""
        if self.stride == 1 and not self.new_channels:
            return x
        x = x[:, :, :: self.stride, :: self.stride]
        before = self.new_channels // 2
        return F.pad(x, (0, 0, 0, 0, before, self.new_channels - before))


class CifarResNet(nn.Module):
    """3×3 conv, BN, ReLU; three stages of units, widths w, 2w, 4w; global average pooling; linear."""

    def __init__(self, units: int, residual: bool, width: int, num_classes: int, in_channels: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(width)
        layers, channels_in = [], width
        for stage in range(STAGES):
            channels = width * 2**stage
            for i in range(units):
                stride = 2 if stage > 0 and i == 0 else 1
                layers.append(Unit(channels_in, channels, stride, residual))
                channels_in = channels
        self.units = nn.Sequential(*layers)
        self.head = nn.Linear(channels_in, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # He et al. (2015), arXiv 1502.01852
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn(self.stem(x)), inplace=True)
        x = self.units(x)
        logits: Tensor = self.head(x.mean((2, 3)))
        return logits


@family(
    {
        f"{kind}-{depth}": {"units": (depth - 2) // 6, "residual": kind == "resnet"}
        for kind in ("plain", "resnet")
        for depth in DEPTHS
    }
)
def cifar_resnet(
    *, units: int, residual: bool, num_classes: int, in_channels: int = 3, width: int = 16
) -> CifarResNet:
    """A CIFAR network of 6 × units + 2 layers, plain or residual; `width` of the first stage."""
    return CifarResNet(units, residual, width, num_classes, in_channels)
