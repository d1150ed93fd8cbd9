"""For the same drawn numbers, pixels are torchvision's: at most one grey level away, per pixel."""

import math

import pytest
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from bench.data.augment import Draw, colour, geometry, mixing, policies

N, HEIGHT, WIDTH = 12, 20, 24
BLACK = torch.zeros(3)
BILINEAR = InterpolationMode.BILINEAR


def uniform(low: float, high: float, seed: int = 0) -> torch.Tensor:
    return low + (high - low) * torch.rand(N, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(params=["noise", "smooth", "flat"])
def images(request) -> torch.Tensor:
    """Hard ones for resampling (noise), likely ones (smooth), and a degenerate one (flat)."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randint(0, 256, (N, 3, HEIGHT, WIDTH), generator=generator).float()
    if request.param == "smooth":
        x = torch.nn.functional.avg_pool2d(x, 5, stride=1, padding=2)
    if request.param == "flat":
        x = torch.full_like(x, 77.0)
    return x.to(torch.uint8).contiguous(memory_format=torch.channels_last)


def check(found: torch.Tensor, expected: list[torch.Tensor], *, most: int = 1) -> None:
    assert found.dtype == torch.uint8
    away = (found.int() - torch.stack(expected).int()).abs()
    assert away.max() <= most, (
        f"{int(away.max())} grey levels away, {(away > most).float().mean():.2%} of pixels"
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "low", "high"),
    [
        (colour.brightened, F.adjust_brightness, 0.0, 2.5),
        (colour.contrasted, F.adjust_contrast, 0.0, 2.5),
        (colour.saturated, F.adjust_saturation, 0.0, 2.5),
        (colour.hue_turned, F.adjust_hue, -0.5, 0.5),
        (policies.sharpened, F.adjust_sharpness, 0.0, 2.5),
        (policies.solarized, F.solarize, 0.0, 255.0),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_colours(images, ours, theirs, low, high):
    factor = uniform(low, high)
    check(ours(images, factor), [theirs(x, float(f)) for x, f in zip(images, factor, strict=True)])


def test_grey_is_torchvision_s(images):
    expected = [F.rgb_to_grayscale(x, num_output_channels=3) for x in images]
    check(colour.as_bytes(colour.grey(images)).expand(images.shape), expected)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_posterized(images, bits):
    found = policies.posterized(images, torch.full((N,), float(bits)))
    check(found, [F.posterize(x, bits) for x in images], most=0)


def test_equalized_and_auto_contrasted(images):
    check(policies.equalized(images), [F.equalize(x) for x in images], most=0)
    check(policies.auto_contrasted(images), [F.autocontrast(x) for x in images])


@pytest.mark.parametrize("size", [3, 5])
def test_blurred(images, size):
    sigma = uniform(0.1, 2.0)
    expected = [F.gaussian_blur(x, [size, size], [float(s)] * 2) for x, s in zip(images, sigma, strict=True)]
    check(colour.blurred(images, sigma, size), expected)


def test_affine(images):
    angle, right, down = uniform(-180, 180), uniform(-5, 5, 1).round(), uniform(-5, 5, 2).round()
    scale, x, y = uniform(0.5, 1.5, 3), uniform(-30, 30, 4), uniform(-30, 30, 5)
    matrix = geometry.affine_matrix(angle, right, down, scale, x, y)
    drawn = zip(images, *(one.tolist() for one in (angle, right, down, scale, x, y)), strict=True)
    expected = [F.affine(i, a, [r, d], s, [p, q], interpolation=BILINEAR) for i, a, r, d, s, p, q in drawn]
    check(geometry.moved(images, matrix, BLACK), expected)


@pytest.mark.parametrize("axis", [0, 1])
def test_shear_and_translation_of_the_policies(images, axis):
    slope, pixels = uniform(-0.9, 0.9), uniform(-8, 8)
    sheared = (policies._shear_x, policies._shear_y)[axis](images, slope, BLACK)
    moved = (policies._translate_x, policies._translate_y)[axis](images, pixels, BLACK)
    none = [0.0, 0.0]
    for found, drawn, one in ((sheared, slope, "shear"), (moved, pixels, "translate")):
        expected = []
        for image, number in zip(images, drawn.tolist(), strict=True):
            given = {"shear": list(none), "translate": [0, 0]}
            given[one][axis] = math.degrees(math.atan(number)) if one == "shear" else int(number)
            expected.append(F.affine(image, 0.0, scale=1.0, center=none, interpolation=BILINEAR, **given))
        check(found, expected)


def test_resized_crop(images):
    high, wide = uniform(3, HEIGHT).round(), uniform(3, WIDTH, 1).round()
    top, left = (uniform(0, 1, 2) * (HEIGHT - high)).floor(), (uniform(0, 1, 3) * (WIDTH - wide)).floor()
    drawn = zip(images, *(one.int().tolist() for one in (top, left, high, wide)), strict=True)
    expected = [F.resized_crop(x, t, lf, h, w, [HEIGHT, WIDTH], antialias=True) for x, t, lf, h, w in drawn]
    check(geometry.resized(images, top, left, high, wide), expected)


def test_warped(images):
    pixels = 3 * torch.randn(N, 2, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(9))
    share = pixels / torch.tensor([WIDTH / 2, HEIGHT / 2]).view(2, 1, 1)
    expected = [
        F.elastic(x, d.permute(1, 2, 0)[None], interpolation=BILINEAR)
        for x, d in zip(images, share, strict=True)
    ]
    check(geometry.warped(images, pixels, BLACK), expected)


def test_mixed(images):
    share = 0.3
    partner = torch.arange(N).roll(1)
    found = mixing.mixed(images, partner, torch.full((N,), share))
    expected = images.roll(1, 0).float() * (1 - share) + images.float() * share
    check(found, list(expected.round().to(torch.uint8)))


@pytest.mark.parametrize("border", ["reflect", "replicate", "zero"])
def test_borders(images, border):
    draw = Draw(torch.Generator(), BLACK, lambda: BLACK)
    padded = geometry._padded(images.permute(0, 2, 3, 1), draw, 4, border).permute(0, 3, 1, 2)
    mode = {"replicate": "edge", "zero": "constant"}.get(border, border)
    check(padded, [F.pad(x, [4, 4, 4, 4], padding_mode=mode) for x in images], most=0)
