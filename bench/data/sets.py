"""Reading data sets: `DATA/<name>.npz`, an image folder `DATA/<name>/`, or the embedded `shapes`."""

import hashlib
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.data import shapes
from bench.data.folders import listing, read_folder
from bench.data.mapped import read_npz

STAND_IN = "shapes"
_NEEDED = ("x_train", "y_train", "x_test", "y_test")
_BOXES = ("boxes_train", "boxes_test")
_WIDTHS = {"y": "<i8", "b": "<f4"}  # of labels and boxes, for the fingerprint


@dataclass(frozen=True)
class ImageSet:
    """A data set in memory: images (n, height, width, channels) uint8, labels (n,) int64."""

    name: str
    x_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]
    provenance: str
    fingerprint: str
    boxes_train: NDArray[np.float32] | None = None  # (n, 4): x, y, width, height in pixels, from top left
    boxes_test: NDArray[np.float32] | None = None

    @property
    def channels(self) -> int:
        """1 for grey images, 3 for colour."""
        return int(self.x_train.shape[3])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.x_train.shape[1]), int(self.x_train.shape[2])


class NotThere(UserError):
    """The data set is not in the data folder."""


def load(name: str, data_dir: str | Path = "data") -> ImageSet:
    """The data set of that name from the data folder; `shapes` is drawn where it is not there yet.

    Raises NotThere (a UserError) if there is no such data set, UserError if it is broken.
    """
    folder = Path(data_dir).resolve()
    path = folder / f"{name}.npz"
    if not path.is_file() and (folder / name).is_dir():
        return _load_folder(name, folder / name, listing(folder / name))
    if not path.is_file() and name == STAND_IN:
        write(path, shapes.arrays())
    if not folder.is_dir():
        raise NotThere(f"there is no data set {name!r}: the folder {folder} does not exist")
    if not path.is_file():
        raise NotThere(f"there is no data set {name!r}: neither {path} nor the folder {folder / name}")
    about = path.stat()
    return _load_npz(name, path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=2)  # a kept worker trains many runs on few data sets; the stamp voids a changed file
def _load_npz(name: str, path: Path, mtime_ns: int, size: int) -> ImageSet:
    try:
        arrays = read_npz(path)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise UserError(f"{path}: not a readable .npz file ({error})") from error
    return _checked(name, str(path), arrays)


@lru_cache(maxsize=2)
def _load_folder(name: str, folder: Path, stamp: str) -> ImageSet:
    """Decoded once: the arrays are kept beside the folder until a file in it changes."""
    kept = folder.parent / ".decoded" / f"{name}.npz"
    if kept.is_file():
        with suppress(OSError, ValueError, zipfile.BadZipFile, EOFError):
            arrays = read_npz(kept)
            if str(arrays["stamp"]) == stamp:
                return _checked(name, str(folder), arrays)
    arrays = read_folder(folder)
    with suppress(UserError):  # a data folder that cannot be written is decoded each time
        write(kept, {**arrays, "stamp": np.array(stamp)})
    return _checked(name, str(folder), arrays)


def _checked(name: str, where: str, arrays: Mapping[str, Any]) -> ImageSet:
    for key in _NEEDED:
        if key not in arrays:
            raise UserError(f"{where}: has no {key}; it needs {', '.join(_NEEDED)}")
    split: dict[str, NDArray[Any]] = {}
    for part in ("train", "test"):
        split[f"x_{part}"] = images = _images(where, f"x_{part}", arrays[f"x_{part}"])
        split[f"y_{part}"] = labels = np.asarray(arrays[f"y_{part}"]).reshape(-1)
        if not np.issubdtype(labels.dtype, np.integer):
            raise UserError(f"{where}: y_{part} holds {labels.dtype}, not whole numbers")
        if len(images) != len(labels) or not len(images):
            raise UserError(f"{where}: {len(images)} images in x_{part}, {len(labels)} labels")
    if split["x_train"].shape[1:] != split["x_test"].shape[1:]:
        raise UserError(f"{where}: training and test images differ in size or channels")
    highest = max(int(split["y_train"].max()), int(split["y_test"].max()))
    classes = tuple(str(one) for one in arrays.get("classes", range(highest + 1)))
    lowest = min(int(split["y_train"].min()), int(split["y_test"].min()))
    if lowest < 0 or highest >= len(classes):
        raise UserError(
            f"{where}: labels from {lowest} to {highest}, but {len(classes)} classes "
            f"(labels must be 0 to {len(classes) - 1})"
        )
    boxes = {part: _boxes(where, part, arrays, split[f"x_{part}"]) for part in ("train", "test")}
    if len({one is None for one in boxes.values()}) > 1:
        raise UserError(f"{where}: boxes of one split alone; give boxes_train and boxes_test")
    return ImageSet(
        name=name,
        x_train=split["x_train"],
        y_train=split["y_train"].astype(np.int64),
        x_test=split["x_test"],
        y_test=split["y_test"].astype(np.int64),
        classes=classes,
        provenance=str(arrays.get("provenance", f"{Path(where).name}, as found, of unknown origin")),
        fingerprint=fingerprint(
            split | {f"boxes_{part}": one for part, one in boxes.items() if one is not None}
        ),
        boxes_train=boxes["train"],
        boxes_test=boxes["test"],
    )


def _boxes(
    where: str, part: str, arrays: Mapping[str, Any], images: NDArray[np.uint8]
) -> NDArray[np.float32] | None:
    """The boxes of a split, checked to lie in its images; None where there are none."""
    if f"boxes_{part}" not in arrays:
        return None
    boxes = np.asarray(arrays[f"boxes_{part}"])
    if boxes.shape != (len(images), 4) or not np.issubdtype(boxes.dtype, np.number):
        raise UserError(f"{where}: boxes_{part} has shape {boxes.shape}, not {len(images)}×4 numbers")
    found = boxes.astype(np.float32)
    ends = found[:, :2] + found[:, 2:]
    if not np.isfinite(found).all() or found.min() < 0 or (ends > [images.shape[2], images.shape[1]]).any():
        raise UserError(f"{where}: boxes_{part} (x, y, width, height in pixels) leave the images")
    return found


def _images(where: str, key: str, values: Any) -> NDArray[np.uint8]:
    images = np.asarray(values)
    if images.dtype != np.uint8:
        raise UserError(f"{where}: {key} holds {images.dtype}, not uint8 pixels from 0 to 255")
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (1, 3):
        raise UserError(f"{where}: {key} has shape {images.shape}, not N×H×W or N×H×W×3")
    return images


def fingerprint(arrays: Mapping[str, NDArray[Any]]) -> str:
    """sha256 over shapes, pixels, labels and boxes if there are any, whatever the format and number width."""
    state = hashlib.sha256()
    for key in (*_NEEDED, *(name for name in _BOXES if name in arrays)):
        array = arrays[key] if key.startswith("x") else arrays[key].astype(_WIDTHS[key[0]])
        state.update(f"{key}{array.shape}".encode())
        state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()


def write(target: Path, arrays: Mapping[str, Any]) -> None:
    """Write an .npz file whole or not at all. Raises UserError where the folder cannot be written."""
    with written_whole(target) as file:
        np.savez(file, **arrays)
