"""Where pixels go: mirroring, cropping, scaling, turning, shearing, warping.

The functions that take drawn numbers do what torchvision's v2 functional operations do for the same
numbers (bilinear resampling); tests compare them.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.common.errors import UserError, suggest
from bench.data.augment import Draw, as_bytes, augmentation, where


@augmentation(boxes="moved")
def flip(images: Tensor, draw: Draw, *, p: float = 0.5) -> Tensor:
    """Mirror each image left to right with probability p."""
    return where(draw.uniform(len(images)) < p, images.flip(3), images)


@augmentation(boxes="moved")
def half_turn(images: Tensor, draw: Draw, *, p: float = 0.5) -> Tensor:
    """Turn each image by 180° with probability p: a 6 becomes a 9."""
    return where(draw.uniform(len(images)) < p, images.flip(2, 3), images)


@augmentation(boxes="moved")
def crop(images: Tensor, draw: Draw, *, padding: float = 4, border: str = "mean") -> Tensor:
    """Pad, then cut a window of the old size at a random place (He et al. 2015, §4.2).

    The padding is in pixels, or below 1 a share of the side. The border is the training "mean" (zero after
    normalisation), "zero" (black), "reflect" or "replicate". Raises UserError for another, and where there
    is less to reflect than the padding.
    """
    n, _, height, width = images.shape
    padding = round(padding if padding >= 1 else padding * width)
    padded = _padded(images.permute(0, 2, 3, 1), draw, padding, border)
    # all (2p+1)² windows as a view: no memory; the gather copies just the chosen ones
    per_image, per_row, per_pixel, _ = padded.stride()
    windows = padded.as_strided(
        (n, 2 * padding + 1, 2 * padding + 1, height, width, padded.shape[3]),
        (per_image, per_row, per_pixel, per_row, per_pixel, 1),
    )
    down, right = draw.integers(2 * padding + 1, n), draw.integers(2 * padding + 1, n)
    chosen = windows[torch.arange(n, device=images.device), down, right]
    return chosen.permute(0, 3, 1, 2)


def _padded(images: Tensor, draw: Draw, padding: int, border: str) -> Tensor:
    """Images (n, height, width, channels) with a border of so many pixels."""
    n, height, width, channels = images.shape
    if border in ("mean", "zero"):
        fill = draw.mean.round() if border == "mean" else torch.zeros_like(draw.mean)
        shape = (n, height + 2 * padding, width + 2 * padding, channels)
        padded = fill.to(images.dtype).expand(shape).contiguous()
        padded[:, padding : padding + height, padding : padding + width] = images
        return padded
    if border not in ("reflect", "replicate"):
        known = ("mean", "zero", "reflect", "replicate")
        raise UserError(f"augmentation crop: no border {border!r}: {suggest(border, known)}")
    if border == "reflect" and padding >= min(height, width):
        raise UserError(f"augmentation crop: {width}×{height} pixels cannot reflect {padding}")
    rows, columns = (_outside(side, padding, border == "reflect", images.device) for side in (height, width))
    return images[:, rows][:, :, columns].contiguous()


def _outside(side: int, padding: int, reflect: bool, device: torch.device) -> Tensor:
    """Which of 0 … side-1 stands at -padding … side-1+padding."""
    places = torch.arange(-padding, side + padding, device=device)
    if reflect:
        places = places.abs()
        return torch.where(places >= side, 2 * (side - 1) - places, places)
    return places.clamp(0, side - 1)


@augmentation(boxes="moved")
def resized_crop(images: Tensor, draw: Draw, *, area: float = 0.3, ratio: float = 4 / 3) -> Tensor:
    """Cut a window of a share of the area from `area` to 1, and scale it to the old size.

    Its width over its height lies between 1/ratio and ratio (evenly in the logarithm), as in Szegedy et
    al. (2014), arXiv 1409.4842; what would stand out of the image is cut off.
    """
    n, _, height, width = images.shape
    shares = draw.uniform(n, area, 1.0)
    stretch = draw.uniform(n, -math.log(ratio), math.log(ratio)).exp().sqrt()
    sides = [(shares.sqrt() * stretch * width).round(), (shares.sqrt() / stretch * height).round()]
    wide, high = (side.clamp(1, most) for side, most in zip(sides, (width, height), strict=True))
    left = (draw.uniform(n) * (width - wide + 1)).floor()
    top = (draw.uniform(n) * (height - high + 1)).floor()
    return resized(images, top, left, high, wide)


def resized(images: Tensor, top: Tensor, left: Tensor, high: Tensor, wide: Tensor) -> Tensor:
    """Windows, each (n,) in whole pixels, scaled up to the images' size: bilinear."""
    x, y = (
        _stretched(start, length, side)
        for start, length, side in ((left, wide, images.shape[3]), (top, high, images.shape[2]))
    )
    shape = (len(images), images.shape[2], images.shape[3])
    places = torch.stack([x[:, None].expand(shape), y[:, :, None].expand(shape)], 3)
    return sampled(images, places, torch.zeros(images.shape[1], device=images.device))


def _stretched(start: Tensor, length: Tensor, side: int) -> Tensor:
    """Where along an axis each of `side` pixels lies in its image's window; (n, side), from the centre."""
    steps = torch.arange(side, device=start.device) + 0.5
    places = start[:, None] + steps * (length / side)[:, None] - 0.5
    inside = places.clamp(start[:, None], (start + length - 1)[:, None])  # nothing comes from beside it
    return inside - (side - 1) / 2


