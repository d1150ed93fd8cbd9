"""Boxes that go with their images: masks of them are augmented with the very numbers that the images were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench.common.errors import UserError
from bench.data.augment import Draw, method

if TYPE_CHECKING:
    from bench.spec.base import Named

_FILLED, _HALF = 255, 128  # of a mask's pixels: inside the box, and the least that counts as inside


def movable(steps: Sequence[Named]) -> None:
    """Raises UserError for a method of which it is not known where it puts things."""
    for step in steps:
        if not getattr(method(step), "boxes", ""):
            raise UserError(f"augmentation {step.name}: boxes cannot be moved along with it")


def moved_along(
    boxes: Tensor, shape: Sequence[int], steps: Sequence[Named], draw: Draw, state: Tensor
) -> tuple[Tensor, Tensor]:
    """Boxes (n, 4: x, y, width, height in pixels) after augmentation, and whether (n,) anything of them is
    left.

    `shape` is that of the images (n, channels, height, width), `state` the generator's before it augmented
    them. A box that was turned is framed anew, so it can only grow.
    """
    generator = torch.Generator(boxes.device)
    generator.set_state(state)
    again = Draw(generator, torch.zeros_like(draw.mean), draw.principal)
    masks = _masks(boxes, shape)
    for step in steps:
        named = method(step)
        made = named(masks, again, **step.options)  # draws as it drew for the images, whatever becomes of it
        if named.boxes == "moved":  # type: ignore[attr-defined]
            assert isinstance(made, Tensor)
            masks = made
    return _framed(masks)


def _masks(boxes: Tensor, shape: Sequence[int]) -> Tensor:
    """Images (n, channels, height, width) uint8 that are white inside the boxes, in channels-last memory."""
    n, channels, height, width = shape
    left, top, right, bottom = (side[:, None] for side in _ends(boxes))
    across, down = (torch.arange(side, device=boxes.device) + 0.5 for side in (width, height))
    inside = ((across > left) & (across < right))[:, None, :] & ((down > top) & (down < bottom))[:, :, None]
    filled = inside.to(torch.uint8).mul_(_FILLED)[:, :, :, None].expand(n, height, width, channels)
    return filled.contiguous().permute(0, 3, 1, 2)


def _ends(boxes: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x, y, width, height = boxes.unbind(1)
    return x, y, x + width, y + height


def _framed(masks: Tensor) -> tuple[Tensor, Tensor]:
    """The least boxes (n, 4) that frame what is inside, and whether (n,) there is anything."""
    inside = masks[:, 0] >= _HALF
    columns, rows = inside.any(1), inside.any(2)  # (n, width), (n, height)
    firsts, ends = zip(*(_extent(line) for line in (columns, rows)), strict=True)
    corner = torch.stack(firsts, dim=1).float()
    size = torch.stack(ends, dim=1).float() - corner
    return torch.cat([corner, size], dim=1), columns.any(1)


def _extent(line: Tensor) -> tuple[Tensor, Tensor]:
    """The first place (n,) of what is true along a line (n, places), and the one behind the last."""
    places = torch.arange(line.shape[1], device=line.device)
    first = torch.where(line, places, line.shape[1]).amin(1)
    end = torch.where(line, places + 1, 0).amax(1)
    return torch.minimum(first, end), end
