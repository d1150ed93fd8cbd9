"""LeNet-5 of LeCun, Bottou, Bengio and Haffner (1998), "Gradient-Based Learning Applied to Document
Recognition", as it is retold today: every map of C3 sees all maps of S2, pooling has no weights, and
the output is linear. (The original has a connection table there, 60,000 weights in all.)
"""

from torch import nn

from bench.common.errors import UserError
from bench.models import family
from bench.models.parts import ACTIVATIONS, part

POOLS = {"average": nn.AvgPool2d, "max": nn.MaxPool2d}


@family({"lenet-5": {}})
def lenet(
    *,
    num_classes: int,
    in_channels: int = 1,
    input_size: int = 32,
    scale: float = 1.0,
    activation: str = "tanh",
    pool: str = "average",
) -> nn.Sequential:
    """Two 5×5 convolutions (6 and 16 maps), each pooled 2×2, and dense layers of 120 and 84 units.

    `scale` multiplies all widths. Images of 28×28 are padded to 32×32. Raises UserError for an
    activation or pooling that is not known, and for images too small to pool twice.
    """
    act, pooled = part(ACTIVATIONS, activation, "activation"), part(POOLS, pool, "pooling")
    padding = 2 if input_size == 28 else 0
    side = ((input_size + 2 * padding - 4) // 2 - 4) // 2
    if side < 1:
        raise UserError(f"LeNet-5: images of {input_size}×{input_size} are too small, 16×16 is the least")
    first, second, fifth, sixth = (round(number * scale) for number in (6, 16, 120, 84))
    return nn.Sequential(
        *(nn.Conv2d(in_channels, first, 5, padding=padding), act(), pooled(2)),
        *(nn.Conv2d(first, second, 5), act(), pooled(2)),
        nn.Flatten(),
        *(nn.Linear(second * side**2, fifth), act()),
        *(nn.Linear(fifth, sixth), act()),
        nn.Linear(sixth, num_classes),
    )
