"""Predictions of a trained network: log-probabilities of images, view by view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from bench.common.views import VIEWS
from bench.data.split import Images
from bench.train.epoch import EVALUATION_BATCH
from bench.train.network import Network
from bench.train.weights import WeightSets

if TYPE_CHECKING:
    from bench.spec.ensemble import Predict


def predictions(
    network: Network, sets: WeightSets, predict: Predict, splits: dict[str, Images], train: Images
) -> dict[str, NDArray[np.generic]]:
    """What a run keeps: of every set of weights, and of the last by every view."""
    kept: dict[str, NDArray[np.generic]] = {
        f"{name}/labels": images.y.cpu().numpy().astype(np.int16) for name, images in splits.items()
    }
    views = VIEWS if predict.shift else VIEWS[:1]
    for weights, model in sets.models(lambda model: _see(network.replace(model), train)):
        one = network.replace(model)
        for name, images in splits.items():
            shift = _pixels(predict.shift or 0, images.x.shape[2])
            for number, view in enumerate(views if weights == "last" else VIEWS[:1]):
                found = log_probabilities(one, images, (view[0] * shift, view[1] * shift, view[2]))
                kept[f"{name}/{weights}/{number}"] = in_half(found.cpu().numpy())
    return kept


@torch.inference_mode()
def log_probabilities(network: Network, images: Images, view: tuple[int, int, bool]) -> Tensor:
    """Log-probabilities (n, classes) in evaluation mode of one view (pixels down, to the right, mirrored)."""
    network.model.eval()
    down, right, mirrored = view
    found = []
    for x in _batches(images):
        seen = shifted(x, down, right, network.mean.flatten())
        found.append(F.log_softmax(network.logits(seen.flip(3) if mirrored else seen), dim=1))
    return torch.cat(found)


def in_half(log_probabilities: NDArray[np.floating]) -> NDArray[np.float16]:
    """The same (n, classes) in half precision, in which each image's likeliest class stays the likeliest.

    Where rounding has made it level with an earlier one, it becomes the next number above.
    """
    rows, half = np.arange(len(log_probabilities)), log_probabilities.astype(np.float16)
    top = log_probabilities.argmax(1)
    level = half.argmax(1) != top
    above = np.nextafter(half[rows, top], np.float16(np.inf))
    half[rows[level], top[level]] = above[level]
    return half


def shifted(images: Tensor, down: int, right: int, fill: Tensor) -> Tensor:
    """Images (n, channels, height, width) moved by so many pixels; the fill (channels,) comes in."""
    if not (down or right):
        return images
    _, _, height, width = images.shape
    moved = fill.round().to(images.dtype).view(1, -1, 1, 1).expand_as(images).contiguous()
    moved[:, :, max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = images[
        :, :, max(0, -down) : height + min(0, -down), max(0, -right) : width + min(0, -right)
    ]
    return moved


def _pixels(shift: float, side: int) -> int:
    return round(shift if shift >= 1 else shift * side)


def _see(network: Network, images: Images) -> None:
    """Feed all images once, un-augmented."""
    for x in _batches(images):
        network.logits(x)


def _batches(images: Images) -> Iterator[Tensor]:
    return (x.permute(0, 3, 1, 2) for x in images.x.split(EVALUATION_BATCH))
