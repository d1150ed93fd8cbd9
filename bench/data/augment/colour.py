"""What values pixels have: brightness, contrast, saturation, hue, grey, shifts, blur.

The functions that take drawn factors (n,) do what torchvision's v2 functional operations do for the
same factors; tests compare them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.data.augment import Draw, as_bytes, augmentation, per_image, where
from bench.data.augment.geometry import gaussian

LUMA = (0.2989, 0.587, 0.114)  # ITU-R 601-2, as torchvision rounds it


@augmentation(boxes="kept")
def brightness(images: Tensor, draw: Draw, *, strength: float = 0.4) -> Tensor:
    """Multiply all pixels by a factor of 1 ± strength."""
    return brightened(images, draw.uniform(len(images), 1 - strength, 1 + strength))


@augmentation(boxes="kept")
def contrast(images: Tensor, draw: Draw, *, strength: float = 0.4) -> Tensor:
    """Stretch all pixels from the image's mean grey by a factor of 1 ± strength."""
    return contrasted(images, draw.uniform(len(images), 1 - strength, 1 + strength))


@augmentation(boxes="kept")
def saturation(images: Tensor, draw: Draw, *, strength: float = 0.4) -> Tensor:
    """Stretch each pixel from its grey by a factor of 1 ± strength. Grey images stay as they are."""
    return saturated(images, draw.uniform(len(images), 1 - strength, 1 + strength))


@augmentation(boxes="kept")
def hue(images: Tensor, draw: Draw, *, strength: float = 0.1) -> Tensor:
    """Turn the colour circle by at most a share of it (0.5 is half). Grey images stay as they are."""
    return hue_turned(images, draw.uniform(len(images), -strength, strength))


@augmentation(boxes="kept")
def grayscale(images: Tensor, draw: Draw, *, p: float = 0.2) -> Tensor:
    """Take the colours from each image with probability p."""
    bare = as_bytes(grey(images)).expand(images.shape).contiguous(memory_format=torch.channels_last)
    return where(draw.uniform(len(images)) < p, bare, images)


@augmentation(boxes="kept")
def rgb_shift(images: Tensor, draw: Draw, *, strength: float = 20.0) -> Tensor:
    """Add to each channel of each image a number of at most `strength` (of 255)."""
    return shifted(images, strength * draw.noise(*images.shape[:2]))


@augmentation(boxes="kept")
def pca_colour(images: Tensor, draw: Draw, *, strength: float = 0.1) -> Tensor:
    """Shift each image along the training set's principal colours (Krizhevsky et al. 2012, §4.1).

    The shift is normal with a deviation of `strength` times the colours' deviation in each direction.
    (The paper prints the variances there, which fits no scale of pixels.)
    """
    principal = draw.principal()
    return shifted(images, strength * draw.normal(len(images), principal.shape[1]) @ principal.T)


@augmentation(boxes="kept")
def blur(images: Tensor, draw: Draw, *, sigma: float = 1.0) -> Tensor:
    """Smooth each image by a Gaussian with a deviation from 0.1 to `sigma` pixels."""
    return blurred(images, draw.uniform(len(images), 0.1, sigma), size=2 * max(1, round(2 * sigma)) + 1)


def blend(images: Tensor, others: Tensor, factor: Tensor) -> Tensor:
    """`others` at factor 0, the images at 1, beyond them at larger factors; factors (n,)."""
    share = per_image(factor)
    return as_bytes(share * images + (1 - share) * others)


def brightened(images: Tensor, factor: Tensor) -> Tensor:
    """Images times factors (n,)."""
    return as_bytes(per_image(factor) * images)


def contrasted(images: Tensor, factor: Tensor) -> Tensor:
    """Images stretched from their mean grey by factors (n,)."""
    return blend(images, grey(images).floor().mean((1, 2, 3), keepdim=True), factor)


def saturated(images: Tensor, factor: Tensor) -> Tensor:
    """Images stretched from their own grey by factors (n,)."""
    return blend(images, grey(images).floor(), factor) if images.shape[1] == 3 else images


def grey(images: Tensor) -> Tensor:
    """Brightness (n, 1, height, width) as the eye has it, as floats."""
    if images.shape[1] == 1:
        return images.float()
    luma = torch.tensor(LUMA, device=images.device)
    return (images.permute(0, 2, 3, 1).float() @ luma)[:, None]


def hue_turned(images: Tensor, turn: Tensor) -> Tensor:
    """Images with hues turned by shares (n,) of the colour circle; value and saturation stay."""
    if images.shape[1] == 1:
        return images
    x = images.float() / 255
    value, least = x.amax(1), x.amin(1)
    chroma = value - least
    red, green, blue = ((value[:, None] - x) / chroma.clamp(min=1e-8)[:, None]).unbind(1)
    x_red, x_green, _ = x.unbind(1)
    angle = torch.where(
        value == x_red, blue - green, torch.where(value == x_green, 2 + red - blue, 4 + green - red)
    )
    angle = torch.where(chroma > 0, angle, 0.0) + 6 * turn[:, None, None]
    # each channel falls from the value by the chroma, over its own part of the circle
    starts = torch.tensor([5.0, 3.0, 1.0], device=images.device).view(1, 3, 1, 1)
    phase = (starts + angle[:, None]) % 6
    fall = torch.minimum(phase, 4 - phase).clamp(0, 1)
    return as_bytes(255.999 * (value[:, None] - chroma[:, None] * fall))  # as torchvision makes bytes


def shifted(images: Tensor, shift: Tensor) -> Tensor:
    """Images plus shifts (n, channels), rounded."""
    return as_bytes(images + shift[:, :, None, None] + 0.5)


def blurred(images: Tensor, sigma: Tensor, size: int) -> Tensor:
    """Images smoothed by Gaussians of deviations (n,) cut off at `size` pixels; borders are reflected."""
    weights = gaussian(sigma, size)
    reach = size // 2
    x = F.pad(images.float(), (reach, reach, reach, reach), mode="reflect")
    height, width = images.shape[2:]
    x = sum(per_image(weights[:, i]) * x[:, :, i : i + height] for i in range(size))  # type: ignore[assignment]
    x = sum(per_image(weights[:, i]) * x[:, :, :, i : i + width] for i in range(size))  # type: ignore[assignment]
    return as_bytes(x.round())
