"""What a run reports: plain records, without torch. Errors in per cent, losses in nats."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["finished", "diverged", "pruned"]
FEATURES = "features"  # the folder of what probes of one network share, beside those of the runs


@dataclass(frozen=True)
class Epoch:
    """One epoch of training. The training figures are running ones, over the epoch's augmented batches."""

    epoch: int  # from 1
    lr: float  # of the last step
    train_loss: float
    train_error: float
    validation_loss: float | None
    validation_error: float | None
    seconds: float  # all of the epoch
    images_per_second: float  # of training alone


@dataclass(frozen=True)
class Result:
    """How a run ended. `metrics` are deterministic; `cost` depends on the machine and the occasion.

    `predictions` is the sha256 of the file of what it predicted, where the run was to keep that.
    """

    status: Status
    curve: tuple[Epoch, ...]
    metrics: dict[str, float] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    predictions: str = ""

    def plain(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "curve": [asdict(epoch) for epoch in self.curve]}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> "Result":
        """The inverse of `plain`."""
        curve = tuple(Epoch(**epoch) for epoch in data["curve"])
        kept = data.get("predictions", "")
        return cls(data["status"], curve, dict(data["metrics"]), dict(data["cost"]), kept)
