"""The session of a driver: hands out work, hears of results, and passes both on to the record.

Executors know this class alone. It hands out whatever is ready, sources first, then tuning, then the
dearest run, so that long runs do not start last.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bench.plan.planned import PlannedRun
    from bench.plan.progress import Progress
    from bench.train.records import Epoch, Result

_ORDER = {"source": 0, "tune": 1, "final": 2}


class Listener(Protocol):
    """What wants to hear how the work goes: the outbox to the store, and the display."""

    def started(self, run: PlannedRun) -> None:
        """A run starts, or goes on."""

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        """A run reports an epoch."""

    def ended(self, run: PlannedRun, result: Result) -> None:
        """A run has its result."""

    def failed(self, run: PlannedRun, reason: str) -> None:
        """A run could not be done, after all retries."""


class Executor(Protocol):
    """Runs a session's work; returns when it is over, or was stopped."""

    @property
    def slots(self) -> int:
        """How many runs go at once."""

    def execute(self, session: Session) -> None:
        """Do all work that the session hands out. Raises KeyboardInterrupt on Ctrl-C."""


class Session:
    """The work of a plan, given the results that are there."""

    def __init__(self, progress: Progress, listeners: list[Listener]) -> None:
        self.progress, self.plan = progress, progress.plan
        self.listeners = listeners
        self.running: dict[str, PlannedRun] = {}
        self.failures: dict[str, str] = {}
        self.stopping = False
        self.busy_seconds = 0.0  # inside train.run, of the runs that ended in this session
        self._since: dict[str, float] = {}
        self._ready = self._find_ready()

    @property
    def over(self) -> bool:
        """Nothing runs, and nothing can start any more."""
        return not self.running and (self.stopping or not self._ready)

    @property
    def results(self) -> Mapping[str, Result]:
        """Those that there are, by key."""
        return self.progress.results

    def complete(self) -> bool:
        """Every final run of the plan has its result."""
        return self.progress.complete()

    def next(self) -> PlannedRun | None:
        """A run to start now; None if there is none at the moment (see `over`)."""
        if self.stopping or not self._ready:
            return None
        run = self._ready.pop(0)
        self.running[run.key] = run
        self._since[run.key] = monotonic()
        for listener in self.listeners:
            listener.started(run)
        return run

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        """A run that goes on reports an epoch."""
        for listener in self.listeners:
            listener.epoch(run, epoch)

    def ended(self, run: PlannedRun, result: Result) -> None:
        """A run has ended: what depends on it may become ready."""
        self.running.pop(run.key)
        here = monotonic() - self._since[run.key]  # a resumed run's seconds count earlier sessions too
        self.busy_seconds += min(here, result.cost.get("seconds", 0.0))
        self.progress.add(run, result)
        self._ready = self._find_ready()
        for listener in self.listeners:
            listener.ended(run, result)

    def failed(self, run: PlannedRun, reason: str) -> None:
        """A run could not be done; the rest goes on."""
        self.running.pop(run.key)
        self.failures[run.key] = f"{run.experiment}, {run.label}: {reason}"
        for listener in self.listeners:
            listener.failed(run, reason)
        self._ready = self._find_ready()

    def stop(self) -> None:
        """Hand out no more work."""
        self.stopping = True

    def _find_ready(self) -> list[PlannedRun]:
        self._give_up()
        runs = [run for one in self.plan.everyone for run in self.progress.ready(one)]
        waiting = [j for j in runs if j.key not in self.running and j.key not in self.failures]
        return sorted(waiting, key=lambda run: (_ORDER[run.phase], -run.price))

    def _give_up(self) -> None:
        """What begins with a run that failed has failed too."""
        for run in (run for one in self.plan.everyone for run in self.progress.missing(one)):
            if run.needs in self.failures:
                self.failures[run.key] = f"{run.experiment}, {run.label}: what it begins with has failed"

    def price_left(self) -> float:
        """Multiply-accumulates still to do."""
        return sum(self.progress.price_left(one) for one in self.plan.everyone)


def export_studies(progress: Progress, folder: Path) -> None:
    """Write the journals of all studies that have trials, for optuna-dashboard."""
    for one in progress.plan.everyone:
        for seed, study in one.studies.items():
            if told := progress.told(one, seed):
                study.export(folder, told)
