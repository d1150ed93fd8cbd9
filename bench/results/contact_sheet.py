"""A contact sheet of augmentations: rows are methods, columns draws, so that a person sees what each does."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bench.data.augment import Draw, compose
from bench.data.split import channel_statistics, principal_colours
from bench.spec.base import Named

_SAMPLE = 2000  # training images whose colours stand for all
_GAP = 2  # pixels between images
_INCH = 0.62  # an image's side on the sheet
_LETTER = 0.08  # inches of a letter of the names beside


def contact_sheet(
    images: NDArray[np.uint8],
    rows: Mapping[str, Sequence[Named]],
    label: str,
    draws: int = 10,
    dpi: int = 120,
) -> bytes:
    """A PNG: the first images (n, height, width, channels), then a row for each composition of methods.

    The same images and draws whenever it is called. Raises UserError for an unknown method or option.
    """
    known = torch.from_numpy(images[:_SAMPLE].copy())
    shown = known[:draws].permute(0, 3, 1, 2)
    lines, names = [_line(shown)], ["as they are"]
    for name, steps in rows.items():
        generator = torch.Generator().manual_seed(0)
        draw = Draw(generator, channel_statistics(known)[0], lambda: principal_colours(known))
        made, _ = compose(steps)(shown, draw)
        lines.append(_line(made))
        names.append(name)
    return _png(np.concatenate(lines), names, draws, label, dpi)


def _line(images: torch.Tensor) -> NDArray[np.uint8]:
    """Images (n, channels, height, width) side by side on white; (height, n × width, 3)."""
    n, _, height, width = images.shape
    line = np.full((height + _GAP, n * (width + _GAP), 3), 255, dtype=np.uint8)
    for i, image in enumerate(images.permute(0, 2, 3, 1).numpy()):
        line[:height, i * (width + _GAP) : i * (width + _GAP) + width] = image
    return line


def _png(sheet: NDArray[np.uint8], names: Sequence[str], draws: int, label: str, dpi: int) -> bytes:
    size = (_INCH * draws + 0.4 + _LETTER * max(map(len, names)), _INCH * len(names) + 0.3)
    canvas = Figure(figsize=size, layout="constrained", dpi=dpi)
    axis = canvas.subplots()
    axis.imshow(sheet, interpolation="nearest")
    axis.set_anchor("E")  # what room is left is for the names
    height = sheet.shape[0] / len(names)
    axis.set_yticks([(i + 0.5) * height for i in range(len(names))], names)
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    short = label if len(label) < 100 else label[:97] + "…"
    axis.set_xlabel(short, loc="left", fontsize=8, color="#5c6470")
    out = io.BytesIO()
    canvas.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
