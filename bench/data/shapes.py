"""Shapes: the embedded image data set, drawn by this module in integer arithmetic only.

It stands in for CIFAR-10 where nothing can be downloaded: 32x32 colour images of ten classes. Each
image holds one shape of its class at a random position, size and rotation, in random colours, among
pieces of clutter that are no class shapes, partly covered, and under pixel noise. Colour, position,
size and rotation carry no information about the class. Every class is its own mirror image, so that
flips and rotations keep the label.

Every number comes from a hash of (seed, image, part, field), and no float is used anywhere, so the
bytes are the same on every machine, and image i of a seed does not depend on how many are drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Levels = NDArray[np.int16]  # pixel values and coverages, whose products stay below 2**15
Keys = NDArray[np.uint64]  # hash keys
Points = tuple[tuple[int, int], ...]

CLASSES: tuple[str, ...] = (
    *("circle", "square", "triangle", "pentagon", "star"),
    *("cross", "arrow", "ring", "frame", "crescent"),
)
SPLITS = {"train": (1, 12_000), "test": (2, 4_000)}  # seed, images
SIDE = 32  # of an image, in pixels
UNIT = 8  # steps per pixel, in which positions and radii are given
RADII = (6 * UNIT, 12 * UNIT)  # of the object: low (included), high (excluded)
CLUTTER_RADII = (4 * UNIT, 10 * UNIT)
BEHIND, BEFORE = 4, 1  # pieces of clutter per image: behind the object, in front of it
CONTRAST = 72  # least distance between object and background in each channel, in levels of 255
SLOPE = 16  # steepest change of the background, in levels per half image
NOISE = 72  # width of the uniform pixel noise, in levels
CHUNK = 250  # images drawn at once: the work arrays then fit a processor's cache

ONE = 4096  # the 1 of the sines
CELLS = 128  # side of a template, in cells; its outermost cells are empty
REACH = 50  # cells from a template's centre to the farthest point of a class shape
BLUR = 5  # cells, about a pixel at the middle size; softens the edges
FULL = 128  # coverage of a pixel that lies wholly inside
STROKE, PIECES = len(CLASSES), len(CLASSES) + 4  # the first clutter template, and their end

# What the numbers of an image are for: its parts, and the fields of a part.
GROUND, OBJECT, GRAIN, CLUTTER = range(4)  # the pieces of clutter count on from CLUTTER
X, Y, RADIUS, TURN, PIECE, COLOUR, TILT_X, TILT_Y = range(0, 32, 4)  # room for three channels

# Vertices in half cells, y downwards; a class shape reaches to 100.
TRIANGLE: Points = ((0, -100), (87, 50), (-87, 50))
PENTAGON: Points = ((0, -95), (90, -29), (56, 77), (-56, 77), (-90, -29))
ARROW: Points = ((0, -100), (75, -15), (28, -15), (28, 95), (-28, 95), (-28, -15), (-75, -15))
STAR: Points = (
    *((0, -100), (25, -34), (95, -31), (40, 13), (59, 81)),
    *((0, 42), (-59, 81), (-40, 13), (-95, -31), (-25, -34)),
)


def _branch(keys: Keys, number: Keys | int) -> Keys:
    """New keys, one for each key and number: splitmix64's step and its finaliser."""
    step = np.atleast_1d(np.asarray(number, np.uint64)) + np.uint64(1)
    keys = keys + step * np.uint64(0x9E3779B97F4A7C15)
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _roll(part: Keys, field: int, low: int, high: int) -> Ints:
    """One number per key, low <= number < high."""
    return (_branch(part, field) >> np.uint64(32)).astype(np.int64) % (high - low) + low


def _colour(part: Keys, field: int, low: int, high: int) -> Levels:
    """Three numbers per key, low <= number < high; n x 3 x 1 x 1."""
    channels = [_roll(part, field + channel, low, high) for channel in range(3)]
    return np.stack(channels, axis=1).astype(np.int16)[:, :, None, None]


def _sine(angle: Ints) -> Ints:
    """ONE times the sine of whole degrees by Bhaskara's formula, right to 0.2 % of ONE."""
    product = (angle % 180) * (180 - angle % 180)
    return np.where(angle % 360 < 180, 1, -1) * (4 * ONE * product // (40500 - product))


def _polygon(x: Ints, y: Ints, points: Points) -> Mask:
    """Whether each place is inside: an odd number of edges lies to its right."""
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.bool_)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        inside ^= ((ay > y) != (by > y)) & ((side > 0) == (by > ay))
    return inside


