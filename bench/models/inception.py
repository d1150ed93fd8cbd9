"""GoogLeNet of Szegedy et al. (2015), arXiv 1409.4842, and what its modules may be made of.

A module puts convolutions of several sizes side by side. Naive ones (Figure 2a) have nothing in front of
them, reduced ones (2b) 1×1 convolutions; for the 5×5 there are the factorisations of Szegedy et al. (2016),
arXiv 1512.00567: two 3×3 (Figure 5), n×1 and 1×n (Figure 6), and 1×3 beside 3×1 (Figure 7).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from bench.models import family
from bench.models.initial import he_normal
from bench.models.layers import Layer
from bench.models.norm import ResponseNorm
from bench.models.parts import normalised, part
from bench.models.pool import average

SMALL = 64  # images below this size (pixels a side) get the stem for small images

# Table 1: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection; stages end in pooling
STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)

Sides = tuple[int, int]
LARGE: Mapping[str, tuple[tuple[Sides, ...], ...]] = {  # what has the 5×5's place, convolution by convolution
    "5x5": (((5, 5),),),
    "3x3": (((3, 3),),),
    "two-3x3": (((3, 3),), ((3, 3),)),
    "5x1-1x5": (((5, 1),), ((1, 5),)),
    "wide": (((3, 3),), ((1, 3), (3, 1))),  # the last two side by side
}


@dataclass(frozen=True)
class Parts:
    """What all modules of a network are made of."""

    reduced: bool
    large: str
    batch_norm: bool

    def conv(self, channels_in: int, channels: int, sides: Sides, stride: int = 1) -> list[nn.Module]:
        """A convolution that keeps the size but for its stride, (batch norm,) ReLU."""
        around = (sides[0] // 2, sides[1] // 2)
        conv = nn.Conv2d(channels_in, channels, sides, stride, around, bias=not self.batch_norm)
        return [conv, normalised("batch", channels, "relu") if self.batch_norm else nn.ReLU(inplace=True)]

    def towards(
        self, channels_in: int, reduced: int, channels: int, steps: Sequence[Sequence[Sides]]
    ) -> nn.Sequential:
        """A branch: the 1×1 in front if there is one, then convolutions one after the other.

        Between two of them the width is the geometric mean of those before and after (Szegedy et al. 2016,
        §3.1: each grows by the root of what both grow by).
        """
        made = self.conv(channels_in, reduced, (1, 1)) if self.reduced else []
        inputs = reduced if self.reduced else channels_in
        for left, sides in enumerate(steps, 1 - len(steps)):
            width = round(math.sqrt(inputs * channels)) if left else channels
            if len(sides) == 1:
                made += self.conv(inputs, width, sides[0])
            else:
                shares = [width - width // 2, width // 2]
                branches = (
                    nn.Sequential(*self.conv(inputs, n, one)) for n, one in zip(shares, sides, strict=True)
                )
                made.append(Beside(*branches))
            inputs = width
        return nn.Sequential(*made)


class Beside(nn.Module):
    """Branches of the same input, their maps side by side."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)

    def numbered_layers(self, name: str) -> Iterator[Layer]:
        """Of a module whose branches have that name: the convolutions in front, then all others."""
        one, three, five, pooled = (f"{name}.{i}" for i in range(4))
        if isinstance(self.branches[3], nn.Sequential) and len(self.branches[3]) == 1:  # naive
            yield Layer((three, five, one))
            return
        front = [f"{branch}.{i}" for branch in (three, five) for i in (0, 1)]
        others = [f"{three}.{i}" for i in (2, 3)]
        others += [f"{five}.{number}" for number, _ in list(self.branches[2].named_children())[2:]]
        yield Layer(tuple(front), into=others[0])
        yield Layer((*others, one, pooled))


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


def module(channels: int, row: Sequence[int], parts: Parts) -> tuple[Beside, int]:
    """An Inception module, and how many maps it puts out. A naive one hands on all that it pools."""
    one, reduce_3, three, reduce_5, five, pooled = row
    projection = parts.conv(channels, pooled, (1, 1)) if parts.reduced else []
    made = Beside(
        nn.Sequential(*parts.conv(channels, one, (1, 1))),
        parts.towards(channels, reduce_3, three, LARGE["3x3"]),
        parts.towards(channels, reduce_5, five, part(LARGE, parts.large, "convolution for 5×5")),
        nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), *projection),
    )
    return made, one + three + five + (pooled if parts.reduced else channels)


