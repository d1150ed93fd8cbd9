"""bf16 is computed in bf16 only where a device has it; else in float32, and a run's class says so."""

import pytest
import torch
from torch import nn

from bench.train import precision
from bench.train.environment import environment_class
from bench.train.network import Network

CORES = torch.device("cpu")


class Seen(nn.Module):
    """Keeps the type in which its convolution computes."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.convolution(x)
        self.type = maps.dtype
        return maps.mean((2, 3))


@pytest.fixture(params=[True, False], ids=["with bf16", "without"])
def half(request, monkeypatch):
    def flags(self, encoding):
        return "flags\t: fpu avx2 avx512f " + ("avx512_bf16" if request.param else "avx512_vnni")

    for cached in (precision.instructions, precision.cores_have_half):
        cached.cache_clear()
    monkeypatch.setattr(precision.Path, "read_text", flags)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    yield request.param
    for cached in (precision.instructions, precision.cores_have_half):
        cached.cache_clear()


@pytest.mark.parametrize("asked", ["bf16", "fp32"])
def test_networks_compute_in_what_the_cores_have(half, asked):
    model, zero = Seen(), torch.zeros(3, 1, 1)
    logits = Network(model, zero, zero + 1, 2, asked).logits(torch.zeros(4, 3, 2, 2, dtype=torch.uint8))
    assert model.type == (torch.bfloat16 if half and asked == "bf16" else torch.float32)
    assert logits.dtype == torch.float32


def test_the_class_says_what_is_not_computed_in_bf16(half):
    assert ("no bf16" in environment_class(CORES)) == (not half)
    assert ("avx512_bf16" in environment_class(CORES)) == half


def test_flags_alone_do_not_do(half, monkeypatch):
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    assert not precision.is_half("bf16", CORES)
    assert precision.is_half("bf16", torch.device("cuda"))
