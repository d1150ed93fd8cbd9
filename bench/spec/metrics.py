"""What can be measured of a run: the table of metrics, and figures read off its curves.

A metric is a row of `METRICS`; adding one adds it to claims, references, reports and screens. A claim
speaks of a metric at the end of a run (its name), at a place along an axis (`At`), or of a point of the
training curve (`EpochsTo`, `After`).
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from bench.common.errors import suggest
from bench.spec.base import Spec


@dataclass(frozen=True)
class Row:
    """A metric: its words, its unit, which direction is better, and what guessing among classes gives.

    `tested` marks what is measured on test images, `headline` what of it may lead a report.
    """

    name: str
    words: str
    unit: str
    better: Literal["lower", "higher", "neither"]
    chance: Callable[[int], float] | None = None
    tested: bool = False
    headline: bool = False


def _guessed(classes: int) -> float:
    return 100.0 * (1 - 1 / classes)


METRICS = {
    row.name: row
    for row in (
        Row("test_error", "test error", "%", "lower", _guessed, tested=True, headline=True),
        Row("test_balanced_error", "test balanced error", "%", "lower", _guessed, tested=True, headline=True),
        Row("train_error", "training error", "%", "lower", _guessed),
        Row("validation_error", "validation error", "%", "lower", _guessed),
        Row("test_loss", "test loss", "nats", "lower", math.log, tested=True),
        Row("train_loss", "training loss", "nats", "lower", math.log),
        Row("validation_loss", "validation loss", "nats", "lower", math.log),
        Row("brier", "Brier score", "", "lower", lambda classes: 1 - 1 / classes, tested=True),
        Row("calibration_error", "calibration error", "%", "lower", tested=True),
        Row("disagreement", "disagreement", "%", "neither", tested=True),
        Row("strength", "strength of regularisation (C)", "", "neither"),
        Row("test_localization_error", "test localization error", "%", "lower", tested=True, headline=True),
        Row("test_iou", "test intersection over union", "%", "higher", tested=True, headline=True),
        Row("train_iou", "training intersection over union", "%", "higher"),
        Row("shifted_error", "error on shifted test images", "%", "lower", _guessed, tested=True),
        Row("diverged", "runs that diverged", "%", "lower"),  # of a run's status: 100 or 0
        Row("gradient_norm", "norm of the gradient", "", "neither"),
        Row("filter_unlikeness", "unlikeness of filters at other places", "%", "neither"),
    )
}
DIVERGED = "diverged"
CURVES = ("train_error", "train_loss", "validation_error", "validation_loss")  # taken at every epoch


def known(name: str, among: Collection[str] = METRICS) -> str:
    """The name, where there is such a metric. Raises ValueError with the nearest where there is none."""
    if name not in among:
        raise ValueError(f"unknown metric {name!r}: {suggest(name, among)}")
    return name


MetricName = Annotated[str, AfterValidator(known)]
CurveName = Annotated[str, AfterValidator(lambda name: known(name, CURVES))]


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

    curve: CurveName
    share: float = Field(gt=0, le=1)

    def __str__(self) -> str:
        running = "running " if self.curve.startswith("train") else ""
        return f"{running}{METRICS[self.curve].words} after {100 * self.share:g} % of the epochs"


class At(Spec):
    """A metric at one place along an axis, as measures.csv writes the place: `shift=2`, `epoch=3,layer=2`."""

    metric: MetricName
    at: str = Field(min_length=1)

    def __str__(self) -> str:
        return f"{METRICS[self.metric].words} at {self.at}"


def _kind(metric: Any) -> str:
    """Which kind of metric was meant, told by its fields, so that one line says what is wrong with it."""
    if isinstance(metric, (EpochsTo, After, At)):
        return type(metric).__name__
    fields = metric if isinstance(metric, dict) else {}
    kinds = {"level": "EpochsTo", "curve": "After", "share": "After", "at": "At", "metric": "At"}
    return next((kind for field, kind in kinds.items() if field in fields), "name")


Metric = Annotated[
    Annotated[MetricName, Tag("name")]
    | Annotated[EpochsTo, Tag("EpochsTo")]
    | Annotated[After, Tag("After")]
    | Annotated[At, Tag("At")],
    Discriminator(_kind),
]


def row_of(metric: Metric) -> Row | None:
    """The row that a metric's numbers belong to; None for epochs, which belong to no row."""
    if isinstance(metric, EpochsTo):
        return None
    name = metric.curve if isinstance(metric, After) else metric.metric if isinstance(metric, At) else metric
    return METRICS[name]


def title(metric: Metric) -> str:
    """The metric in words."""
    return METRICS[metric].words if isinstance(metric, str) else str(metric)


def unit(metric: Metric) -> str:
    """What to write behind a number of that metric; empty where it has no unit."""
    row = row_of(metric)
    return row.unit if row else "epochs"


def lower_is_better(metric: Metric) -> bool | None:
    """Whether a lower number is the better one; None where neither is."""
    row = row_of(metric)
    return {"lower": True, "higher": False, "neither": None}[row.better if row else "lower"]
