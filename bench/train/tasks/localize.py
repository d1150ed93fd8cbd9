"""Localize: the class of an image's object, and the box that frames it.

The network has four outputs beside those of the classes, which a sigmoid makes the box's centre, width and
height in shares of the image's side. Their loss counts where the object is still in sight after augmentation,
and is left out (masked) elsewhere.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench.common.errors import UserError
from bench.data.augment import Augment, Draw
from bench.data.augment.boxes import movable, moved_along
from bench.data.split import Images, Split
from bench.train.epoch import EVALUATION_BATCH
from bench.train.network import Network
from bench.train.objective import Scored
from bench.train.training import TrainedTask

_BOX = 4  # numbers of a box
_BOX_WEIGHT = 10.0  # of the boxes' loss beside the classes': squares of shares are small numbers
_HIT = 0.5  # the overlap from which on an object counts as found


class Localize(TrainedTask):
    """Scores are loss (cross-entropy and boxes), error (%, of the class), iou (%, mean overlap of boxes), and
    localization_error (%: a wrong class, or an overlap below one half).
    """

    on_train = ("error", "loss", "iou")
    on_test = ("error", "loss", "iou", "localization_error")

    def outputs(self, classes: int) -> int:
        return classes + _BOX

    def check(self, network: nn.Module) -> None:
        movable(self.spec.augment)

    def check_data(self, split: Split) -> None:
        if split.train.boxes is None:
            raise UserError(f"localize needs boxes, and the data set {self.spec.data.name!r} has none")

    def batch(
        self, images: Images, chosen: Tensor, augment: Augment, draw: Draw, classes: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The target is (n, 5): the boxes as shares of the side, and whether the object is in sight."""
        assert images.boxes is not None
        boxes, side = images.boxes[chosen], images.x.shape[1]
        before = draw.generator.get_state()
        x, _ = augment(images.x[chosen].permute(0, 3, 1, 2), draw)
        moved, seen = moved_along(boxes, x.shape, self.spec.augment, draw, before)
        return x, images.y[chosen], torch.cat([as_shares(moved, side), seen[:, None].float()], dim=1)

    def loss(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        smoothing = self.spec.recipe.label_smoothing or 0.0
        classes = F.cross_entropy(outputs[:, :-_BOX], labels, label_smoothing=smoothing)
        return classes + _BOX_WEIGHT * _box_loss(outputs, target).mean()

    def wrong(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        return (outputs[:, :-_BOX].argmax(1) != labels).sum()

    @torch.inference_mode()
    def scores(self, network: Network, images: Images) -> Scored:
        assert images.boxes is not None
        network.model.eval()
        shares = as_shares(images.boxes, images.x.shape[1])
        target = torch.cat([shares, torch.ones_like(shares[:, :1])], dim=1)
        parts = (
            images.x.split(EVALUATION_BATCH),
            images.y.split(EVALUATION_BATCH),
            target.split(EVALUATION_BATCH),
        )
        sums = torch.zeros(4, dtype=torch.float64, device=images.x.device)
        right = []
        for x, y, framed in zip(*parts, strict=True):
            outputs = network.logits(x.permute(0, 3, 1, 2))
            overlap = iou(outputs[:, -_BOX:].sigmoid(), framed[:, :_BOX])
            missed = outputs[:, :-_BOX].argmax(1) != y
            losses = F.cross_entropy(outputs[:, :-_BOX], y, reduction="none")
            losses = losses + _BOX_WEIGHT * _box_loss(outputs, framed)
            wrong = missed | (overlap < _HIT)
            right.append(~missed)
            sums += torch.stack([part.double().sum() for part in (losses, missed, overlap, wrong)])
        loss, error, overlapping, unfound = (sums / len(images)).tolist()
        figures = {
            "loss": loss,
            "error": 100 * error,
            "iou": 100 * overlapping,
            "localization_error": 100 * unfound,
        }
        return Scored(figures, torch.cat(right))

    def chance(self, classes: int) -> dict[str, float]:
        """A guessed class, and no overlap."""
        error = 100.0 * (1 - 1 / classes)
        return {"loss": math.log(classes), "error": error, "iou": 0.0, "localization_error": 100.0}


def as_shares(boxes: Tensor, side: int) -> Tensor:
    """Boxes (n, 4) as x, y, width, height in pixels, as centre, width and height in shares of the side."""
    corner, size = boxes[:, :2], boxes[:, 2:]
    return torch.cat([corner + size / 2, size], dim=1) / side


def iou(one: Tensor, other: Tensor) -> Tensor:
    """Intersection over union (n,) of boxes (n, 4), each a centre, a width and a height."""
    half_one, half_other = one[:, 2:].clamp(min=0) / 2, other[:, 2:].clamp(min=0) / 2
    low = torch.maximum(one[:, :2] - half_one, other[:, :2] - half_other)
    high = torch.minimum(one[:, :2] + half_one, other[:, :2] + half_other)
    shared = (high - low).clamp(min=0).prod(1)
    both = (2 * half_one).prod(1) + (2 * half_other).prod(1) - shared
    return shared / both.clamp(min=1e-12)


def _box_loss(outputs: Tensor, target: Tensor) -> Tensor:
    """Squared distance (n,) of boxes as shares; zero where the object is out of sight."""
    return (outputs[:, -_BOX:].sigmoid() - target[:, :_BOX]).square().sum(1) * target[:, _BOX]


task = Localize
