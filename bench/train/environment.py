"""The class of machines within which a run gives the same digits.

It is told by torch's version, the device, and on cores by instructions and what does batch norm.
"""

import platform
from pathlib import Path

import torch

from bench.models import batch_norm

# what oneDNN chooses its kernels by, best first (Linux's names of the processor's flags)
_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "avx512f", "avx2")


def environment_class(device: torch.device) -> str:
    """In words, such as `torch 2.13.0, cpu, avx512_bf16, fused`; the last where batch norm is one pass."""
    version = f"torch {torch.__version__.partition('+')[0]}"
    if device.type == "cuda":
        return f"{version}, {torch.cuda.get_device_name(device)}"
    fused = ["fused"] if batch_norm.available() else []
    return ", ".join([version, device.type, _instructions(), *fused])


def _instructions() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return next((name for name in _INSTRUCTIONS if name in flags), platform.machine())
