"""What is trained for: the part of a task that the training loop asks for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.data.augment import Augment, Draw
from bench.data.split import Images, Split
from bench.train.network import Network
from bench.train.tasks import Task


@dataclass(frozen=True)
class Scored:
    """Figures over a set of images by name, and which of them got their right class (n,)."""

    figures: Mapping[str, float]
    right: Tensor


class Objective(Task):
    """What a task that trains a network says: what a batch is, its loss, and what is measured.

    `on_train` and `on_test` name the scores that are told of the training and test images at the end. Every
    task has the scores "loss" and "error", which the curves show and tuning judges by.
    """

    trains = True
    on_train: Sequence[str] = ("error", "loss")
    on_test: Sequence[str] = ("error", "loss")

    @abstractmethod
    def batch(
        self, images: Images, chosen: Tensor, augment: Augment, draw: Draw, classes: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The chosen images, augmented, with their labels (n,) and the target that the loss compares with."""

    @abstractmethod
    def loss(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, a scalar."""

    @abstractmethod
    def wrong(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        """How many images of a batch count as wrong."""

    @abstractmethod
    def scores(self, network: Network, images: Images) -> Scored:
        """Figures in evaluation mode on all images, un-augmented."""

    @abstractmethod
    def chance(self, classes: int) -> dict[str, float]:
        """What guessing scores: a diverged run counts so."""

    def check_data(self, split: Split) -> None:
        """Raises UserError where the data set lacks what the task needs."""
