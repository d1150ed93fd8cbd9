"""Methods that hide parts of images, or mix two of them with their labels."""

import torch
from torch import Tensor

from bench.data.augment import Draw, Mix, as_bytes, augmentation, per_image


@augmentation
def cutout(images: Tensor, draw: Draw, *, side: float = 0.5) -> Tensor:
    """Put a square of the training mean at a random place (DeVries and Taylor 2017, arXiv 1708.04552).

    Its side is a share of the image's (16 of 32 pixels in the paper for CIFAR-10); its centre is any
    pixel, so it may stand out of the image.
    """
    n, _, height, width = images.shape
    length = round(side * min(height, width))
    top, left = draw.integers(height, n) - length // 2, draw.integers(width, n) - length // 2
    hidden = inside(top, left, top + length, left + length, images)
    fill = draw.mean.round().to(images.dtype).view(-1, 1, 1)
    return torch.where(hidden, fill, images)


@augmentation
def mixup(images: Tensor, draw: Draw, *, alpha: float = 1.0) -> tuple[Tensor, Mix]:
    """Average each image with another, and their labels (Zhang et al. 2018, arXiv 1710.09412).

    The share that it keeps is Beta(alpha, alpha).
    """
    n = len(images)
    share, partner = draw.beta(alpha, n), _partners(draw, n)
    return mixed(images, partner, share), Mix(partner, share)


def mixed(images: Tensor, partner: Tensor, share: Tensor) -> Tensor:
    """A share (n,) of each image, and the rest of its partner (n,), rounded."""
    own = per_image(share)
    return as_bytes(own * images + (1 - own) * images[partner] + 0.5)


@augmentation
def cutmix(images: Tensor, draw: Draw, *, alpha: float = 1.0) -> tuple[Tensor, Mix]:
    """Replace a box by another image's, and as much of the label (Yun et al. 2019, arXiv 1905.04899).

    The box covers a Beta(alpha, alpha) share of the image and has its shape; what stands out is cut off.
    """
    n, _, height, width = images.shape
    side = (1 - draw.beta(alpha, n)).sqrt()
    high, wide = (side * height).long(), (side * width).long()
    middle_y, middle_x = draw.integers(height, n), draw.integers(width, n)
    top, left = (middle_y - high // 2).clamp(min=0), (middle_x - wide // 2).clamp(min=0)
    bottom = (middle_y - high // 2 + high).clamp(max=height)
    right = (middle_x - wide // 2 + wide).clamp(max=width)
    partner = _partners(draw, n)
    replaced = inside(top, left, bottom, right, images)
    share = 1 - (bottom - top) * (right - left) / (height * width)
    return torch.where(replaced, images[partner], images), Mix(partner, share)


def inside(top: Tensor, left: Tensor, bottom: Tensor, right: Tensor, images: Tensor) -> Tensor:
    """Whether a pixel lies in its image's box (n,), lower ends included; (n, 1, height, width)."""
    rows = torch.arange(images.shape[2], device=images.device)
    columns = torch.arange(images.shape[3], device=images.device)
    in_rows = (rows >= top[:, None]) & (rows < bottom[:, None])
    in_columns = (columns >= left[:, None]) & (columns < right[:, None])
    return (in_rows[:, :, None] & in_columns[:, None, :])[:, None]


def _partners(draw: Draw, n: int) -> Tensor:
    """Another image of the batch for each: a random order, each taking the next in it."""
    order = torch.randperm(n, generator=draw.generator, device=draw.mean.device)
    partner = torch.empty_like(order)
    partner[order] = order.roll(1)
    return partner
