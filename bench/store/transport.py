"""Runs on their way: what is to be trained elsewhere, and what was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.store.reader import short
from bench.store.received import checked

if TYPE_CHECKING:
    from bench.common.run_archive import ArchivedRun
    from bench.plan.plan import Plan
    from bench.store.cache import CachedRuns
    from bench.store.tracker import Tracker


def write_specs(plan: Plan, cached: CachedRuns, path: Path) -> int:
    """Write the specifications of the runs that are missing and known, sources first; returns how many.

    Raises UserError where runs begin with weights from a file, which would have to travel too.
    """
    if plan.given:
        raise UserError(
            f"{plan.suite.name}: its sources are files of weights; they are not written to {path}"
        )
    missing = [run for one in plan.everyone for run in cached.progress.missing(one)]
    entries = [
        {
            "suite": plan.suite.name,
            "experiment": run.experiment,
            "phase": run.phase,
            "spec": run.spec.model_dump(mode="json"),
            "limits": {str(epoch): limit for epoch, limit in run.limits.items()},
        }
        for run in missing
    ]
    with written_whole(path) as file:
        file.write(json.dumps(entries, indent=1).encode())
    return len(missing)


def take(tracker: Tracker, runs: Iterable[ArchivedRun]) -> tuple[int, int]:
    """Take runs into the store, one at a time; how many were taken, and how many were there already.

    Raises UserError at the first that no run could be; those before it stay.
    """
    there = {(run.key, run.code) for stored in tracker.finished().values() for run in stored}
    taken = known = 0
    for run in runs:
        if (run.key, run.code) in there:
            known += 1
            continue
        result = checked(run)
        try:
            tracker.take(run, result)
        except Exception as error:  # whatever the store does not like about it
            raise UserError(f"run {run.key[:12]} could not be taken: {short(error)}") from error
        there.add((run.key, run.code))
        taken += 1
    return taken, known
