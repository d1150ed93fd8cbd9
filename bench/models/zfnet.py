"""The network of Zeiler and Fergus (2014), arXiv 1311.2901, Figure 3: AlexNet with finer first layers.

Its first filters are 7×7 at stride 2 where AlexNet's are 11×11 at stride 4, and nothing is split in groups.
Padding is what the sizes in the figure ask for.
"""

from torch import nn

from bench.common.errors import UserError
from bench.models import family
from bench.models.initial import he_normal
from bench.models.norm import ResponseNorm

SMALL = 64  # images below this size (pixels a side) get small first layers and a small classifier
FILTERS = (96, 256, 384, 384, 256)


@family({"zfnet": {}})
def zfnet(
    *,
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    scale: float = 1.0,
    lrn: bool = True,
    dropout: float = 0.5,
) -> nn.Sequential:
    """Five convolutions and three dense layers; `scale` multiplies all widths.

    For images below 64×64 the first two convolutions are 3×3 and 5×5 at stride 1, and the hidden dense layers
    are a quarter as wide. Raises UserError where images are too small to pool three times.
    """
    small = input_size < SMALL
    one, two, three, four, five = (round(number * scale) for number in FILTERS)

    def relu() -> nn.Module:
        return nn.ReLU(inplace=True)

    def normalise(channels: int) -> list[nn.Module]:
        return [ResponseNorm(channels)] if lrn else []

    first = nn.Conv2d(in_channels, one, 3, padding=1) if small else nn.Conv2d(in_channels, one, 7, 2, 1)
    second = nn.Conv2d(one, two, 5, padding=2) if small else nn.Conv2d(one, two, 5, stride=2)
    features = [first, relu(), nn.MaxPool2d(3, stride=2, padding=1), *normalise(one)]
    features += [second, relu(), nn.MaxPool2d(3, stride=2, padding=1), *normalise(two)]
    for channels, filters in ((two, three), (three, four), (four, five)):
        features += [nn.Conv2d(channels, filters, 3, padding=1), relu()]
    features.append(nn.MaxPool2d(3, stride=2))
    side = _side(input_size, small)
    hidden = round((1024 if small else 4096) * scale)
    classifier = [
        *(nn.Linear(five * side**2, hidden), relu(), nn.Dropout(dropout)),
        *(nn.Linear(hidden, hidden), relu(), nn.Dropout(dropout)),
        nn.Linear(hidden, num_classes),
    ]
    network = nn.Sequential(nn.Sequential(*features), nn.Flatten(), nn.Sequential(*classifier))
    he_normal(network, nn.Conv2d, nn.Linear)
    return network


def _side(input_size: int, small: bool) -> int:
    """Pixels a side after the last pooling. Raises UserError where nothing is left."""

    def pooled(side: int) -> int:
        return (side - 1) // 2 + 1

    side = pooled(input_size if small else (input_size - 5) // 2 + 1)
    side = pooled(side if small else (side - 5) // 2 + 1)
    if side < 3:
        raise UserError(f"ZFNet: images of {input_size}×{input_size} are too small to pool three times")
    return (side - 3) // 2 + 1
