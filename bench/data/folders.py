"""Image folders: `DATA/<name>/{train,validation,test}/<class>/*`, decoded to arrays of 8-bit colours.

What 8 bits and three colours cannot say is refused, not bent: deeper grey values, transparent pixels.
"""

import hashlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bench.common.errors import UserError

_DECODER = 2  # raised when files decode to other pixels than before: what was kept is then void
_EIGHT_BITS = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV")
_ORIENTATION = 0x0112  # the EXIF tag; 1 is upright
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
    turned = 0
    for split, parts in (("train", ("train", "validation")), ("test", ("test",))):
        pictures = [one for part in parts for one in _pictures(folder / part, classes)]
        if not pictures:
            raise UserError(f"{folder / split}: has no images")
        arrays[f"x_{split}"], tilted = _decode([path for path, _ in pictures])
        turned += tilted
        arrays[f"y_{split}"] = np.array([label for _, label in pictures], dtype=np.int64)
    arrays.update(_provenance(folder, turned))
    return arrays


def _provenance(folder: Path, turned: int) -> dict[str, Any]:
    """What PROVENANCE.txt says, and that images were turned; nothing where there is nothing to say."""
    about = folder / "PROVENANCE.txt"
    try:
        said = about.read_text(encoding="utf-8").strip() if about.is_file() else ""
    except ValueError as error:
        raise UserError(f"{about}: not a text in UTF-8 ({error})") from error
    note = f"{turned} images turned upright, as their EXIF orientation says" if turned else ""
    told = [said or f"{folder.name}, as found, of unknown origin", note] if note else [said]
    return {"provenance": np.array("; ".join(told))} if any(told) else {}


def listing(folder: Path) -> str:
    """A digest of the names, sizes and times of all files in a folder: another one if anything changed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    about = [(str(path.relative_to(folder)), path.stat()) for path in files]
    text = f"{_DECODER}\n" + "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in about)
    return hashlib.sha256(text.encode()).hexdigest()


def _pictures(split: Path, classes: list[str]) -> list[tuple[Path, int]]:
    found = []
    for folder in sorted(path for path in split.glob("*") if path.is_dir()):
        if folder.name not in classes:
            raise UserError(f"{folder}: class {folder.name!r} is not among those of train/")
        label = classes.index(folder.name)
        paths = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES)
        found += [(path, label) for path in paths if path.is_file()]
    return found


def _decode(paths: list[Path]) -> tuple[NDArray[np.uint8], int]:
    """The images (N, height, width, 3), and how many of them had to be turned upright."""
    images: list[NDArray[np.uint8]] = []
    turned = 0
    for path in paths:
        image, tilted = _pixels(path)
        if images and image.shape != images[0].shape:
            raise UserError(
                f"{path}: {image.shape[1]}×{image.shape[0]} pixels, where "
                f"{paths[0].name} has {images[0].shape[1]}×{images[0].shape[0]}; resize them alike"
            )
        images.append(image)
        turned += tilted
    return np.stack(images), turned


def _pixels(path: Path) -> tuple[NDArray[np.uint8], bool]:
    """An image as it is meant to be seen (height, width, 3), and whether it had to be turned for that."""
    try:
        with Image.open(path) as picture:
            if picture.mode not in _EIGHT_BITS:
                raise UserError(
                    f"{path}: {picture.mode} pixels, of more than 8 bits; convert it to 8 bits a channel"
                )
            if picture.has_transparency_data and np.asarray(picture.convert("RGBA"))[..., 3].min() < 255:
                raise UserError(f"{path}: has transparent pixels; lay it on a background of your choice")
            tilted = picture.getexif().get(_ORIENTATION, 1) not in (0, 1)
            upright = ImageOps.exif_transpose(picture) if tilted else picture
            return np.asarray(upright.convert("RGB"), dtype=np.uint8), tilted
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise UserError(f"{path}: not a readable image ({error})") from error
