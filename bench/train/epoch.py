"""The hot path: one epoch of training, and evaluation. The host waits for nothing inside an epoch.

Augmentations that resample build small tables on the host, and rand-augment and trivial-augment choose their
operations there: with them, it does wait in every step on a GPU.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.data.augment import Augment, Draw
from bench.data.split import Images
from bench.train.network import Network
from bench.train.step import Step

EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Scores:
    """Mean loss (nats) and error (%) over a set of images; `balanced` is the mean of the classes' errors.

    `missed` says which images (n,) got a wrong class; running figures of training keep none.
    """

    loss: float
    error: float
    balanced: float = math.nan
    missed: Tensor | None = None


def train_epoch(
    step: Step,
    images: Images,
    batch_size: int,
    augment: Augment,
    draw: Draw,
    shuffle: torch.Generator,
    rate: Callable[[int], float],
    after_step: Callable[[], None] | None = None,
) -> Scores:
    """One pass over the images in full batches (the last part of the order is left out).

    `rate` gives the learning rate of the epoch's i-th step; `after_step` is called once it is done. Returns
    running figures.
    """
    step.start()
    order = torch.randperm(len(images), generator=shuffle, device=images.x.device)
    steps = len(images) // batch_size
    for i in range(steps):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        x, labels, target = step.task.batch(images, chosen, augment, draw, step.network.classes)
        step(x, labels, target, rate(i))
        if after_step:
            after_step()
    return _scores(step.loss * batch_size, step.wrong, steps * batch_size)


@torch.inference_mode()
def evaluate(network: Network, images: Images) -> Scores:
    """Figures in evaluation mode on all images, un-augmented."""
    network.model.eval()
    device = images.x.device
    loss_sum = torch.zeros((), dtype=torch.float64, device=device)
    wrong = torch.zeros((), dtype=torch.int64, device=device)
    misses = torch.zeros(len(images), dtype=torch.bool, device=device)
    for i, (x, y) in enumerate(
        zip(images.x.split(EVALUATION_BATCH), images.y.split(EVALUATION_BATCH), strict=True)
    ):
        logits = network.logits(x.permute(0, 3, 1, 2))
        loss_sum += F.cross_entropy(logits, y, reduction="sum")
        missed = logits.argmax(1) != y
        misses[i * EVALUATION_BATCH :][: len(y)] = missed
        wrong += missed.sum()
    found = _scores(loss_sum, wrong, len(images))
    return replace(found, balanced=_balanced(misses, images.y), missed=misses)


def _balanced(misses: Tensor, labels: Tensor) -> float:
    there = torch.bincount(labels)
    missed = torch.bincount(labels[misses], minlength=len(there))
    return 100.0 * float((missed[there > 0].double() / there[there > 0]).mean())


def _scores(loss_sum: Tensor, wrong: Tensor, n: int) -> Scores:
    loss, errors = torch.stack([loss_sum, wrong.double()]).tolist()  # the one wait for the device
    return Scores(loss / n, 100.0 * errors / n)
