"""Layer by layer: what one image costs on its way through a network, by exact arithmetic.

The network and the image are on the meta device: shapes alone, no numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from bench.common.eager import uncompiled

aten = torch.ops.aten


@dataclass(frozen=True)
class View:
    """What a value of a feature map sees of the image: a square of so many pixels, `jump` apart.

    `unused` are pixels (a side) that no window reached, because the windows did not fit.
    `side` is the map's height; None where places were lost, as after a global pooling.
    """

    field: int = 1
    jump: int = 1
    unused: int = 0
    side: int | None = None


@dataclass
class Layer:
    """One layer: its name in the network, its kind, its output's shape (without the batch), its cost.

    `macs` are multiply-accumulates for one image, `field` the receptive field's side in pixels (None
    where the layer sees the whole image).
    """

    name: str
    kind: str
    output: tuple[int, ...] = ()
    parameters: int = 0
    macs: int = 0
    field: int | None = None


class _Tracer(TorchDispatchMode):
    """Follows each operation: its multiply-accumulates, and the view of the tensor that it makes."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.views: dict[int, View] = {}
        self.alive: list[Tensor] = []  # an id is a tensor's only while it lives
        self.macs = 0
        self.last = View()  # of the last feature map that has places

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        operation = func.overloadpacket
        if operation is aten.native_batch_norm:  # for whose shapes torch does all of its arithmetic in Python
            out: Any = (torch.empty_like(args[0]), None, None)
        else:
            out = func(*args, **(kwargs or {}))
        if operation in flop_registry:
            self.macs += flop_registry[operation](*args, **(kwargs or {}), out_val=out) // 2
        inputs = [one for one in torch.utils._pytree.tree_leaves(args) if isinstance(one, Tensor)]
        made = out[0] if isinstance(out, tuple) else out
        if isinstance(made, Tensor):
            seen = [self.views[id(one)] for one in inputs if id(one) in self.views]
            if seen:
                self.follow(made, _after(operation, args, max(seen, key=lambda one: one.field)))
        return out

    def follow(self, tensor: Tensor, view: View) -> None:
        """Remember what a tensor sees."""
        has_places = view.side is not None and tensor.dim() in (4, 5)  # windows stand in a fifth dimension
        view = replace(view, side=tensor.shape[2] if has_places else view.side)
        self.views[id(tensor)] = view
        self.alive.append(tensor)
        if has_places:
            self.last = view


def _after(operation: Any, args: Any, view: View) -> View:
    """The view after an operation on a tensor with that view."""
    if operation in (aten.convolution, aten._convolution):
        weight, stride, padding, dilation = args[1], args[3], args[4], args[5]
        return _window(view, weight.shape[2], stride[0], padding[0], dilation[0])
    if operation in (aten.max_pool2d_with_indices, aten.max_pool2d, aten.avg_pool2d):
        kernel, stride = args[1], (args[2] if len(args) > 2 and args[2] else args[1])
        return _window(view, kernel[0], stride[0], args[3][0] if len(args) > 3 else 0, 1)
    if operation is aten.unfold and args[1] == 2:
        return _window(view, args[2], args[3], 0, 1)
    if operation is aten.slice and len(args) > 4 and args[1] == 2:
        return _window(view, 1, args[4], 0, 1)
    if operation in (aten.mean, aten.mm, aten.addmm):
        return replace(view, side=None)
    return view


def _window(view: View, kernel: int, stride: int, padding: int, dilation: int) -> View:
    if view.side is None:
        return view
    reach = dilation * (kernel - 1)
    left_over = (view.side + 2 * padding - reach - 1) % stride
    return replace(
        view,
        field=view.field + reach * view.jump,
        jump=view.jump * stride,
        unused=view.unused + left_over * view.jump,
    )


@torch.no_grad()
def trace(network: nn.Module, channels: int, size: tuple[int, int]) -> tuple[list[Layer], View]:
    """The layers of a network on the meta device, for one image, and the view of its last feature map.

    Layers are the modules without children that have weights or change the shape.
    """
    tracer, layers = _Tracer(), list[Layer]()
    image = torch.empty(1, channels, *size, device="meta")
    with _rows(network, tracer, layers), uncompiled(), tracer:
        tracer.follow(image, View(side=size[0]))
        network(image)
    return layers, tracer.last


@contextmanager
def _rows(network: nn.Module, tracer: _Tracer, layers: list[Layer]) -> Iterator[None]:
    """While this is open, each leaf module that runs leaves its row."""
    begun: dict[nn.Module, int] = {}
    handles = []

    def before(module: nn.Module, inputs: Any) -> None:
        begun[module] = tracer.macs

    def after(name: str) -> Any:
        def row(module: nn.Module, inputs: Any, output: Tensor) -> None:
            parameters = sum(one.numel() for one in module.parameters(recurse=False))
            if not parameters and inputs[0].shape == output.shape:
                return
            view = tracer.views.get(id(output), View())
            layers.append(
                Layer(
                    name=name,
                    kind=type(module).__name__,
                    output=tuple(output.shape[1:]),
                    parameters=parameters,
                    macs=tracer.macs - begun[module],
                    field=None if view.side is None else view.field,
                )
            )

        return row

    for name, module in network.named_modules():
        if not list(module.children()):
            handles.append(module.register_forward_pre_hook(before))
            handles.append(module.register_forward_hook(after(name)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
