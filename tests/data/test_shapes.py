"""The embedded data set: the same bytes everywhere, balanced, with true boxes."""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.data import shapes

Arrays = dict[str, NDArray[Any]]

# A change here is a new data set: every recorded result on the old one loses its meaning.
SHA256 = "b304034cfbd6cf42018d372b162a39aeca0d24505e4e69a3c42f7974fbd9270d"


def digest(arrays: Arrays) -> str:
    """sha256 of all pixels, labels and boxes as little-endian bytes."""
    found = hashlib.sha256()
    for split in ("train", "test"):
        for name in ("x", "y", "boxes"):
            part = arrays[f"{name}_{split}"]
            found.update(np.ascontiguousarray(part, part.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    return shapes.arrays()


def test_forms(arrays: Arrays) -> None:
    for split, images in (("train", 12_000), ("test", 4_000)):
        x, y, boxes = (arrays[f"{name}_{split}"] for name in ("x", "y", "boxes"))
        assert (x.shape, y.shape, boxes.shape) == ((images, 32, 32, 3), (images,), (images, 4))
        assert [part.dtype.name for part in (x, y, boxes)] == ["uint8", "int64", "int16"]
    assert tuple(arrays["classes"].tolist()) == shapes.CLASSES
    assert len(set(shapes.CLASSES)) == 10
    assert "Synthetic" in str(arrays["provenance"])
    assert len(arrays) == 8


def test_pinned_bytes(arrays: Arrays) -> None:
    assert digest(arrays) == SHA256


def test_pinned_bytes_in_a_fresh_process_on_plain_kernels() -> None:
    script = (
        "from __future__ import annotations\nimport hashlib, runpy\nimport numpy as np\n"
        f"{inspect.getsource(digest)}\n"
        f"print(digest(runpy.run_path({shapes.__file__!r})['arrays']()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"ATEN_CPU_CAPABILITY": "default"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == SHA256


def test_two_calls_agree_and_seeds_differ() -> None:
    first, second, other = shapes.draw(7, 40), shapes.draw(7, 40), shapes.draw(8, 40)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not (first[0] == other[0]).all(axis=(1, 2, 3)).any()
    assert (first[1] != other[1]).any()


@pytest.mark.parametrize("few", [0, 1, 13, shapes.CHUNK, shapes.CHUNK + 1])
def test_a_prefix_does_not_depend_on_the_number_of_images(few: int) -> None:
    parts, wholes = shapes.draw(3, few), shapes.draw(3, 2 * shapes.CHUNK)
    for index in range(3):
        np.testing.assert_array_equal(parts[index], wholes[index][:few])


def test_classes_are_balanced_and_shuffled(arrays: Arrays) -> None:
    for split, share in (("train", 1_200), ("test", 400)):
        labels = arrays[f"y_{split}"]
        assert np.bincount(labels).tolist() == [share] * 10
        for place in range(10):  # any class may come at any place of its ten
            assert len(np.unique(labels[place::10])) == 10


def test_colour_does_not_tell_the_class(arrays: Arrays) -> None:
    x, y = arrays["x_train"], arrays["y_train"]
    means = np.array([x[y == label].mean(axis=(0, 1, 2)) for label in range(10)])
    assert np.abs(means - means.mean(axis=0)).max() < 8  # levels; 4 standard errors


def test_boxes_lie_inside_the_image(arrays: Arrays) -> None:
    for split in ("train", "test"):
        x, y, width, height = arrays[f"boxes_{split}"].T
        assert min(x.min(), y.min()) >= 0
        assert max((x + width).max(), (y + height).max()) <= 32
        assert min(width.min(), height.min()) >= 5
        assert max(width.max(), height.max()) <= 26


def test_boxes_frame_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = shapes.draw(5, 200)[2]
    for name in ("NOISE", "SLOPE", "BEHIND", "BEFORE"):  # what is left is the object on a plain
        monkeypatch.setattr(shapes, name, 0)
    images, _, bare = shapes.draw(5, 200)
    np.testing.assert_array_equal(boxes, bare)  # clutter does not move a box
    for image, (x, y, width, height) in zip(images.astype(int), boxes, strict=True):
        ground = np.median(image, axis=(0, 1))  # an object covers less than half of the image
        change = np.abs(image - ground).sum(axis=2)
        change /= change.max()
        inner = change[y : y + height, x : x + width]
        for edge in (inner[0], inner[-1], inner[:, 0], inner[:, -1]):
            assert edge.max() > 0.45  # the box is tight
        inner[:] = 0
        assert change.max() < 0.55  # and nothing but soft edges is outside
