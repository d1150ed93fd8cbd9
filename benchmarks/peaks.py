"""This machine's peaks: what a network's step can be held against."""

from collections.abc import Callable
from time import perf_counter

import torch

Timed = Callable[[], float]  # does a round, gives images (or operations) a second


CPU = torch.device("cpu")


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def convolution(precision: torch.dtype, device: torch.device = CPU) -> Timed:
    """3×3 convolutions of 256 channels, the densest that there are; operations a second (two a MAC)."""
    n = 16 if device.type == "cpu" else 512
    layer = torch.nn.Conv2d(256, 256, 3, padding=1, bias=False).to(
        device, precision, memory_format=torch.channels_last
    )  # type: ignore[call-overload]
    x = torch.randn(n, 256, 32, 32, dtype=precision, device=device)
    x = x.contiguous(memory_format=torch.channels_last)
    operations = 2 * n * 32 * 32 * 256 * 256 * 9

    @torch.no_grad()
    def once() -> float:
        began = perf_counter()
        for _ in range(4):
            layer(x)
        _wait(device)
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


def copying(device: torch.device = CPU) -> Timed:
    """Copies of 64 MB (1 GB on a GPU); bytes a second, read and written."""
    size = 2**26 if device.type == "cpu" else 2**30
    a = torch.empty(size, dtype=torch.uint8, device=device)
    b = torch.empty_like(a)

    def once() -> float:
        began = perf_counter()
        for _ in range(4):
            b.copy_(a)
        _wait(device)
        return 4 * 2 * size / (perf_counter() - began)

    return once


PEAKS: dict[str, Callable[[str], Timed]] = {
    "convolution bf16": lambda model: convolution(torch.bfloat16),
    "convolution fp32": lambda model: convolution(torch.float32),
    "product bf16": lambda model: product(torch.bfloat16),
    "product fp32": lambda model: product(torch.float32),
    "copy": lambda model: copying(),
}
