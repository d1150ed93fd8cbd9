"""Stratified, nested splits, and the tensors a run trains on.

The firewall stands here: `Split` holds the training and validation images alone; the test images
come out of one function, `open_test`, which the engine calls once, after the last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bench.common.errors import UserError
from bench.data.sets import ImageSet

if TYPE_CHECKING:
    from bench.spec.run import Data, DataUse

_BLOCK_IN_16_BITS = 16  # a side: the sum of so large a block of pixels, and half its size, fit


@dataclass(frozen=True)
class Images:
    """Images (n, height, width, channels) uint8 and labels (n,) int64 on a device.

    Where the data set has boxes, they are (n, 4) float32: x, y, width, height in pixels of these images.
    """

    x: Tensor
    y: Tensor
    boxes: Tensor | None = None

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Split:
    """What training may see, with the training images' mean and deviation per channel (0 to 255)."""

    train: Images
    validation: Images
    mean: Tensor
    std: Tensor
    classes: int

    @property
    def channels(self) -> int:
        """What networks see: 1 or 3."""
        return self.train.x.shape[3]

    @cached_property
    def principal(self) -> Tensor:
        """The training images' principal colours, (channels, directions), each its deviation long."""
        return principal_colours(self.train.x)


def open_split(images: ImageSet, data: DataUse, device: torch.device) -> Split:
    """The training and validation images of a run, as a specification asks for them.

    Raises UserError where there are too few images, or the size cannot be had.
    """
    seen, labels = _of_classes(images.y_train, data)
    chosen, held_out = choose(labels, data)
    train, validation = (
        _tensors(
            images.x_train[seen[part]], labels[part], _part(images.boxes_train, seen[part]), data, device
        )
        for part in (chosen, held_out)
    )
    mean, std = channel_statistics(train.x)
    return Split(train, validation, mean, std, len(data.classes or images.classes))


def halves(classes: int, seed: int) -> dict[str, tuple[int, ...]]:
    """The classes in two halves, drawn by a seed; the first, A, has the odd one."""
    drawn = np.random.Generator(np.random.PCG64(seed)).permutation(classes)
    middle = -(-classes // 2)
    return {"A": tuple(sorted(map(int, drawn[:middle]))), "B": tuple(sorted(map(int, drawn[middle:])))}


def _of_classes(labels: NDArray[np.int64], data: DataUse) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the images of the classes that a run sees stand, and their labels counted anew from 0."""
    if data.classes is None:
        return np.arange(len(labels)), labels
    seen = np.flatnonzero(np.isin(labels, data.classes))
    return seen, np.searchsorted(np.array(data.classes), labels[seen]).astype(np.int64)


def channel_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation per channel of uint8 images (n, height, width, channels).

    Counted, not summed as floats, so they are exact whatever the device and the number of threads. A
    channel that hardly varies gets a deviation of 1.
    """
    values = torch.arange(256, dtype=torch.float64, device=x.device)
    shares = torch.stack([torch.bincount(channel.flatten(), minlength=256) for channel in x.unbind(3)])
    shares = shares.double() / shares[0].sum()
    mean = shares @ values
    variance = shares @ values.square() - mean.square()
    return mean.float(), variance.clamp(min=1.0).sqrt().float()


def principal_colours(x: Tensor) -> Tensor:
    """Eigenvectors of the channels' covariance over uint8 images (n, height, width, channels).

    Each is scaled by the standard deviation along it, and points to where its largest part is positive.
    The sums are of whole numbers, so exact.
    """
    channels = x.shape[3]
    products = torch.zeros(channels, channels, dtype=torch.float64, device=x.device)
    sums = torch.zeros(channels, dtype=torch.float64, device=x.device)
    for part in x.split(1000):
        pixels = part.reshape(-1, channels).double()
        products += pixels.T @ pixels
        sums += pixels.sum(0)
    n = x.numel() / channels
    covariance = (products / n - torch.outer(sums, sums) / n**2).cpu()
    values, vectors = torch.linalg.eigh(covariance)
    largest = vectors.gather(0, vectors.abs().argmax(0, keepdim=True))
    scaled: Tensor = vectors * largest.sign() * values.clamp(min=0).sqrt()
    return scaled.float().to(x.device)


def open_test(images: ImageSet, data: DataUse, device: torch.device) -> Images:
    """The test split: opened once, after the last step of a final run, by the engine alone."""
    seen, labels = _of_classes(images.y_test, data)
    return _tensors(images.x_test[seen], labels, _part(images.boxes_test, seen), data, device)


def choose(labels: NDArray[np.int64], data: Data) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the training and of the validation images, stratified and in a drawn order.

    The labels are put into one drawn order in which every prefix has the classes in proportion; the
    validation images are its head, the training images follow. So smaller training sets are parts
    of larger ones, and none ever meets the validation images. Raises UserError if there are too few, of
    all images or of a class.
    """
    available = len(labels) - data.validation
    wanted = available if data.train is None else data.train
    if wanted > available or wanted < 1:
        raise UserError(
            f"{wanted} training and {data.validation} validation images asked for, "
            f"but the training split has {len(labels)}"
        )
    order = stratified_order(labels, data.seed)
    chosen = order[data.validation : data.validation + wanted]
    for label in np.setdiff1d(labels, labels[chosen]):
        raise UserError(
            f"class {label} has too few images: {np.sum(labels == label)} in the training split, and none of "
            f"them among {wanted} to train on, beside {data.validation} for validation"
        )
    return chosen, order[: data.validation]


def stratified_order(labels: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """A permutation of the indices of which every prefix holds the classes in proportion."""
    rng = np.random.Generator(np.random.PCG64(seed))
    shuffled = rng.permutation(len(labels))
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        place[members] = (np.arange(len(members)) + rng.random()) / len(members)
    return np.argsort(place, kind="stable")


def _part(boxes: NDArray[np.float32] | None, chosen: NDArray[np.int64]) -> NDArray[np.float32] | None:
    return None if boxes is None else boxes[chosen]


def _tensors(
    x: NDArray[np.uint8],
    y: NDArray[np.int64],
    boxes: NDArray[np.float32] | None,
    data: Data,
    device: torch.device,
) -> Images:
    if boxes is not None and data.size is not None:
        boxes = boxes * np.float32(data.size / x.shape[1])
    x = x if data.size is None else shrink(x, data.size)
    if data.channels and x.shape[3] == 1:
        x = x.repeat(data.channels, axis=3)
    pixels = torch.from_numpy(np.ascontiguousarray(x))
    framed = None if boxes is None else torch.from_numpy(boxes).to(device)
    return Images(pixels.to(device), torch.from_numpy(y).to(device), framed)


def shrink(x: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Square images of `size` pixels by averaging whole blocks, rounded: exact on every machine.

    Raises UserError unless the images' own size is a multiple of it.
    """
    n, height, width, channels = x.shape
    if height != width or height % size:
        raise UserError(
            f"images of {width}×{height} pixels cannot be shrunk to {size}×{size}: "
            "the size must divide theirs"
        )
    block = height // size
    if block == 1:
        return x
    enough = np.uint16 if block <= _BLOCK_IN_16_BITS else np.uint32
    total = np.full((n, size, size, channels), block * block // 2, enough)  # so that dividing rounds
    for down in range(block):  # by whole images: numpy's own sum over two axes is ten times as slow
        for right in range(block):
            total += x[:, down::block, right::block]
    mean: NDArray[np.uint8] = np.floor_divide(total, block * block, out=total).astype(np.uint8)
    return mean
