"""Yes or no for each of many images, as text: a bit an image, in base64. Needs numpy alone."""

import base64
import binascii

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
