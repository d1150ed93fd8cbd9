"""The driver: from a plan to finished runs in the store, whatever happens in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.execute.session import Executor, Listener, Session, export_studies
from bench.execute.worker import SOURCES, source_weights
from bench.store.outbox import Outbox
from bench.train.records import FEATURES, WEIGHTS, Epoch, Result

if TYPE_CHECKING:
    from bench.execute.display import Display
    from bench.plan.plan import Plan
    from bench.plan.planned import PlannedRun
    from bench.store.cache import CachedRuns
    from bench.store.tracker import Tracker


@dataclass(frozen=True)
class Execution:
    """How the execution of a plan went."""

    session: Session
    interrupted: bool

    @property
    def stopped(self) -> bool:
        """Work is left over, though nothing failed."""
        return self.interrupted or self.session.stopping


class _AtEnds:
    """A listener that minds the ends of runs alone."""

    def __init__(self, work_dir: Path) -> None:
        self.work_dir = work_dir

    def started(self, run: PlannedRun) -> None:
        """Nothing to do."""

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        """Nothing to do."""

    def ended(self, run: PlannedRun, result: Result) -> None:
        """The outbox, which listens first, has taken everything to the store."""

    def failed(self, run: PlannedRun, reason: str) -> None:
        """The checkpoint stays: the next start goes on from it."""


class SourceKeeper(_AtEnds):
    """Keeps the final weights of some experiments where the runs that begin with them look for them."""

    def __init__(self, work_dir: Path, sources: set[str]) -> None:
        super().__init__(work_dir)
        self.sources = sources

    def ended(self, run: PlannedRun, result: Result) -> None:
        """A source's weights, before the CheckpointCleaner removes them."""
        if run.experiment in self.sources and run.phase != "tune":
            self.keep(run.key, (self.work_dir / run.key / WEIGHTS).read_bytes())

    def keep(self, key: str, weights: bytes) -> None:
        """Write the weights of the run with that key."""
        with written_whole(source_weights(self.work_dir, key)) as file:
            file.write(weights)


class CheckpointCleaner(_AtEnds):
    """Removes a run's checkpoint once the store has its result."""

    def ended(self, run: PlannedRun, result: Result) -> None:
        """All of it."""
        shutil.rmtree(self.work_dir / run.key, ignore_errors=True)


def drive(
    plan: Plan,
    cached: CachedRuns,
    executor: Executor,
    tracker: Tracker,
    display: Display,
    runs_dir: Path,
) -> Execution:
    """Do what is missing of a plan. Ctrl-C ends it cleanly: finished runs are kept, others resumable."""
    tracker.open(plan)
    keeper = SourceKeeper(runs_dir / "work", {one.id for one in plan.begun_with})
    for source in plan.begun_with:
        for run in cached.progress.finals(source):
            if run.key in cached.runs:
                keeper.keep(run.key, tracker.artifact(cached.runs[run.key], WEIGHTS))
    for given in plan.given:
        keeper.keep(given.key, given.content())
    news = Outbox(tracker)
    listeners: list[Listener] = [news, keeper, CheckpointCleaner(runs_dir / "work"), display]
    session = Session(cached.progress, listeners)
    display.follow(session)
    interrupted = False
    try:
        with display:
            executor.execute(session)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        news.close()
    if session.complete():
        for shared in (SOURCES, FEATURES):
            shutil.rmtree(runs_dir / "work" / shared, ignore_errors=True)
    export_studies(session.progress, runs_dir / "optuna")
    return Execution(session, interrupted)


@contextmanager
def sole_driver(runs_dir: Path) -> Iterator[None]:
    """Hold the runs folder: two drivers in it could train the same run twice.

    Raises UserError if another has it, or if it cannot be written. The lock goes with the process.
    """
    owner = runs_dir / ".driver"  # beside the lock, which is emptied by whoever asks for it
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(runs_dir / ".lock", blocking=False)
        lock.acquire()
        owner.write_text(str(os.getpid()), encoding="utf-8")
    except Timeout:
        told = owner.read_text(encoding="utf-8") if owner.is_file() else "?"
        raise UserError(
            f"another bench run (process {told}) works in {runs_dir}; wait for it, or give "
            "BENCH_RUNS_DIR another folder"
        ) from None
    except OSError as error:
        raise UserError(f"the runs folder {runs_dir} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()