class Auxiliary(nn.Sequential):
    """An auxiliary classifier: average pooling, 1×1 convolution, two dense layers (§5)."""

    def __init__(self, channels: int, side: int, parts: Parts, scale: float, num_classes: int) -> None:
        window = min(5, side)
        places = ((side - window) // 3 + 1) ** 2
        maps, hidden = round(128 * scale), round(1024 * scale)
        super().__init__(
            nn.AvgPool2d(window, stride=3),
            *parts.conv(channels, maps, (1, 1)),
            nn.Flatten(),
            *(nn.Linear(maps * places, hidden), nn.ReLU(inplace=True), nn.Dropout(0.7)),
            nn.Linear(hidden, num_classes),
        )


class GoogLeNet(nn.Module):
    """A stem; stages of modules, pooled between; global average pooling; dropout; linear.

    With auxiliary classifiers it gives, in training, the logits of all heads (n, heads, classes), its own
    first; else its own (n, classes).
    """

    def __init__(
        self,
        stages: Sequence[Sequence[Sequence[int]]],
        parts: Parts,
        scale: float,
        input_size: int,
        *,
        auxiliary: bool,
        dropout: float,
        num_classes: int,
        in_channels: int,
    ) -> None:
        super().__init__()
        wide, wider = round(64 * scale), round(192 * scale)
        norm = [] if parts.batch_norm else [ResponseNorm]
        if input_size < SMALL:
            stem, channels, side = parts.conv(in_channels, wide, (3, 3)), wide, input_size
        else:
            stem = [*parts.conv(in_channels, wide, (7, 7), stride=2), _pool(), *(one(wide) for one in norm)]
            stem += [*parts.conv(wide, wide, (1, 1)), *parts.conv(wide, wider, (3, 3))]
            stem += [*(one(wider) for one in norm), _pool()]
            channels, side = wider, (input_size + 1) // 2 // 2 // 2
        self.stem = nn.Sequential(*stem)
        body: list[nn.Module] = []
        self.heads = nn.ModuleDict()  # by the number of the part of the body that they follow
        for number, rows in enumerate(stages):
            if number:
                body.append(_pool())
                side //= 2
            for i, row in enumerate(rows):
                made, channels = module(channels, [round(width * scale) for width in row], parts)
                body.append(made)
                if auxiliary and number == 1 and i in (0, 3):  # after 4a and 4d
                    self.heads[str(len(body) - 1)] = Auxiliary(channels, side, parts, scale, num_classes)
        self.body = nn.Sequential(*body)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, num_classes)
        he_normal(self, nn.Conv2d)

    def numbered_layers(self) -> Iterator[Layer]:
        """Convolutions of the stem; of each module those in front, then the others; the classifier."""
        convolutions = [i for i, one in enumerate(self.stem) if isinstance(one, nn.Conv2d)]
        for begin, end in pairwise([*convolutions, len(self.stem)]):
            yield Layer(tuple(f"stem.{i}" for i in range(begin, end)))
        for number, one in self.body.named_children():
            if isinstance(one, Beside):
                yield from one.numbered_layers(f"body.{number}.branches")
        yield Layer(("head",))

    def forward(self, x: Tensor) -> Tensor:
        x, found = self.stem(x), list[Tensor]()
        for number, one in self.body.named_children():
            x = one(x)
            if self.training and number in self.heads:
                found.append(self.heads[number](x))
        logits: Tensor = self.head(self.dropout(average(x)))
        return torch.stack([logits, *found], 1) if found else logits


@family(
    {
        "googlenet": {"modules": (2, 5, 2)},
        "inception-10": {"modules": (1, 2, 1)},  # a small one, of the first modules of each stage
    }
)
def googlenet(
    *,
    modules: tuple[int, ...],
    num_classes: int,
    in_channels: int = 3,
    input_size: int = 224,
    scale: float = 1.0,
    reduced: bool = True,
    large: str = "5x5",
    batch_norm: bool = False,
    auxiliary: bool = False,
    dropout: float = 0.4,
) -> GoogLeNet:
    """So many modules a stage; `scale` multiplies all widths. Batch norm has LRN's place, and biases'.

    For images below 64×64 the stem is one 3×3 convolution without pooling. Raises UserError for a `large`
    that is not in `LARGE`. `auxiliary` classifiers are trained by the task "auxiliary".
    """
    stages = [rows[:n] for rows, n in zip(STAGES, modules, strict=True)]
    return GoogLeNet(
        stages,
        Parts(reduced, large, batch_norm),
        scale,
        input_size,
        auxiliary=auxiliary,
        dropout=dropout,
        num_classes=num_classes,
        in_channels=in_channels,
    )
