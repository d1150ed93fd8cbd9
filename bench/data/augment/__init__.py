"""Batched augmentation: each method is one decorated function on a batch of images.

A method takes images (n, channels, height, width), uint8, in channels-last memory, and a `Draw`; it
returns images of the same shape, or a pair of them and a `Mix` where labels are mixed too. It draws
afresh for each image, from the draw's generator alone, so a batch is determined by (seed, epoch,
batch). Its options are its keyword arguments.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, overload

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.common.errors import UserError, suggest

if TYPE_CHECKING:
    from bench.spec.base import Named


@dataclass(frozen=True)
class Draw:
    """What a method may know: the generator (on the images' device) and the training set's colours.

    `mean` is the per-channel mean of the training images, shape (channels,), from 0 to 255;
    `principal` gives their principal colour directions, (channels, directions), each as long as the
    standard deviation along it.
    """

    generator: torch.Generator
    mean: Tensor
    principal: Callable[[], Tensor]

    def integers(self, below: int, n: int) -> Tensor:
        """n whole numbers from 0 up to (not including) a bound."""
        return torch.randint(below, (n,), generator=self.generator, device=self.mean.device)

    def uniform(self, n: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """n numbers between two bounds."""
        drawn = torch.rand(n, generator=self.generator, device=self.mean.device)
        return drawn if (low, high) == (0.0, 1.0) else low + (high - low) * drawn

    def noise(self, *shape: int) -> Tensor:
        """Numbers between -1 and 1 in that shape."""
        return 2 * torch.rand(shape, generator=self.generator, device=self.mean.device) - 1

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers in that shape."""
        return torch.randn(shape, generator=self.generator, device=self.mean.device)

    def beta(self, alpha: float, n: int) -> Tensor:
        """n numbers of the symmetric Beta(alpha, alpha) distribution."""
        shape = torch.full((2, n), alpha, device=self.mean.device)
        gammas = torch._standard_gamma(shape, generator=self.generator)
        return gammas[0] / gammas.sum(0).clamp(min=1e-12)


@dataclass(frozen=True)
class Mix:
    """Labels to mix: image i keeps `share[i]` of its own and has the rest of image `partner[i]`'s."""

    partner: Tensor  # (n,) int64
    share: Tensor  # (n,) from 0 to 1


Method = Callable[..., Tensor | tuple[Tensor, Mix]]
Augment = Callable[[Tensor, Draw], tuple[Tensor, list[Mix]]]
_METHODS: dict[str, Method] = {}  # filled by the decorator


@overload
def augmentation(method: Method) -> Method: ...
@overload
def augmentation(*, boxes: str) -> Callable[[Method], Method]: ...
def augmentation(method: Method | None = None, *, boxes: str = "") -> Method | Callable[[Method], Method]:
    """Make a function an augmentation that experiments can name.

    `boxes` says what it does to the boxes of objects: "moved" with the pixels, or "kept" where they are;
    empty where that cannot be said (see `bench.data.augment.boxes`).
    """
    if method is None:
        return partial(augmentation, boxes=boxes)
    method.boxes = boxes  # type: ignore[attr-defined]
    _METHODS[method.__name__.replace("_", "-")] = method
    return method


def methods() -> dict[str, Method]:
    """All augmentations by name: those of the modules in this folder, and those that a user decorated."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_METHODS)


def compose(steps: Sequence[Named]) -> Augment:
    """One function that applies the named methods in order, and tells which labels to mix.

    Raises UserError for a name or option that is not known.
    """
    chosen = [(method(step), dict(step.options)) for step in steps]

    def augment(images: Tensor, draw: Draw) -> tuple[Tensor, list[Mix]]:
        mixes = []
        for one, options in chosen:
            made = one(images, draw, **options)
            images = made if isinstance(made, Tensor) else made[0]
            mixes += [] if isinstance(made, Tensor) else [made[1]]
        return images, mixes

    return augment


def method(step: Named) -> Method:
    """The method of a step. Raises UserError for a name or option that is not known."""
    known = methods()
    if step.name not in known:
        raise UserError(f"there is no augmentation {step.name!r}: {suggest(step.name, known)}")
    options = list(inspect.signature(known[step.name]).parameters)[2:]
    for name in step.options:
        if name not in options:
            raise UserError(f"augmentation {step.name}: no option {name!r}: {suggest(name, options)}")
    return known[step.name]


def targets(labels: Tensor, mixes: Sequence[Mix], classes: int) -> Tensor:
    """What the loss compares with: the labels (n,), or where they are mixed, shares (n, classes)."""
    if not mixes:
        return labels
    shares = F.one_hot(labels, classes).float()
    for mix in mixes:
        own = mix.share[:, None]
        shares = own * shares + (1 - own) * shares[mix.partner]
    return shares


def as_bytes(values: Tensor) -> Tensor:
    """Pixels cut off at 0 and 255 and rounded down, in channels-last memory. Overwrites the values."""
    return values.clamp_(0, 255).to(torch.uint8, memory_format=torch.channels_last)


def per_image(numbers: Tensor) -> Tensor:
    """Numbers (n,) as (n, 1, 1, 1), to go with images."""
    return numbers.view(-1, 1, 1, 1)


def where(chosen: Tensor, others: Tensor, images: Tensor) -> Tensor:
    """`others` for the images that are chosen (n,), the images themselves else; all uint8.

    Bytes wrap around, so images + (others - images) × 1 is exact; `torch.where` takes ten times as long.
    """
    return (others - images).mul_(per_image(chosen).to(torch.uint8)).add_(images)
