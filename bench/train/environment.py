"""The class of machines within which a run gives the same digits.

It is told by torch's version, the device, and on cores by instructions, by whether they compute in bf16 where
a recipe asks for it, and by what does batch norm.
"""

import torch

from bench.models import batch_norm
from bench.train.precision import cores_have_half, instructions


def environment_class(device: torch.device) -> str:
    """In words, such as `torch 2.13.0, cpu, avx512_bf16, fused`; the last where batch norm is one pass.

    Where bf16 is computed in float32: `torch 2.13.0, cpu, avx2, no bf16, fused`.
    """
    version = f"torch {torch.__version__.partition('+')[0]}"
    if device.type == "cuda":
        return f"{version}, {torch.cuda.get_device_name(device)}"
    half = [] if cores_have_half() else ["no bf16"]
    fused = ["fused"] if batch_norm.available() else []
    return ", ".join([version, device.type, instructions(), *half, *fused])
