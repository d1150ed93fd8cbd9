"""Where runs happen, and what a worker is sent to do one. Workers import this and no more of the schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from bench.spec import RunSpec
from bench.train.records import Epoch, Result

if TYPE_CHECKING:
    from bench.plan.planned import PlannedRun


SOURCES = "sources"  # the folder of what others begin with, beside those of the runs


def source_weights(work_dir: Path, key: str) -> Path:
    """Where the final weights of a run are kept while others begin with them."""
    return work_dir / SOURCES / f"{key}.pt"


@dataclass(frozen=True)
class Place:
    """Where runs find their data and keep their checkpoints, and what one run takes."""

    data_dir: Path
    work_dir: Path  # a folder a run in it, named by key; shared by all nodes
    cpus_per_run: float = 1.0
    gpus_per_run: float | None = None  # None: one where there are GPUs
    deadline: float = float("inf")  # time.monotonic() at which to stop

    def folder(self, key: str) -> Path:
        """The run's own folder."""
        return self.work_dir / key

    def start(self, spec: RunSpec) -> str | None:
        """The file of the weights that a run begins with or looks at."""
        key = spec.start.key if spec.start else spec.of
        return str(source_weights(self.work_dir, key)) if key else None

    def late(self) -> bool:
        """Whether the time given is over."""
        return monotonic() >= self.deadline


@dataclass(frozen=True)
class WorkItem:
    """What a worker is sent: plain data from which it builds everything itself."""

    spec: dict[str, Any]
    limits: dict[str, float]
    data_dir: str
    folder: str
    threads: int
    gpu: bool
    start: str | None = None  # the file of the weights that it begins with
    own_files: tuple[str, ...] = ()  # of the user's own models and augmentations

    @classmethod
    def of(cls, run: PlannedRun, place: Place, gpu: bool) -> WorkItem:
        """The item for a run."""
        from bench.plan.plugins import own_files

        return cls(
            spec=run.spec.model_dump(mode="json"),
            limits={str(epoch): limit for epoch, limit in run.limits.items()},
            data_dir=str(place.data_dir),
            folder=str(place.folder(run.key)),
            threads=max(1, int(place.cpus_per_run)),
            gpu=gpu,
            start=place.start(run.spec),
            own_files=own_files(run.spec),
        )


def do_work(item: WorkItem, report: Callable[[Epoch], None], should_stop: Callable[[], bool]) -> Result:
    """Train the run that an item describes. Knows nothing of Ray."""
    import torch

    from bench.plan.plugins import include
    from bench.train.run import Context, run

    include(item.own_files)
    context = Context(
        data_dir=Path(item.data_dir),
        folder=Path(item.folder),
        device="cuda" if item.gpu and torch.cuda.is_available() else "cpu",
        threads=item.threads,
        start=Path(item.start) if item.start else None,
        limits={int(epoch): limit for epoch, limit in item.limits.items()},
        report=report,
        should_stop=should_stop,
    )
    return run(RunSpec.model_validate(item.spec), context)


Work = Callable[[WorkItem, Callable[[Epoch], None], Callable[[], bool]], Result]
