"""News for the run store, on its way: what the store does not take now waits on disk, in order.

No failure of the store ends training. News that waits is logged once the store answers again, by this driver
or by the next. To log it twice changes nothing, so a kill at any moment loses and doubles nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.store.new_run import NewRun
from bench.store.reader import short
from bench.train.records import Epoch, Result, kept_files

if TYPE_CHECKING:
    from bench.plan.planned import PlannedRun
    from bench.store.tracker import Tracker

News = dict[str, Any]  # what happened, the key of the run, and what is to be told of it
_PAUSE = 30.0  # seconds between attempts: each may wait for a timeout, and the driver with it


class Outbox:
    """Hears how the work goes and tells the tracker, at once or as soon as the store answers."""

    def __init__(self, tracker: Tracker, pause: float = _PAUSE) -> None:
        self.tracker, self.pause = tracker, pause
        self.folder = tracker.runs_dir / "outbox"
        self.file = self.folder / "news.jsonl"
        self._running: dict[str, NewRun] = {}
        self._introduced: set[str] = set()  # keys of the runs whose beginning stands in the file
        self._next = 0.0  # when to try again, by time.monotonic()

    @property
    def waiting(self) -> bool:
        """Whether there is news that the store does not have."""
        return self.file.is_file()

    # ---- what is heard ----------------------------------------------------------------------

    def started(self, run: PlannedRun) -> None:
        """A run starts, or goes on."""
        new = self._running[run.key] = self.tracker.describe(run)
        self._tell({"what": "started", "key": run.key, "run": new.plain()})

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        """A run reports an epoch."""
        self._tell({"what": "epoch", "key": run.key, "epoch": asdict(epoch)})

    def ended(self, run: PlannedRun, result: Result) -> None:
        """A run has its result, and its files lie in its work folder."""
        self._tell({"what": "ended", "key": run.key, "result": result.plain()})
        self._running.pop(run.key, None)

    def failed(self, run: PlannedRun, reason: str) -> None:
        """A run could not be done."""
        self._tell({"what": "failed", "key": run.key, "reason": reason})
        self._running.pop(run.key, None)

    def close(self) -> None:
        """What still runs is interrupted; a last attempt to log what waits."""
        for key in list(self._running):
            self._tell({"what": "interrupted", "key": key})
        self._running.clear()
        if self.waiting and not self.flush():
            self.tracker.say(f"news of runs waits in {self.file}; the next bench run logs it")

    # ---- on its way -------------------------------------------------------------------------

    def flush(self) -> bool:
        """Log what waits, in order, as far as the store takes it; whether nothing waits any more.

        Where the store answers and yet does not take one run's news, that run's waits and the others' does
        not.
        """
        news, refused, reached = self._read(), set[str](), True
        for one in news:
            if not reached or one["key"] in refused:
                refused.add(one["key"])
                continue
            try:
                self._deliver(one, self.folder / one["key"])
            except Exception:  # whatever network, database or MLflow itself may raise
                refused.add(one["key"])
                self.tracker.forget(one["key"])
                reached = self.tracker.answers()
        self._next = monotonic() + self.pause
        self._keep_only([one for one in news if one["key"] in refused])
        return not refused

    def _tell(self, news: News) -> None:
        if not self.waiting:
            try:
                self._deliver(news, self._work(news["key"]))
            except Exception as error:
                self.tracker.say(
                    f"the tracking store does not take news of runs ({short(error)}): training goes on, and "
                    f"it is logged later from {self.file}"
                )
                self.tracker.forget(*self._running)
                self._next = monotonic() + self.pause
            else:
                return
        try:
            self._append(news)
        except OSError as error:
            raise UserError(
                f"{self.file} cannot be written, and the store does not answer: {error}"
            ) from error
        if monotonic() >= self._next and self.flush():
            self.tracker.say("the tracking store has all news of runs again")

    def _deliver(self, news: News, files: Path) -> None:
        key, tracker = news["key"], self.tracker
        if news["what"] != "started" and not tracker.follows(key):
            tracker.begin(self._running[key])
        match news["what"]:
            case "started":
                tracker.begin(NewRun(**news["run"]))
            case "epoch":
                tracker.log_epoch(key, Epoch(**news["epoch"]))
            case "ended":
                tracker.end(key, Result.from_plain(news["result"]), files)
            case "failed":
                tracker.fail(key, news["reason"])
            case _:
                tracker.interrupt(key)

    # ---- on disk ----------------------------------------------------------------------------

    def _append(self, news: News) -> None:
        """One more line; before a run's first one its beginning, and a copy of the files that go with it."""
        key, lines = news["key"], [news]
        if news["what"] != "started" and key not in self._introduced:
            lines.insert(0, {"what": "started", "key": key, "run": self._running[key].plain()})
        self._introduced.add(key)
        if news["what"] == "ended":
            self._copy_files(self._work(key), self.folder / key)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.file.open("a+b") as file:
            if file.tell() and not _ends_whole(self.file):
                file.write(b"\n")  # after a line that a kill has cut
            file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def _copy_files(self, work: Path, target: Path) -> None:
        for path in kept_files(work):
            with written_whole(target / path.name) as file, path.open("rb") as source:
                shutil.copyfileobj(source, file)

    def _read(self) -> list[News]:
        """What waits; a line that a kill has cut is no news."""
        if not self.waiting:
            return []
        found = []
        for line in self.file.read_bytes().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                self.tracker.say(f"a line of {self.file} was cut, and is passed by")
        return found

    def _keep_only(self, news: list[News]) -> None:
        """Forget what was logged; of a run of which anything waits, all that was told stays."""
        keys = self._introduced = {one["key"] for one in news}
        if news:
            with written_whole(self.file) as file:
                file.write(b"".join(json.dumps(line).encode() + b"\n" for line in news))
        else:
            self.file.unlink(missing_ok=True)
        for path in self.folder.glob("*/"):
            if path.name not in keys:
                shutil.rmtree(path, ignore_errors=True)

    def _work(self, key: str) -> Path:
        return self.tracker.runs_dir / "work" / key


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
