"""AlexNet of Krizhevsky, Sutskever and Hinton (2012), whole and with layers removed.

The layers are numbered as in the paper: convolutions 1 to 5, dense layers 6 to 8. Which were removed
is after Zeiler and Fergus (2013), arXiv 1311.2901, Table 3. Images are 227×227: the paper prints 224,
to which its first layer (11×11, stride 4, no padding) does not fit.
"""

from collections.abc import Iterator
from itertools import combinations

from torch import nn

from bench.common.errors import UserError
from bench.models import family
from bench.models.initial import he_normal
from bench.models.norm import ResponseNorm

SMALL = 64  # images below this size (pixels a side) get the small first layer and classifier
REMOVABLE = (3, 4, 6, 7)

TWO_TOWERS = {"filters": (96, 256, 384, 384, 256), "padding": 0}
# Krizhevsky (2014), arXiv 1404.5997, as torchvision has it: no groups, no response normalisation
ONE_TOWER = {"filters": (64, 192, 384, 256, 256), "padding": 2, "removed": (), "groups": 1, "lrn": False}


def removals() -> Iterator[tuple[int, ...]]:
    """All combinations of removable layers, the empty one first."""
    for n in range(len(REMOVABLE) + 1):
        yield from combinations(REMOVABLE, n)


def _name(removed: tuple[int, ...]) -> str:
    return "-without-".join(["alexnet", "-".join(map(str, removed))]) if removed else "alexnet"


@family(
    {_name(removed): {**TWO_TOWERS, "removed": removed} for removed in removals()}
    | {"alexnet-one-tower": ONE_TOWER}
)
def alexnet(
    *,
    filters: tuple[int, ...],
    padding: int,
    removed: tuple[int, ...],
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 227,
    scale: float = 1.0,
    groups: int = 2,
    lrn: bool = True,
    overlapping: bool = True,
    dropout: float = 0.5,
) -> nn.Sequential:
    """Five convolutions and three dense layers, less those removed; `scale` multiplies all widths.

    `groups` of 2 split convolutions 2, 4 and 5 as two GPUs did. Overlapping pooling is 3×3 at stride
    2, else 2×2. For images below 64×64 the first layer is 5×5 at stride 1, and the hidden dense layers
    are a quarter as wide. Raises UserError where images are too small, or channels do not divide.
    """
    small = input_size < SMALL
    one, two, three, four, five = (round(number * scale) for number in filters)
    if any(number % groups for number in (one, two, three, four, five)):
        raise UserError(f"AlexNet at scale {scale}: its layers cannot be split into {groups} groups")

    def pool() -> nn.Module:
        return nn.MaxPool2d(3 if overlapping else 2, stride=2)

    def normalise(channels: int) -> list[nn.Module]:
        return [ResponseNorm(channels)] if lrn else []

    def relu() -> nn.Module:
        return nn.ReLU(inplace=True)

    first = (
        nn.Conv2d(in_channels, one, 5, padding=2)
        if small
        else nn.Conv2d(in_channels, one, 11, stride=4, padding=padding)
    )
    features = [first, relu(), *normalise(one), pool()]
    features += [nn.Conv2d(one, two, 5, padding=2, groups=groups), relu(), *normalise(two), pool()]
    channels = two
    for layer, number, towers in ((3, three, 1), (4, four, groups), (5, five, groups)):
        if layer not in removed:
            features += [nn.Conv2d(channels, number, 3, padding=1, groups=towers), relu()]
            channels = number
    features.append(pool())

    side = _side(input_size, small, padding, 3 if overlapping else 2)
    inputs, hidden = channels * side**2, round((1024 if small else 4096) * scale)
    classifier: list[nn.Module] = []
    for layer in (6, 7):
        if layer not in removed:
            classifier += [nn.Dropout(dropout), nn.Linear(inputs, hidden), relu()]
            inputs = hidden
    classifier.append(nn.Linear(inputs, num_classes))
    network = nn.Sequential(nn.Sequential(*features), nn.Flatten(), nn.Sequential(*classifier))
    he_normal(network, nn.Conv2d, nn.Linear)
    return network


def _side(input_size: int, small: bool, padding: int, window: int) -> int:
    """Pixels a side after the last pooling. Raises UserError where nothing is left."""
    side = input_size if small else (input_size + 2 * padding - 11) // 4 + 1
    for _ in range(3):
        side = (side - window) // 2 + 1
    if side < 1:
        raise UserError(f"AlexNet: images of {input_size}×{input_size} are too small to pool three times")
    return side
