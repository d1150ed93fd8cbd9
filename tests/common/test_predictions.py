import numpy as np
import pytest

from bench.common import predictions
from bench.common.errors import UserError

ARRAYS = {"test/labels": np.arange(5, dtype=np.int16), "test/last/0": np.ones((5, 2), np.float16)}


def test_round_trip(tmp_path):
    digest = predictions.write(tmp_path / predictions.FILE, "key", ARRAYS)
    found = predictions.read((tmp_path / predictions.FILE).read_bytes(), "key", digest)
    assert found.keys() == ARRAYS.keys()
    assert all(
        np.array_equal(found[name], ARRAYS[name]) and found[name].dtype == ARRAYS[name].dtype
        for name in found
    )


def test_the_same_predictions_are_the_same_bytes(tmp_path):
    assert predictions.write(tmp_path / "a", "key", ARRAYS) == predictions.write(
        tmp_path / "b", "key", ARRAYS
    )


def test_what_is_cut_changed_or_another_run_s_is_refused(tmp_path):
    path = tmp_path / predictions.FILE
    digest = predictions.write(path, "key", ARRAYS)
    data = path.read_bytes()
    with pytest.raises(UserError, match="changed or cut"):
        predictions.read(data[:-1], "key", digest)
    with pytest.raises(UserError, match="belongs to another run"):
        predictions.read(data, "other", digest)
