"""What a run reports: plain records, without torch. Errors in per cent, losses in nats."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Status = Literal["finished", "diverged", "pruned"]
CHECKPOINT, WEIGHTS = "checkpoint.pt", "weights.pt"  # files in a run's folder
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
class Measure:
    """One number that a run gave; `at` says where along an axis: `shift=2`, or `epoch=3,layer=2`."""

    metric: str
    at: str
    value: float


@dataclass(frozen=True)
class Result:
    """How a run ended. `metrics` and `measures` are deterministic; `cost` depends on machine and occasion.

    `right` says which test images got their right class (`bench.common.bits`). `predictions` is the sha256 of
    the file of what it predicted, where the run was to keep that; `environment` the class of machines that
    give the same digits (torch, kind of device, instructions).
    """

    status: Status
    curve: tuple[Epoch, ...]
    metrics: dict[str, float] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    predictions: str = ""
    measures: tuple[Measure, ...] = ()
    environment: str = ""
    right: str = ""

    def plain(self) -> dict[str, Any]:
        """JSON-ready form."""
        data = asdict(self)
        return data | {"curve": list(data["curve"]), "measures": list(data["measures"])}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> "Result":
        """The inverse of `plain`."""
        return cls(
            status=data["status"],
            curve=tuple(Epoch(**epoch) for epoch in data["curve"]),
            metrics=dict(data["metrics"]),
            cost=dict(data["cost"]),
            predictions=data.get("predictions", ""),
            measures=tuple(Measure(**one) for one in data.get("measures", ())),
            environment=data.get("environment", ""),
            right=data.get("right", ""),
        )


def kept_files(folder: Path) -> list[Path]:
    """What a run leaves beside its result: all files of its folder but the checkpoint and unfinished ones."""
    files = (path for path in folder.glob("*") if path.is_file() and path.suffix != ".part")
    return sorted(path for path in files if path.name != CHECKPOINT)
