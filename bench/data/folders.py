"""Image folders: `DATA/<name>/{train,validation,test}/<class>/*`, decoded to arrays."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from bench.common.errors import UserError

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"}


def read_folder(folder: Path) -> dict[str, Any]:
    """The arrays of an image folder, as an .npz file would hold them.

    `validation` is joined to `train`: the bench draws its own validation split from a recorded seed.
    Raises UserError for missing splits, unknown classes, unreadable images or differing sizes.
    """
    for split in ("train", "test"):
        if not (folder / split).is_dir():
            raise UserError(f"{folder}: has no folder {split}/ with one folder a class in it")
    classes = sorted(path.name for path in (folder / "train").iterdir() if path.is_dir())
    if not classes:
        raise UserError(f"{folder / 'train'}: has no class folders")
    arrays: dict[str, Any] = {"classes": np.array(classes)}
    for split, parts in (("train", ("train", "validation")), ("test", ("test",))):
        pictures = [one for part in parts for one in _pictures(folder / part, classes)]
        if not pictures:
            raise UserError(f"{folder / split}: has no images")
        arrays[f"x_{split}"] = _decode([path for path, _ in pictures])
        arrays[f"y_{split}"] = np.array([label for _, label in pictures], dtype=np.int64)
    about = folder / "PROVENANCE.txt"
    if about.is_file():
        arrays["provenance"] = np.array(about.read_text(encoding="utf-8").strip())
    return arrays


def listing(folder: Path) -> str:
    """A digest of the names, sizes and times of all files in a folder: another one if anything changed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    about = [(str(path.relative_to(folder)), path.stat()) for path in files]
    text = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in about)
    return hashlib.sha256(text.encode()).hexdigest()


def _pictures(split: Path, classes: list[str]) -> list[tuple[Path, int]]:
    found = []
    for folder in sorted(path for path in split.glob("*") if path.is_dir()):
        if folder.name not in classes:
            raise UserError(f"{folder}: class {folder.name!r} is not among those of train/")
        label = classes.index(folder.name)
        found += [(path, label) for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES]
    return found


def _decode(paths: list[Path]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    images = []
    for path in paths:
        try:
            with Image.open(path) as picture:
                images.append(np.asarray(picture.convert("RGB"), dtype=np.uint8))
        except (OSError, UnidentifiedImageError) as error:
            raise UserError(f"{path}: not a readable image ({error})") from error
        if images[-1].shape != images[0].shape:
            raise UserError(
                f"{path}: {images[-1].shape[1]}×{images[-1].shape[0]} pixels, where "
                f"{paths[0].name} has {images[0].shape[1]}×{images[0].shape[0]}; resize them alike"
            )
    return np.stack(images)
