"""Freed memory, kept: large tensors come and go every step, and mapping each anew costs time."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's <malloc.h>
_NEVER, _LARGE = 2**31 - 1, 2**30


def keep_freed() -> None:
    """Have glibc reuse what was freed instead of returning it to the system; elsewhere nothing happens.

    Otherwise every block above 32 MiB at most is mapped anew, and each of its pages costs a fault: some
    5,000 a step of ResNet-20. A process does not take more memory at its peak.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_TRIM_THRESHOLD, _NEVER)
