"""Policies that draw their operations at random: RandAugment and TrivialAugment.

The operations, and how strong each is at a magnitude, are those of torchvision's v2 transforms of the
same names; what comes in from outside is the training mean.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from bench.data.augment import Draw, as_bytes, augmentation, per_image
from bench.data.augment.colour import blend, brightened, contrasted, saturated
from bench.data.augment.geometry import affine_matrix, moved

Operation = Callable[[Tensor, Tensor, Tensor], Tensor]  # images, strength (n,), fill (channels,)


def _identity(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return images


def _shear_x(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return _sheared(images, strength, fill, 0)


def _shear_y(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return _sheared(images, strength, fill, 1)


def _sheared(images: Tensor, strength: Tensor, fill: Tensor, axis: int) -> Tensor:
    """Sheared from the upper left corner by a slope: row (or column) i moves by strength × i."""
    matrix = _unmoved(strength)
    matrix[:, axis, 1 - axis] = strength
    matrix[:, axis, 2] = strength * images.shape[2 + axis] / 2
    return moved(images, matrix, fill)


def _translate_x(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    matrix = _unmoved(strength)
    matrix[:, 0, 2] = -strength.trunc()
    return moved(images, matrix, fill)


def _translate_y(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    matrix = _unmoved(strength)
    matrix[:, 1, 2] = -strength.trunc()
    return moved(images, matrix, fill)


def _unmoved(like: Tensor) -> Tensor:
    return torch.eye(2, 3, device=like.device).repeat(len(like), 1, 1)


def _rotate(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    none = torch.zeros_like(strength)
    return moved(images, affine_matrix(-strength, none, none, none + 1, none, none), fill)


def _brightness(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return brightened(images, 1 + strength)


def _colour(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return saturated(images, 1 + strength)


def _contrast(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return contrasted(images, 1 + strength)


def _sharpness(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return sharpened(images, 1 + strength)


def sharpened(images: Tensor, factor: Tensor) -> Tensor:
    """Images stretched from their smoothed selves by factors (n,); the outermost pixels stay."""
    x = images.float()
    height, width = images.shape[2:]
    if min(height, width) < 3:
        return images
    rows = x[:, :, : height - 2] + x[:, :, 1 : height - 1] + x[:, :, 2:]
    around = rows[:, :, :, : width - 2] + rows[:, :, :, 1 : width - 1] + rows[:, :, :, 2:]
    smooth = x.clone()
    smooth[:, :, 1:-1, 1:-1] = ((around + 4 * x[:, :, 1:-1, 1:-1]) / 13).round()
    return blend(images, smooth, factor)


def _posterize(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return posterized(images, strength)


def posterized(images: Tensor, bits: Tensor) -> Tensor:
    """The upper so many bits (n,) of each pixel."""
    step = 2 ** (8 - per_image(bits.round()))
    return as_bytes(torch.floor(images / step) * step)


def _solarize(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return solarized(images, strength)


def solarized(images: Tensor, threshold: Tensor) -> Tensor:
    """Pixels from a threshold (n,) on are inverted."""
    return torch.where(images >= per_image(threshold), 255 - images, images)


def _auto_contrast(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return auto_contrasted(images)


def auto_contrasted(images: Tensor) -> Tensor:
    """Each channel of each image stretched to the range from 0 to 255; flat ones stay."""
    low, high = images.amin((2, 3), keepdim=True).float(), images.amax((2, 3), keepdim=True).float()
    flat = low == high
    scale = torch.where(flat, 1.0, 255 / (high - low).clamp(min=1))
    return as_bytes((images - torch.where(flat, 0.0, low)) * scale)


def _equalize(images: Tensor, strength: Tensor, fill: Tensor) -> Tensor:
    return equalized(images)


def equalized(images: Tensor) -> Tensor:
    """The histogram of each channel of each image made as flat as it goes."""
    values = images.flatten(2).long()
    counts = torch.zeros(*values.shape[:2], 256, dtype=torch.int64, device=images.device)
    counts.scatter_add_(2, values, torch.ones_like(values))
    below = counts.cumsum(2)
    last = counts.gather(2, values.amax(2, keepdim=True))
    step = (values.shape[2] - last) // 255
    table = (below - counts + step // 2) // step.clamp(min=1)
    made = table.clamp(0, 255).gather(2, values).view(images.shape)
    return torch.where((step == 0)[..., None], images, made.to(torch.uint8)).contiguous(
        memory_format=torch.channels_last
    )


# operation, strength at full magnitude in RandAugment and in TrivialAugment (wide), signed or not.
# Translation is a share of the side there, and pixels here; bits and thresholds fall from 8 and 255.
OPERATIONS: tuple[tuple[Operation, float, float, bool], ...] = (
    (_identity, 0.0, 0.0, False),
    (_shear_x, 0.3, 0.99, True),
    (_shear_y, 0.3, 0.99, True),
    (_translate_x, 150 / 331, 32.0, True),
    (_translate_y, 150 / 331, 32.0, True),
    (_rotate, 30.0, 135.0, True),
    (_brightness, 0.9, 0.99, True),
    (_colour, 0.9, 0.99, True),
    (_contrast, 0.9, 0.99, True),
    (_sharpness, 0.9, 0.99, True),
    (_posterize, 4.0, 6.0, False),
    (_solarize, 255.0, 255.0, False),
    (_auto_contrast, 0.0, 0.0, False),
    (_equalize, 0.0, 0.0, False),
)
_BINS = 31  # magnitudes are 0 to 30


@augmentation
def rand_augment(images: Tensor, draw: Draw, *, operations: int = 2, magnitude: int = 9) -> Tensor:
    """So many random operations at one magnitude of 0 to 30 (Cubuk et al. 2020, arXiv 1909.13719)."""
    share = torch.full((len(images),), magnitude / (_BINS - 1), device=images.device)
    for _ in range(operations):
        images = _apply(images, draw, share, wide=False)
    return images


@augmentation
def trivial_augment(images: Tensor, draw: Draw) -> Tensor:
    """One random operation at a random magnitude (Müller and Hutter 2021, arXiv 2103.10158; wide space)."""
    share = draw.integers(_BINS, len(images)) / (_BINS - 1)
    return _apply(images, draw, share, wide=True)


def _apply(images: Tensor, draw: Draw, share: Tensor, *, wide: bool) -> Tensor:
    """To each image one operation, drawn evenly, at its share (n,) of the full strength."""
    n = len(images)
    chosen, signs = draw.integers(len(OPERATIONS), n), 1 - 2 * draw.integers(2, n)
    made = images.clone()
    for number, (operation, most, most_wide, signed) in enumerate(OPERATIONS):
        members = (chosen == number).nonzero()[:, 0]
        if len(members) and operation is not _identity:
            strength = share[members] * (most_wide if wide else most)
            if operation in (_translate_x, _translate_y) and not wide:
                strength = strength * images.shape[3 if operation is _translate_x else 2]
            if operation in (_posterize, _solarize):
                strength = (8 if operation is _posterize else 255) - strength
            if signed:
                strength = strength * signs[members]
            made[members] = operation(images[members], strength, draw.mean)
    return made
