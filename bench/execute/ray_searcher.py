"""The side of Ray Tune: a searcher that hands out a session's work, and the function workers run.

Not a search in Tune's sense: what to try next is decided by `tuning`, when to start it by `session`.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ray import tune
from ray.tune.experiment import Trial
from ray.tune.search import Searcher
from ray.tune.stopper import Stopper

from bench.common.errors import UserError
from bench.execute.worker import Place, Work, WorkItem
from bench.train.records import Epoch, Result

if TYPE_CHECKING:
    from bench.execute.session import Session
    from bench.plan.planned import PlannedRun

for _name in ("ray.tune", "ray.tune.tune", "ray.tune.execution.tune_controller"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # the display says it better


def trainable(work: Work) -> Callable[[dict[str, Any]], None]:
    """What a worker runs: one item, reported epoch by epoch, the result last.

    News travels as JSON text, because Tune flattens nested reports.
    """

    def train(config: dict[str, Any]) -> None:
        try:
            result = work(
                WorkItem(**config["item"]),
                lambda epoch: tune.report({"epoch": json.dumps(asdict(epoch))}),
                lambda: False,
            )
        except UserError as error:  # would fail again: no retry
            tune.report({"refused": str(error)})
            return
        tune.report({"result": json.dumps(result.plain())})

    return train


class RaySearcher(Searcher):
    """Hands the session's runs to Tune, and Tune's news to the session."""

    def __init__(self, session: "Session", place: Place, gpu: bool) -> None:
        super().__init__()
        self.session, self.place, self.gpu = session, place, gpu
        self.runs: dict[str, PlannedRun] = {}
        self.on_failure = FailureCallback(self)

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        """The next run; None to wait for one that must end first; FINISHED at the end."""
        run = self.session.next()
        if run is None:
            return Searcher.FINISHED if self.session.over else None
        self.runs[trial_id] = run
        return {"item": asdict(WorkItem.of(run, self.place, self.gpu))}

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Pass on an epoch. A retried run may report an epoch twice; the tracker keeps the first."""
        if "epoch" in result and trial_id in self.runs:
            self.session.epoch(self.runs[trial_id], Epoch(**json.loads(result["epoch"])))

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Pass on a result; errors come by way of `FailureCallback`, which hears their text."""
        if error or trial_id not in self.runs:
            return
        if result and "result" in result:
            plain = json.loads(result["result"])
            self.session.ended(self.runs.pop(trial_id), Result.from_plain(plain))
        elif result and "refused" in result:
            self.session.failed(self.runs.pop(trial_id), result["refused"])
        # else Tune stopped it in mid-run: it goes on from its checkpoint next time

    def save(self, checkpoint_path: str) -> None:
        """Nothing to save: a new start plans what is missing."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore."""

    def __getstate__(self) -> dict[str, Any]:
        return {}  # Tune pickles its searcher for a restore that we never ask for


class FailureCallback(tune.Callback):
    """Hears of runs that failed after all retries."""

    def __init__(self, searcher: RaySearcher) -> None:
        self.searcher = searcher

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        """Pass on the failure, with the last line of the worker's traceback."""
        run = self.searcher.runs.pop(trial.trial_id, None)
        if run is not None:
            self.searcher.session.failed(run, _last_line(trial.error_file))

    def __getstate__(self) -> dict[str, Any]:
        return {}


def _last_line(error_file: str | None) -> str:
    """The end of a worker's traceback: the error itself. (`trial.get_error` looks elsewhere too early.)"""
    path = Path(error_file or "")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "worker lost")


class Deadline(Stopper):
    """Stops everything when the time given is over."""

    def __init__(self, late: Callable[[], bool]) -> None:
        self.late = late

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        return False

    def stop_all(self) -> bool:
        return self.late()

    def __getstate__(self) -> dict[str, Any]:
        return {}
