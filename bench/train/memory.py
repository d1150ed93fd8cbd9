"""Freed memory, kept: large tensors come and go every step, and mapping each anew costs time."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's <malloc.h>
_NEVER, _LARGE = 2**31 - 1, 2**30


def keep_freed() -> None:
    """Have glibc reuse what was freed instead of returning it to the system; elsewhere nothing happens.

    Otherwise large blocks are mapped anew every time, and each of their pages costs a fault.
    `python -m benchmarks.engine` measures the difference.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_TRIM_THRESHOLD, _NEVER)
