"""The VGG networks of Simonyan and Zisserman (2015), arXiv 1409.1556, Table 1, and the 5×5 twin of §4.1."""

from collections.abc import Sequence

from torch import nn

from bench.common.errors import UserError
from bench.models import family
from bench.models.batch_norm import BatchNorm
from bench.models.initial import he_normal
from bench.models.norm import ResponseNorm

SMALL = 64  # images below this size (pixels a side) get the small classifier
HALVINGS = 5

# side lengths of the filters of each stage's convolutions; stages end in 2×2 max pooling
A = ((3,), (3,), (3, 3), (3, 3), (3, 3))
B = ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3))
C = ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1))
D = ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3))
E = ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3))
B_TWIN = ((5,), (5,), (5,), (5,), (5,))  # B with each pair of 3×3 convolutions made one 5×5


@family(
    {
        "vgg-a": {"stages": A, "lrn": False},
        "vgg-a-lrn": {"stages": A, "lrn": True},
        "vgg-b": {"stages": B, "lrn": False},
        "vgg-b-5x5": {"stages": B_TWIN, "lrn": False},
        "vgg-c": {"stages": C, "lrn": False},
        "vgg-d": {"stages": D, "lrn": False},
        "vgg-e": {"stages": E, "lrn": False},
        "vgg-11": {"stages": A, "lrn": False},
        "vgg-13": {"stages": B, "lrn": False},
        "vgg-16": {"stages": D, "lrn": False},
        "vgg-19": {"stages": E, "lrn": False},
    }
)
def vgg(
    *,
    stages: Sequence[Sequence[int]],
    lrn: bool,
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    scale: float = 1.0,
    batch_norm: bool = False,
    dropout: float = 0.5,
) -> nn.Sequential:
    """Five stages of convolutions, 64 filters in the first and up to 512; three dense layers.

    Hidden dense layers have 4096 units, for images below 64×64 a quarter of that; `scale` multiplies
    all widths. Raises UserError where the image cannot be halved five times.
    """
    if input_size % 2**HALVINGS:
        raise UserError(f"VGG halves its images five times: {input_size} is no multiple of 32")
    features: list[nn.Module] = []
    channels = in_channels
    for stage, kernels in enumerate(stages):
        filters = round(64 * min(2**stage, 8) * scale)
        for kernel in kernels:
            features.append(nn.Conv2d(channels, filters, kernel, padding=kernel // 2))
            features.append(BatchNorm(filters, relu=True) if batch_norm else nn.ReLU(inplace=True))
            channels = filters
        if lrn and stage == 0:
            features.append(ResponseNorm(channels))
        features.append(nn.MaxPool2d(2))
    side, hidden = input_size // 2**HALVINGS, round((1024 if input_size < SMALL else 4096) * scale)
    classifier = [
        *(nn.Linear(channels * side**2, hidden), nn.ReLU(inplace=True), nn.Dropout(dropout)),
        *(nn.Linear(hidden, hidden), nn.ReLU(inplace=True), nn.Dropout(dropout)),
        nn.Linear(hidden, num_classes),
    ]
    network = nn.Sequential(nn.Sequential(*features), nn.Flatten(), nn.Sequential(*classifier))
    he_normal(network, nn.Conv2d, nn.Linear)
    return network
