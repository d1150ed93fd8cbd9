"""A small convolutional network, its twin whose filters differ by place, and a fully connected one.

All three have layers of the same shapes: what a layer puts out is equally wide; what its units see, and
whether places share weights, is what differs (LeCun 1989, "Generalization and Network Design Strategies").
"""

from torch import Tensor, nn

from bench.common.errors import UserError
from bench.models import family, lenet
from bench.models.parts import ACTIVATIONS, part
from bench.models.toy import Local

POOLS = {**lenet.POOLS, "none": nn.Identity}


class Full(nn.Module):
    """A dense layer between maps: each value that is put out sees all that come in."""

    def __init__(self, channels: int, filters: int, kernel: int, input_size: int) -> None:
        super().__init__()
        self.filters, self.side = filters, input_size - kernel + 1
        self.dense = nn.Linear(channels * input_size**2, filters * self.side**2)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, filters, side, side) of maps (n, channels, height, width)."""
        made: Tensor = self.dense(x.flatten(1))
        return made.view(len(x), self.filters, self.side, self.side)


def layer(kind: str, channels: int, filters: int, kernel: int, input_size: int) -> nn.Module:
    """A layer without padding; its weights drawn as He et al. (2015) do, so that signals keep their size."""
    if kind == "shared":
        made: nn.Module = nn.Conv2d(channels, filters, kernel)
    elif kind == "local":
        made = Local(channels, filters, kernel, input_size, bias=True)
    else:
        made = Full(channels, filters, kernel, input_size)
    inputs = channels * (input_size if kind == "full" else kernel) ** 2
    for name, weights in made.named_parameters():
        if not weights.is_meta:  # shapes alone take no numbers
            std = 0.0 if name.endswith("bias") else (2 / inputs) ** 0.5
            nn.init.normal_(weights, std=std)
    return made


@family({f"{kind}-net": {"kind": kind} for kind in ("shared", "local", "full")})
def sharing(
    *,
    kind: str,
    num_classes: int,
    in_channels: int = 1,
    input_size: int = 28,
    width: int = 8,
    kernel: int = 5,
    pool: str = "max",
    activation: str = "relu",
) -> nn.Sequential:
    """Two layers of `width` and twice as many maps, each pooled 2×2 (but for "none"), and a dense classifier.

    Raises UserError for a pooling or activation that is not known, and for images too small for both layers.
    """
    pooled, act = part(POOLS, pool, "pooling"), part(ACTIVATIONS, activation, "activation")
    shrunk = 1 if pool == "none" else 2
    side, channels, layers = input_size, in_channels, list[nn.Module]()
    for filters in (width, 2 * width):
        if side < kernel + shrunk - 1:
            raise UserError(f"{kind}-net: images of {input_size}×{input_size} are too small for two layers")
        layers += [layer(kind, channels, filters, kernel, side), act(), pooled(2)]
        side, channels = (side - kernel + 1) // shrunk, filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side**2, num_classes))
