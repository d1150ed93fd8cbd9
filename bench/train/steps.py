"""The hot path: one epoch of training, and evaluation. The host never waits inside an epoch."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench.data.augment import Augment, Draw, targets
from bench.data.split import Images, Split

EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Scores:
    """Mean loss (nats) and error (%) over a set of images; `balanced` is the mean of the classes' errors."""

    loss: float
    error: float
    balanced: float = math.nan


@dataclass(frozen=True)
class Network:
    """A model with how it is fed: normalisation by the training split's statistics, and precision."""

    model: nn.Module
    mean: Tensor  # (channels, 1, 1), of pixels from 0 to 255
    std: Tensor
    half: bool
    frozen: tuple[nn.Module, ...] = ()  # modules that stay in evaluation mode: their statistics too

    @classmethod
    def of(
        cls, model: nn.Module, split: Split, precision: str, frozen: Sequence[nn.Module] = ()
    ) -> "Network":
        """The model for a split; inputs and weights are in channels-last memory."""
        model = model.to(split.train.x.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        mean, std = split.mean.view(-1, 1, 1), split.std.view(-1, 1, 1)
        return cls(model, mean, std, precision == "bf16", tuple(frozen))

    def train(self) -> None:
        """Training mode, for all that is trained."""
        self.model.train()
        for module in self.frozen:
            module.eval()

    def replace(self, model: nn.Module) -> "Network":
        """The same with another model."""
        return replace(self, model=model)

    def logits(self, images: Tensor) -> Tensor:
        """Logits (n, classes) in float32 of uint8 images (n, channels, height, width)."""
        x = (images - self.mean) / self.std
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.half):
            logits: Tensor = self.model(x)
        return logits.float()


def train_epoch(
    network: Network,
    optimizer: torch.optim.Optimizer,
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
    network.train()
    device = images.x.device
    order = torch.randperm(len(images), generator=shuffle, device=device)
    loss_sum = torch.zeros((), dtype=torch.float64, device=device)
    wrong = torch.zeros((), dtype=torch.int64, device=device)
    steps = len(images) // batch_size
    for step in range(steps):
        chosen = order[step * batch_size : (step + 1) * batch_size]
        labels = images.y[chosen]
        x, mixes = augment(images.x[chosen].permute(0, 3, 1, 2), draw)
        logits = network.logits(x)
        loss = F.cross_entropy(logits, targets(labels, mixes, logits.shape[1]))
        for group in optimizer.param_groups:
            group["lr"] = rate(step) * group["share"]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if after_step:
            after_step()
        with torch.no_grad():
            loss_sum += loss
            wrong += (logits.argmax(1) != labels).sum()
    return _scores(loss_sum * batch_size, wrong, steps * batch_size)


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
    return replace(_scores(loss_sum, wrong, len(images)), balanced=_balanced(misses, images.y))


def _balanced(misses: Tensor, labels: Tensor) -> float:
    there = torch.bincount(labels)
    missed = torch.bincount(labels[misses], minlength=len(there))
    return 100.0 * float((missed[there > 0].double() / there[there > 0]).mean())


def _scores(loss_sum: Tensor, wrong: Tensor, n: int) -> Scores:
    loss, errors = torch.stack([loss_sum, wrong.double()]).tolist()  # the one wait for the device
    return Scores(loss / n, 100.0 * errors / n)
