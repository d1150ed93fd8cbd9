"""What is measured of an experiment: figures of its final runs, and points of their curves."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from bench.spec.base import Spec

if TYPE_CHECKING:
    from bench.claims.stats import Sample  # scipy takes half a second, and suites load without it

Curve = Literal["train_error", "train_loss", "validation_error", "validation_loss"]


class EpochsTo(Spec):
    """Epochs until the running training error reaches a level (%), interpolated between epochs.

    A run that never gets there, diverged ones among them, counts as one epoch more than were planned.
    """

    level: float

    def __str__(self) -> str:
        return f"epochs to {self.level:g} % running training error"


class After(Spec):
    """A curve's value after a share of the planned epochs, at the end of the epoch that completes it.

    Training error and loss are the running ones of that epoch. A run that diverged before counts at chance.
    """

    curve: Curve
    share: float = Field(gt=0, le=1)

    def __str__(self) -> str:
        words = self.curve.replace("train", "running training").replace("_", " ")
        return f"{words} after {100 * self.share:g} % of the epochs"


Metric = (
    Literal["train_error", "test_error", "test_balanced_error", "test_loss", "brier", "calibration_error"]
    | EpochsTo
    | After
)
Values = Callable[[str, Metric], "Sample"]  # (experiment, metric) -> one value a seed, in seed order


def title(metric: Metric) -> str:
    """The metric in words."""
    if isinstance(metric, (EpochsTo, After)):
        return str(metric)
    return metric.replace("train", "training").replace("_", " ")


def unit(metric: Metric) -> str:
    """What to write behind a number of that metric."""
    if isinstance(metric, EpochsTo):
        return "epochs"
    name = metric.curve if isinstance(metric, After) else metric
    return "%" if name.endswith("error") else ""


def epochs_to(level: float, errors: Sequence[float], epochs: int) -> float:
    """Epochs until a curve of errors (one an epoch, %) first reaches the level, interpolated.

    A curve that never does counts as one more than the planned epochs, however early it broke off.

    >>> epochs_to(50, [80, 60, 40], epochs=3)
    2.5
    """
    curve = np.asarray(errors, dtype=float)
    below = np.flatnonzero(curve <= level)
    if len(below) == 0:
        return float(epochs + 1)
    i = int(below[0])
    if i == 0:
        return 1.0
    return float(i + (curve[i - 1] - level) / (curve[i - 1] - curve[i]))
