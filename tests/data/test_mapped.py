"""Large arrays are mapped, not read, and are what was written."""

import numpy as np
import pytest

from bench.common.errors import UserError
from bench.data import load
from bench.data.mapped import read_npz
from bench.data.sets import write
from tests.conftest import tiny_arrays

LARGE = np.random.default_rng(0).integers(0, 256, (1100, 32, 32, 3), np.uint8)


@pytest.mark.parametrize(
    "given",
    [LARGE, LARGE.transpose(0, 3, 1, 2), np.asfortranarray(LARGE)],
    ids=["rows", "planes", "columns"],
)
def test_what_was_written_is_mapped(tmp_path, given):
    np.savez(tmp_path / "set.npz", first=np.arange(3), large=given)
    found = read_npz(tmp_path / "set.npz")
    assert isinstance(found["large"], np.memmap)
    assert not found["large"].flags.writeable
    assert np.array_equal(found["large"], given)
    assert found["first"].tolist() == [0, 1, 2]


def test_what_was_compressed_is_read(tmp_path):
    np.savez_compressed(tmp_path / "set.npz", large=LARGE)
    found = read_npz(tmp_path / "set.npz")["large"]
    assert not isinstance(found, np.memmap)
    assert np.array_equal(found, LARGE)


def test_a_data_set_s_pixels_are_mapped(tmp_path):
    small = tiny_arrays()
    write(tmp_path / "large.npz", {**small, "x_train": LARGE[:1024], "y_train": np.arange(1024) % 4,
                                   "x_test": LARGE[1024:], "y_test": np.arange(76) % 4})  # fmt: skip
    images = load("large", tmp_path)
    assert not images.x_train.flags.writeable
    assert np.array_equal(images.x_train, LARGE[:1024])


def test_objects_are_refused(tmp_path):
    large = np.array([{}] * 2**20, dtype=object)
    np.savez(tmp_path / "set.npz", **{**tiny_arrays(), "x_train": large})
    with pytest.raises(UserError, match="not a readable"):
        load("set", tmp_path)
