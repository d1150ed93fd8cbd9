"""Yes or no, or a class, for each of many images, as text in base64. Needs numpy alone."""

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

from bench.common.errors import UserError


def packed(bits: NDArray[np.bool_]) -> str:
    """The bits (n,) as text."""
    return base64.b64encode(np.packbits(bits).tobytes()).decode()


def unpacked(text: str, n: int) -> NDArray[np.bool_]:
    """The n bits of a text. Raises UserError where it is not one of so many."""
    try:
        bits = np.unpackbits(np.frombuffer(base64.b64decode(text, validate=True), np.uint8))
    except binascii.Error as error:
        raise UserError(f"not a text of bits: {error}") from error
    if len(bits) - n not in range(8) or bits[n:].any():
        raise UserError(f"a text of {len(bits)} bits where {n} are meant")
    return bits[:n].astype(bool)


def classes_packed(labels: NDArray[np.integer]) -> str:
    """The classes (n,), from 0 to 65,535, as compressed text."""
    return base64.b64encode(zlib.compress(labels.astype("<u2").tobytes(), 9)).decode()


def classes_unpacked(text: str, n: int) -> NDArray[np.int64]:
    """The n classes of a text. Raises UserError where it is not one of so many."""
    try:
        packer = zlib.decompressobj()
        content = packer.decompress(base64.b64decode(text, validate=True), 2 * n + 1)
    except (binascii.Error, zlib.error) as error:
        raise UserError(f"not a text of classes: {error}") from error
    if len(content) != 2 * n:
        raise UserError(f"a text of other than the {n} classes that are meant")
    return np.frombuffer(content, "<u2").astype(np.int64)
