"""Freed memory, kept: large tensors come and go every step, and mapping each anew costs time."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of glibc's <malloc.h>
_NEVER, _LARGE = 2**31 - 1, 2**30


def keep_freed() -> None:
    """Have glibc reuse what was freed instead of returning it to the system; elsewhere nothing happens.

    Otherwise large blocks are mapped anew every time, and each of their pages costs a fault. One arena is
    enough: Ray trains each run in a thread of its own, and what threads keep apart adds up.
    `python -m benchmarks.engine` measures the difference.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_TRIM_THRESHOLD, _NEVER)
        library.mallopt(_ARENA_MAX, 1)