def _templates() -> Levels:
    """Coverage 0 to FULL of the class shapes, then of the clutter; PIECES x CELLS x CELLS."""
    x = 2 * np.arange(CELLS, dtype=np.int64)[None, :] - (CELLS - 1)
    y = x.T

    def disc(radius: int, cx: int = 0) -> Mask:
        return (x - cx) ** 2 + y**2 <= radius**2

    def bar(across: int, down: int) -> Mask:
        return (abs(x) <= across) & (abs(y) <= down)

    shapes = [disc(80), bar(71, 71)]
    shapes += [_polygon(x, y, points) for points in (TRIANGLE, PENTAGON, STAR)]
    shapes += [bar(28, 95) | bar(95, 28), _polygon(x, y, ARROW)]
    shapes += [disc(90) & ~disc(52), bar(71, 71) & ~bar(40, 40), disc(95) & ~disc(80, 48)]
    shapes += [bar(115, 11), bar(70, 70) & ((x < -45) | (y < -45))]  # a stroke, a corner
    shapes += [disc(100) & ~disc(75) & (x > 0) & (y > 0), disc(60) & (y > 0)]  # arc, half disc
    edge = (BLUR // 2 + 1, BLUR // 2)
    sums: Ints = np.pad(np.array(shapes, np.int64), ((0, 0), edge, edge)).cumsum(1).cumsum(2)
    sums = sums[:, BLUR:] - sums[:, :-BLUR]
    sums = sums[:, :, BLUR:] - sums[:, :, :-BLUR]
    return np.asarray(sums * FULL // BLUR**2, np.int16)


def _coverage(forms: Levels, piece: Ints, part: Keys, x: Ints, y: Ints, radius: Ints) -> Levels:
    """Coverage 0 to FULL of the pixels by one template per image, turned; n x SIDE x SIDE."""
    turn = _roll(part, TURN, 0, 360)
    cos, sin, left, top = (
        numbers.astype(np.int32)[:, None, None]  # half the memory traffic of int64
        for numbers in (_sine(turn + 90) * REACH // radius, _sine(turn) * REACH // radius, x, y)
    )
    centres = UNIT * np.arange(SIDE, dtype=np.int32) + UNIT // 2
    dx, dy = centres - left, centres[:, None] - top
    u = np.clip((cos * dx + sin * dy) // ONE + CELLS // 2, 0, CELLS - 1)
    v = np.clip((cos * dy - sin * dx) // ONE + CELLS // 2, 0, CELLS - 1)
    return np.asarray(forms[piece[:, None, None], v, u], np.int16)


def _object(forms: Levels, keys: Keys, labels: Ints) -> tuple[Levels, Ints, Ints, Ints]:
    """Coverage by the object, which lies wholly inside the image; its centre x, y and radius."""
    part = _branch(keys, OBJECT)
    radius = _roll(part, RADIUS, *RADII)
    x, y = (radius + _roll(part, f, 0, 2**16) * (SIDE * UNIT - 2 * radius) // 2**16 for f in (X, Y))
    return _coverage(forms, labels, part, x, y, radius), x, y, radius


def _boxes(coverage: Levels) -> Levels:
    """x, y, width and height in pixels of what is covered at least by half; n x 4."""
    seen = [coverage.max(axis) >= FULL // 2 for axis in (1, 2)]  # per column, per row
    first = [line.argmax(1) for line in seen]
    end = [SIDE - line[:, ::-1].argmax(1) for line in seen]
    return np.stack([*first, end[0] - first[0], end[1] - first[1]], axis=1).astype(np.int16)


def _paint(canvas: Levels, coverage: Levels, colour: Levels) -> None:
    """Blend a colour (n x 3 x 1 x 1) into the canvas (n x 3 x SIDE x SIDE) where it is covered."""
    canvas += (colour - canvas) * coverage[:, None] // FULL


def _litter(canvas: Levels, forms: Levels, part: Keys, x: Ints, y: Ints, end: int) -> None:
    """Paint one piece of clutter per image at x and y, of the templates from STROKE to end."""
    piece, radius = _roll(part, PIECE, STROKE, end), _roll(part, RADIUS, *CLUTTER_RADII)
    _paint(canvas, _coverage(forms, piece, part, x, y, radius), _colour(part, COLOUR, 0, 256))


def _ground(keys: Keys) -> tuple[Levels, Levels]:
    """Canvases with a sloping background, n x 3 x SIDE x SIDE, and the objects' colours."""
    part = _branch(keys, GROUND)
    plain = _colour(part, COLOUR, 0, 256)
    tilt_x, tilt_y = (_colour(part, field, -SLOPE, SLOPE + 1) for field in (TILT_X, TILT_Y))
    ramp = np.arange(-SIDE // 2, SIDE // 2, dtype=np.int16)
    canvas = plain + (tilt_x * ramp + tilt_y * ramp[:, None]) // (SIDE // 2)
    # Modulo 256, so that every colour is equally likely for the object too.
    colour = (plain + _colour(_branch(keys, OBJECT), COLOUR, CONTRAST, 257 - CONTRAST)) % 256
    return np.clip(canvas, 0, 255), colour


def _grain(keys: Keys) -> Levels:
    """Uniform noise around 0 of width NOISE for every pixel and channel; n x 3 x SIDE x SIDE."""
    words = np.arange(3 * SIDE * SIDE // 8, dtype=np.uint64)
    numbers = _branch(_branch(keys, GRAIN)[:, None], words)
    levels = numbers.astype("<u8").view(np.uint8).astype(np.int16)
    return (levels * NOISE // 256 - NOISE // 2).reshape(-1, 3, SIDE, SIDE)


def _chunk(forms: Levels, keys: Keys, labels: Ints) -> tuple[NDArray[np.uint8], Levels]:
    """The images (n x SIDE x SIDE x 3) and boxes (n x 4) of some keys and labels."""
    coverage, x, y, radius = _object(forms, keys, labels)
    canvas, colour = _ground(keys)
    for number in range(BEHIND):
        part = _branch(keys, CLUTTER + number)
        left, top = (_roll(part, field, 0, SIDE * UNIT) for field in (X, Y))
        _litter(canvas, forms, part, left, top, PIECES)
    _paint(canvas, coverage, colour)
    for number in range(BEHIND, BEHIND + BEFORE):  # strokes only, which seldom hide the object
        part = _branch(keys, CLUTTER + number)
        across, down = (radius * _roll(part, field, -64, 65) // 64 for field in (X, Y))
        _litter(canvas, forms, part, x + across, y + down, STROKE + 1)
    canvas = np.clip(canvas + _grain(keys), 0, 255)
    return canvas.astype(np.uint8).transpose(0, 2, 3, 1), _boxes(coverage)


def _keys(seed: int, images: int) -> tuple[Keys, Ints]:
    """Key and label of each image; every ten images in a row hold each class once."""
    root = np.array([seed % 2**64], np.uint64)
    keys = _branch(_branch(root, 0), np.arange(images, dtype=np.uint64))
    tens = _branch(_branch(root, 1), np.arange(-(-images // len(CLASSES)), dtype=np.uint64))
    ranks = _branch(tens[:, None], np.arange(len(CLASSES), dtype=np.uint64))
    return keys, ranks.argsort(axis=1, kind="stable").astype(np.int64).ravel()[:images]


def draw(seed: int, images: int) -> tuple[NDArray[np.uint8], Ints, Levels]:
    """Images (n x 32 x 32 x 3, RGB), labels (n) and boxes (n x 4) of a seed.

    A box is x, y, width and height in pixels from the top left corner; it frames the whole object,
    with the parts that clutter covers. The first k of n images are the same for every n.
    """
    forms, (keys, labels) = _templates(), _keys(seed, images)
    pictures = np.empty((images, SIDE, SIDE, 3), np.uint8)
    boxes = np.empty((images, 4), np.int16)
    for start in range(0, images, CHUNK):
        part = slice(start, start + CHUNK)
        pictures[part], boxes[part] = _chunk(forms, keys[part], labels[part])
    return pictures, labels, boxes


def arrays() -> dict[str, NDArray[Any]]:
    """What shapes.npz holds: x, y and boxes of each split (`x_train`, ...), classes, provenance."""
    sizes = " and ".join(f"{n} {split} images (seed {seed})" for split, (seed, n) in SPLITS.items())
    provenance = (
        f"Shapes: {sizes} of {SIDE}x{SIDE} RGB pixels, drawn by bench/data/shapes.py in integer "
        "arithmetic. Synthetic: it holds no photographs and nothing was downloaded."
    )
    found: dict[str, NDArray[Any]] = {}
    for split, (seed, images) in SPLITS.items():
        found[f"x_{split}"], found[f"y_{split}"], found[f"boxes_{split}"] = draw(seed, images)
    return found | {"classes": np.array(CLASSES), "provenance": np.array(provenance)}
