"""This machine's peaks: what a network's step can be held against."""

from collections.abc import Callable
from time import perf_counter

import torch

Timed = Callable[[], float]  # does a round, gives images (or operations) a second


def convolution(precision: torch.dtype) -> Timed:
    """3×3 convolutions of 256 channels, the densest that there are; operations a second (two a MAC)."""
    layer = torch.nn.Conv2d(256, 256, 3, padding=1, bias=False).to(
        precision, memory_format=torch.channels_last
    )  # type: ignore[call-overload]
    x = torch.randn(16, 256, 32, 32, dtype=precision).contiguous(memory_format=torch.channels_last)
    operations = 2 * 16 * 32 * 32 * 256 * 256 * 9

    @torch.no_grad()
    def once() -> float:
        began = perf_counter()
        for _ in range(4):
            layer(x)
        return 4 * operations / (perf_counter() - began)

    return once


def product(precision: torch.dtype) -> Timed:
    """Products of 1024×1024 matrices; operations a second."""
    a, b = torch.randn(1024, 1024, dtype=precision), torch.randn(1024, 1024, dtype=precision)

    def once() -> float:
        began = perf_counter()
        for _ in range(8):
            a @ b
        return 8 * 2 * 1024**3 / (perf_counter() - began)

    return once


def copying() -> Timed:
    """Copies of 64 MB; bytes a second, read and written."""
    a = torch.empty(2**26, dtype=torch.uint8)
    b = torch.empty_like(a)

    def once() -> float:
        began = perf_counter()
        for _ in range(4):
            b.copy_(a)
        return 4 * 2 * 2**26 / (perf_counter() - began)

    return once


PEAKS: dict[str, Callable[[str], Timed]] = {
    "convolution bf16": lambda model: convolution(torch.bfloat16),
    "convolution fp32": lambda model: convolution(torch.float32),
    "product bf16": lambda model: product(torch.bfloat16),
    "product fp32": lambda model: product(torch.float32),
    "copy": lambda model: copying(),
}
