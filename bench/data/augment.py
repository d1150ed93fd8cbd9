"""Batched augmentation: each method is one decorated function on a batch of images.

A method takes images (n, channels, height, width), uint8, in channels-last memory, and a `Draw`; it
returns images of the same shape. It draws afresh for each image, from the draw's generator alone, so a
batch is determined by (seed, epoch, batch). Its options are its keyword arguments.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.base import Named
from bench.errors import UserError, suggest


@dataclass(frozen=True)
class Draw:
    """What a method may know: the generator (on the images' device) and the training set's mean.

    `mean` is the per-channel mean of the training images, shape (channels,), from 0 to 255.
    """

    generator: torch.Generator
    mean: Tensor

    def integers(self, below: int, n: int) -> Tensor:
        """n whole numbers from 0 up to (not including) a bound."""
        return torch.randint(below, (n,), generator=self.generator, device=self.mean.device)

    def uniform(self, n: int) -> Tensor:
        """n numbers between 0 and 1."""
        return torch.rand(n, generator=self.generator, device=self.mean.device)


Method = Callable[..., Tensor]
Augment = Callable[[Tensor, Draw], Tensor]
METHODS: dict[str, Method] = {}  # filled by the decorator


def augmentation(method: Method) -> Method:
    """Make a function an augmentation that experiments can name."""
    METHODS[method.__name__.replace("_", "-")] = method
    return method


def compose(steps: Sequence[Named]) -> Augment:
    """One function that applies the named methods in order.

    Raises UserError for a name or option that is not known.
    """
    chosen = [(_method(step), dict(step.options)) for step in steps]

    def augment(images: Tensor, draw: Draw) -> Tensor:
        for method, options in chosen:
            images = method(images, draw, **options)
        return images

    return augment


def _method(step: Named) -> Method:
    if step.name not in METHODS:
        raise UserError(f"there is no augmentation {step.name!r}: {suggest(step.name, METHODS)}")
    options = list(inspect.signature(METHODS[step.name]).parameters)[2:]
    for name in step.options:
        if name not in options:
            raise UserError(f"augmentation {step.name}: no option {name!r}: {suggest(name, options)}")
    return METHODS[step.name]


@augmentation
def flip(images: Tensor, draw: Draw, *, p: float = 0.5) -> Tensor:
    """Mirror each image left to right with probability p."""
    mirrored = draw.uniform(len(images)) < p
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)


@augmentation
def crop(images: Tensor, draw: Draw, *, padding: int = 4) -> Tensor:
    """Pad by the training mean, then cut a window of the old size at a random place.

    He et al. (2015) §4.2. The mean is what becomes zero after normalisation.
    """
    n, channels, height, width = images.shape
    shape = (n, height + 2 * padding, width + 2 * padding, channels)
    padded = draw.mean.round().to(images.dtype).expand(shape).contiguous()
    padded[:, padding : padding + height, padding : padding + width] = images.permute(0, 2, 3, 1)
    # all (2p+1)² windows as a view: no memory; the gather copies just the chosen ones
    per_image, per_row, per_pixel, _ = padded.stride()
    windows = padded.as_strided(
        (n, 2 * padding + 1, 2 * padding + 1, height, width, channels),
        (per_image, per_row, per_pixel, per_row, per_pixel, 1),
    )
    down, right = draw.integers(2 * padding + 1, n), draw.integers(2 * padding + 1, n)
    chosen = windows[torch.arange(n, device=images.device), down, right]
    return chosen.permute(0, 3, 1, 2)
