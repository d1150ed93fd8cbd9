"""What a recipe's precision stands for on a device: half precision only where that is the faster one."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

import torch

# what oneDNN chooses its kernels by, best first (Linux's names of the processor's flags)
_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "avx_ne_convert", "avx512f", "avx2")
_HALF = ("amx_bf16", "avx512_bf16", "avx_ne_convert", "arm64", "aarch64")


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """The context in which a forward pass computes in that precision, on that device."""
    return torch.autocast(device.type, torch.bfloat16, enabled=is_half(precision, device))


def is_half(precision: str, device: torch.device) -> bool:
    """Whether convolutions and products are computed in bf16: it is asked for, and the device has it."""
    return precision == "bf16" and (device.type != "cpu" or cores_have_half())


@cache
def cores_have_half() -> bool:
    """Whether this machine's cores have instructions for bf16, and torch's convolutions use them.

    Without, torch falls back to code that is an order of magnitude slower than float32
    (https://github.com/pytorch/pytorch/issues/183815), or oneDNN emulates them at half of float32's speed
    (https://github.com/uxlfoundation/oneDNN/issues/493).
    """
    return instructions() in _HALF and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@cache
def instructions() -> str:
    """The best instructions for networks that this machine's cores have, else its architecture."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return next((name for name in _INSTRUCTIONS if name in flags), platform.machine())
