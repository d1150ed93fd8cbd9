"""The serial executor: all runs in this process, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.common.errors import UserError
from bench.execute.worker import Place, WorkItem, do_work

if TYPE_CHECKING:
    from bench.execute.session import Session


@dataclass
class Serial:
    """In this process, one run at a time: for debugging, tests and machines without Ray."""

    place: Place
    slots: int = 1

    def execute(self, session: Session) -> None:
        from bench.train.run import Interrupted

        while (run := session.next()) is not None:
            item = WorkItem.of(run, self.place, self.place.gpus_per_run != 0)
            try:
                result = do_work(item, lambda e, j=run: session.epoch(j, e), self.place.late)  # type: ignore[misc]
            except Interrupted:
                session.running.pop(run.key)
                session.stop()
            except UserError as error:
                session.failed(run, str(error))
            except Exception as error:  # one broken run must not take the suite down
                session.failed(run, f"{type(error).__name__}: {error}")
            else:
                session.ended(run, result)
            if self.place.late():
                session.stop()
