"""Batch norm with what follows it, in one pass over memory each way on cores.

torch does batch norm, addition and ReLU one after the other, each with passes over memory of its own. On
cores that multiply matrices fast, these passes are half of a residual network's step
(`docs/performance.md`).
"""

import ctypes
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from bench.common.compiled import library

_POINTER, _LONG, _INT, _DOUBLE = ctypes.c_void_p, ctypes.c_long, ctypes.c_int, ctypes.c_double
_CALLS = {  # each there for every type of maps
    "evaluate": [*[_POINTER] * 7, _LONG, _INT, _DOUBLE, _INT, _INT],
    "forward": [*[_POINTER] * 9, _LONG, _INT, _DOUBLE, _DOUBLE, _INT, _INT],
    "backward": [*[_POINTER] * 10, _LONG, _INT, _INT],
}
_TYPES = (torch.bfloat16, torch.float32)


class BatchNorm(nn.BatchNorm2d):
    """Batch norm; then, where asked for, an addition and ReLU.

    Wherever `fusible` says so, `batch_norm.cpp` does all of it, else torch's operations. The two agree but
    for rounding: the former rounds to bf16 once, at the end.
    """

    def __init__(self, channels: int, relu: bool = False) -> None:
        super().__init__(channels)
        self.relu = relu

    def forward(self, x: Tensor, added: Tensor | None = None) -> Tensor:
        """ReLU(norm(x) + added) of maps (n, channels, height, width), both of one shape."""
        if not self.fusible(x, added):
            y = super().forward(x)
            y = y if added is None else y + added
            return torch.relu_(y) if self.relu else y
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        statistics = (self.weight, self.bias, self.running_mean, self.running_var)
        if not self.training:
            return _evaluate(x, added, *statistics, self.eps, self.relu)
        self.num_batches_tracked.add_(1)
        momentum = self.momentum or 0.0
        made: Tensor = _Fused.apply(x, added, *statistics, momentum, self.eps, self.relu)  # type: ignore[no-untyped-call]
        return made

    def fusible(self, x: Tensor, added: Tensor | None) -> bool:
        """Whether these maps can take the one pass: on cores, channels-last, in whole vectors.

        Frozen statistics that gradients pass through are left to torch.
        """
        channels_last = torch.channels_last
        return (
            x.device.type == "cpu"
            and x.dtype in _TYPES
            and x.is_contiguous(memory_format=channels_last)
            and (added is None or (added.dtype == x.dtype and added.shape == x.shape))
            and self.weight.dtype == torch.float32
            and self.momentum is not None
            and (self.training or not torch.is_grad_enabled())
            and not torch.compiler.is_compiling()
            and available()
            and x.numel() > x.shape[1]
            and x.numel() % _period(x.shape[1]) == 0
        )

    def extra_repr(self) -> str:
        """As torch's, and whether ReLU follows."""
        return f"{super().extra_repr()}, relu={self.relu}"  # type: ignore[no-untyped-call]


def available() -> bool:
    """Whether this machine has the one pass: it is not switched off, and could be compiled."""
    return _library() is not None


def _library() -> ctypes.CDLL | None:
    return library(__file__)


@cache
def _period(channels: int) -> int:
    made = _library()
    assert made is not None  # whoever asks has asked `available` before
    made.period.argtypes, made.period.restype = [_INT], _LONG
    return int(made.period(channels))


@cache
def _calls(of: torch.dtype) -> SimpleNamespace:
    """The compiled functions for maps of a type, by name."""
    made, suffix = _library(), str(of).removeprefix("torch.")
    assert made is not None
    return SimpleNamespace(
        **{
            name: ctypes.CFUNCTYPE(None, *arguments).in_dll(made, f"{name}_{suffix}")
            for name, arguments in _CALLS.items()
        }
    )


def _evaluate(
    x: Tensor,
    added: Tensor | None,
    weight: Tensor,
    bias: Tensor,
    mean: Tensor,
    variance: Tensor,
    eps: float,
    relu: bool,
) -> Tensor:
    y = torch.empty_like(x)
    given = _places(x, _alike(added), weight, bias, mean, variance, y)
    _calls(x.dtype).evaluate(*given, x.numel(), x.shape[1], eps, relu, torch.get_num_threads())
    return y


class _Fused(torch.autograd.Function):
    """A training step's, forward and backward (Ioffe and Szegedy 2015, arXiv 1502.03167, Algorithm 1)."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        added: Tensor | None,
        weight: Tensor,
        bias: Tensor,
        running_mean: Tensor,
        running_var: Tensor,
        momentum: float,
        eps: float,
        relu: bool,
    ) -> Tensor:
        y, channels = torch.empty_like(x), x.shape[1]
        mean, inverse = torch.empty_like(weight), torch.empty_like(weight)
        given = _places(x, _alike(added), weight, bias, running_mean, running_var, y, mean, inverse)
        threads = torch.get_num_threads()
        _calls(x.dtype).forward(*given, x.numel(), channels, momentum, eps, relu, threads)
        ctx.adds = added is not None
        ctx.save_for_backward(x, y if relu else None, weight, mean, inverse)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, y, weight, mean, inverse = ctx.saved_tensors
        dy = _alike(dy)
        dx, dweight, dbias = torch.empty_like(x), torch.empty_like(weight), torch.empty_like(weight)
        through = dy if y is None else torch.empty_like(x) if ctx.adds else dx
        given = _places(dy, x, y, weight, mean, inverse, through, dx, dweight, dbias)
        _calls(x.dtype).backward(*given, x.numel(), x.shape[1], torch.get_num_threads())
        return dx, through if ctx.adds else None, dweight, dbias, None, None, None, None, None


def _alike(maps: Any) -> Any:
    """Maps in the one format that is read here; those that are not there stay so."""
    return None if maps is None else maps.contiguous(memory_format=torch.channels_last)


def _places(*tensors: Tensor | None) -> list[int | None]:
    return [None if one is None else one.data_ptr() for one in tensors]


if __name__ == "__main__":
    from bench.common.compiled import NotCompiled, compiled

    try:
        compiled(Path(__file__).with_suffix(".cpp"))
    except NotCompiled as error:
        print(f"no C++ compiler ({error}): networks train slower; install one, such as g++, and repeat")
