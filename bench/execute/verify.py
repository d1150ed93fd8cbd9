"""Whether today's code gives the digits of stale runs: one epoch of one of them is replayed, and compared.

Runs of the same old code were made by the same files, so one speaks for all of them. That holds within one
class of machines (`bench.train.environment`); for runs of another class nothing can be said here.
"""

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.common.errors import UserError
from bench.common.provenance import Provenance
from bench.execute.worker import Place, WorkItem, do_work
from bench.plan.planned import PlannedRun
from bench.store.cache import CachedRuns, Stored
from bench.store.tracker import Tracker
from bench.train.context import Interrupted
from bench.train.records import WEIGHTS, Epoch, Measure, Result

_MACHINE = ("seconds", "images_per_second")  # of an epoch: they depend on the occasion


@dataclass(frozen=True)
class Verified:
    """What came of it: how many stored runs were taken, and a line for each group of stale ones."""

    taken: int
    lines: tuple[str, ...]


def verify_stale(
    cached: CachedRuns, code_of: Callable[[str], str], tracker: Tracker, data_dir: Path, here: str
) -> Verified:
    """Replay one run of each group of stale ones; where the digits agree, tag all stored runs of that code.

    `code_of` gives today's code of an experiment, `here` is this machine's class.
    """
    groups: dict[tuple[str, str], list[tuple[PlannedRun, Stored]]] = {}
    for run, stored in cached.stale.values():
        groups.setdefault((stored.code, code_of(run.experiment)), []).append((run, stored))
    store, taken, lines = tracker.finished(), 0, []
    given = {one.key: one.content() for one in cached.progress.plan.given}
    for (old, new), members in groups.items():
        what = f"{len(members)} stale runs of code {old[:8]}"
        alike = [one for one in members if is_from(one[1], here, tracker.provenance)]
        if not alike:
            where = ", ".join(sorted({one.environment or one.hardware or "?" for _, one in members}))
            lines.append(
                f"{what} cannot be verified here: they were made on {where}, and this is {here}; "
                '--accept-stale "REASON" uses them'
            )
            continue
        run, stored = _not_the_cheapest(alike)
        who = f"{run.experiment}, {run.label}"
        difference = _difference(run, stored, store, given, tracker, data_dir)
        if difference:
            lines.append(f"{what}: not the same. {who}: {difference}")
            continue
        same_code = [one for found in store.values() for one in found if one.code == old]
        for one in same_code:
            if is_from(one, here, tracker.provenance):
                tracker.verify(one, new)
                taken += 1
        lines.append(f"{what}: verified by an epoch of {who}, the same to the last digit")
    return Verified(taken, tuple(lines))


def is_from(stored: Stored, here: str, provenance: Provenance) -> bool:
    """Whether a stored run is of this class of machines; old ones tell by hardware and torch's version."""
    if stored.environment:
        return stored.environment == here
    torch = f"torch {provenance.versions.get('torch')}"
    return stored.hardware == provenance.hardware and torch in stored.versions.split(", ")


def _not_the_cheapest(members: list[tuple[PlannedRun, Stored]]) -> tuple[PlannedRun, Stored]:
    """The middle one by price: the cheapest may leave out what others use, the dearest costs most."""
    ordered = sorted(members, key=lambda one: one[0].price)
    return ordered[len(ordered) // 2]


def _difference(
    run: PlannedRun,
    stored: Stored,
    store: Mapping[str, list[Stored]],
    given: Mapping[str, bytes],
    tracker: Tracker,
    data_dir: Path,
) -> str:
    """How a replay of the run's first epoch differs from what is stored; empty where it does not.

    What it begins with lies in the store, or was `given` as a file of weights.
    """
    before = tracker.result(stored)
    with tempfile.TemporaryDirectory() as name:
        place = Place(data_dir, Path(name), gpus_per_run=None)
        if run.needs:
            weights = given.get(run.needs)
            if weights is None and (trained := store.get(run.needs)):
                weights = tracker.artifact(trained[0], WEIGHTS)
            if weights is None:
                return f"what it begins with (run {run.needs[:12]}) is not in the store"
            file = Path(place.start(run.spec) or "")
            file.parent.mkdir(parents=True)
            file.write_bytes(weights)
        try:
            curve, result = _replayed(WorkItem.of(run, place, gpu="cpu" not in before.environment))
        except UserError as error:
            return f"it cannot be done any more: {error}"
    told = _epochs(before.curve[: len(curve)]), _epochs(curve)
    if result is not None:  # it has ended with that: all of it can be compared
        told = told[0] | _ends(before), told[1] | _ends(result)
    return first_difference(*told)


def _replayed(item: WorkItem) -> tuple[list[Epoch], Result | None]:
    """The first epoch, and the result where the run has no further one."""
    curve: list[Epoch] = []
    try:
        return curve, do_work(item, curve.append, lambda: bool(curve))
    except Interrupted:
        return curve, None


def _epochs(curve: Iterable[Epoch]) -> dict[str, float | None]:
    return {
        f"epoch {epoch.epoch}, {name}": value
        for epoch in curve
        for name, value in asdict(epoch).items()
        if name not in _MACHINE
    }


def _ends(result: Result) -> dict[str, float | None]:
    measures: Iterable[Measure] = result.measures
    return {**result.metrics, **{f"{one.metric} at {one.at}": one.value for one in measures}}


def first_difference(before: Mapping[str, float | None], now: Mapping[str, float | None]) -> str:
    """The first figure that differs, with the first digit that does; empty where none does."""
    for name in {**before, **now}:
        one, other = before.get(name), now.get(name)
        both_nan = one is not None and other is not None and math.isnan(one) and math.isnan(other)
        if one == other or both_nan:
            continue
        if one is None or other is None:
            return f"{name} was {one!r}, now {other!r}"
        then, today = (f"{value:.17g}" for value in (one, other))
        agree = next((i for i, pair in enumerate(zip(then, today, strict=False)) if pair[0] != pair[1]), 0)
        digit = sum(letter.isdigit() for letter in then[:agree].lstrip("-0.")) + 1
        return f"{name} was {then}, now {today}: they differ from digit {digit} on"
    return ""
