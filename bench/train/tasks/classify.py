"""Classify: one class for each image, by cross-entropy."""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor

from bench.data.augment import Augment, Draw, targets
from bench.data.split import Images
from bench.train.epoch import evaluate
from bench.train.network import Network
from bench.train.objective import Scored
from bench.train.training import TrainedTask


class Classify(TrainedTask):
    """Scores are loss (nats), error (%) and balanced_error, the mean of the classes' errors."""

    on_test = ("error", "loss", "balanced_error")

    def batch(
        self, images: Images, chosen: Tensor, augment: Augment, draw: Draw, classes: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The target is the labels, or where augmentation mixes them, shares (n, classes)."""
        labels = images.y[chosen]
        x, mixes = augment(images.x[chosen].permute(0, 3, 1, 2), draw)
        return x, labels, targets(labels, mixes, classes)

    def loss(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(outputs, target, label_smoothing=self.spec.recipe.label_smoothing or 0.0)

    def wrong(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        return (outputs.argmax(1) != labels).sum()

    def scores(self, network: Network, images: Images) -> Scored:
        found = evaluate(network, images)
        assert found.missed is not None
        figures = {"loss": found.loss, "error": found.error, "balanced_error": found.balanced}
        return Scored(figures, ~found.missed)

    def chance(self, classes: int) -> dict[str, float]:
        error = 100.0 * (1 - 1 / classes)
        return {"loss": math.log(classes), "error": error, "balanced_error": error}


task = Classify