@augmentation(boxes="moved")
def rotation(images: Tensor, draw: Draw, *, degrees: float = 15.0) -> Tensor:
    """Turn each image by an angle of at most so many degrees; what comes in is the training mean."""
    n = len(images)
    none = torch.zeros(n, device=images.device)
    angles = draw.uniform(n, -degrees, degrees)
    return moved(images, affine_matrix(angles, none, none, none + 1, none, none), draw.mean)


@augmentation(boxes="moved")
def shear(images: Tensor, draw: Draw, *, degrees: float = 15.0) -> Tensor:
    """Shear each image along both axes by angles of at most so many degrees."""
    n = len(images)
    none = torch.zeros(n, device=images.device)
    along_x, along_y = draw.uniform(n, -degrees, degrees), draw.uniform(n, -degrees, degrees)
    return moved(images, affine_matrix(none, none, none, none + 1, along_x, along_y), draw.mean)


@augmentation(boxes="moved")
def affine(
    images: Tensor,
    draw: Draw,
    *,
    degrees: float = 15.0,
    translate: float = 0.1,
    scale: float = 0.1,
    sheared: float = 10.0,
) -> Tensor:
    """Turn, move (by a share of the side), scale (by 1 ± scale) and shear each image."""
    n, _, height, width = images.shape
    angles = draw.uniform(n, -degrees, degrees)
    right = (draw.uniform(n, -translate, translate) * width).round()
    down = (draw.uniform(n, -translate, translate) * height).round()
    scales = draw.uniform(n, 1 - scale, 1 + scale)
    along_x, along_y = draw.uniform(n, -sheared, sheared), draw.uniform(n, -sheared, sheared)
    return moved(images, affine_matrix(angles, right, down, scales, along_x, along_y), draw.mean)


def affine_matrix(
    angle: Tensor, right: Tensor, down: Tensor, scale: Tensor, shear_x: Tensor, shear_y: Tensor
) -> Tensor:
    """Where each output pixel comes from: (n, 2, 3), in pixels from the centre; angles (n,) in degrees.

    The image is sheared, turned, scaled and moved, in that order, about its centre; this is the
    inverse of that map.
    """
    turn, x, y = (angles * (math.pi / 180) for angles in (angle, shear_x, shear_y))
    a = torch.cos(turn - y) / torch.cos(y)
    b = -a * torch.tan(x) - torch.sin(turn)
    c = torch.sin(turn - y) / torch.cos(y)
    d = -c * torch.tan(x) + torch.cos(turn)
    # the determinant of (a b; c d) is 1, so its inverse needs no division
    inverse = torch.stack([torch.stack([d, -b], 1), torch.stack([-c, a], 1)], 1) / scale[:, None, None]
    moved_by = torch.stack([right, down], 1)[:, :, None]
    return torch.cat([inverse, -inverse @ moved_by], 2)


def moved(images: Tensor, matrix: Tensor, fill: Tensor) -> Tensor:
    """Images resampled by matrices (n, 2, 3) as `affine_matrix` gives them; `fill` (channels,) outside."""
    x, y = _places(images)
    # the part of each row and the part of each column, added where they meet
    columns = matrix[:, :, 0, None] * x
    rows = matrix[:, :, 1, None] * y + matrix[:, :, 2, None]
    places = torch.stack([columns[:, axis, None] + rows[:, axis, :, None] for axis in (0, 1)], 3)
    return sampled(images, places, fill)


def _places(images: Tensor) -> tuple[Tensor, Tensor]:
    """x (width,) of columns and y (height,) of rows, in pixels from the image's centre."""
    height, width = images.shape[2:]
    y, x = (torch.arange(side, device=images.device) - (side - 1) / 2 for side in (height, width))
    return x, y


def sampled(images: Tensor, places: Tensor, fill: Tensor) -> Tensor:
    """Images at places (n, height, width, 2): x and y in pixels from the centre; bilinear."""
    height, width = images.shape[2:]
    grid = places / torch.tensor([width / 2, height / 2], device=images.device)
    outside = fill.view(-1, 1, 1)
    x = images.contiguous() - outside  # zero is what stands outside
    made = F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return as_bytes(made.add_(outside).round_())


@augmentation(boxes="moved")
def elastic(images: Tensor, draw: Draw, *, alpha: float = 20.0, sigma: float = 4.0) -> Tensor:
    """Warp each image by smoothed noise (Simard et al. 2003): `alpha` times, smooth over `sigma` pixels."""
    n, _, height, width = images.shape
    noise = draw.noise(n, 2, height, width)
    weights = gaussian(torch.full((2,), sigma, device=images.device), 8 * round(sigma) // 2 + 1)
    reach = weights.shape[1] // 2
    noise = F.conv2d(noise, weights[:, None, :, None], padding=(reach, 0), groups=2)
    noise = F.conv2d(noise, weights[:, None, None, :], padding=(0, reach), groups=2)
    return warped(images, alpha * noise, draw.mean)


def warped(images: Tensor, displacement: Tensor, fill: Tensor) -> Tensor:
    """Each output pixel from `displacement` (n, 2, height, width), x and y in pixels, away."""
    x, y = _places(images)
    return sampled(images, torch.stack([x + displacement[:, 0], y[:, None] + displacement[:, 1]], 3), fill)


def gaussian(sigma: Tensor, size: int) -> Tensor:
    """Gaussian weights (n, size), odd size, for standard deviations (n,) in pixels."""
    places = torch.arange(size, device=sigma.device) - (size - 1) / 2
    weights = torch.exp(-0.5 * (places / sigma[:, None]).square())
    return weights / weights.sum(1, keepdim=True)
