"""Predictions that final runs keep: log-probabilities of the validation and test images, in one file a run.

The file is an .npz of float16 arrays (images, classes), named SPLIT/WEIGHTS/VIEW as in `test/last/0`, with
the labels (images,) as SPLIT/labels and the run's key as `key`. Needs numpy alone.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.common.errors import UserError
from bench.common.files import written_whole

FILE = "predictions.npz"


def write(path: Path, key: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write the file whole or not at all; gives its sha256."""
    with written_whole(path) as file:
        np.savez(file, allow_pickle=False, key=np.array(key), **arrays)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(data: bytes, key: str, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays by name. Raises UserError where it is not the file that the run with that key wrote."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(f"{FILE} of run {key[:12]} has been changed or cut")
    try:
        with np.load(BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"{FILE} of run {key[:12]} cannot be read: {error}") from error
    if str(arrays.pop("key", "")) != key:
        raise UserError(f"{FILE} of run {key[:12]} belongs to another run")
    return arrays
