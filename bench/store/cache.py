"""What the store already has of a plan: finished runs are never trained again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.plan.progress import Progress

if TYPE_CHECKING:
    from bench.plan.plan import Plan
    from bench.plan.planned import PlannedExperiment, PlannedRun
    from bench.train.records import Result


@dataclass(frozen=True)
class Stored:
    """A finished run in the store."""

    run_id: str
    key: str
    code: str
    artifacts: str
    commit: str = ""
    versions: str = ""
    hardware: str = ""
    environment: str = ""
    verified: tuple[str, ...] = ()  # other code that was seen to give the same digits


@dataclass(frozen=True)
class CachedRuns:
    """What is done of a plan, the stored runs that results come from, and those that other code has made."""

    progress: Progress
    runs: dict[str, Stored] = field(default_factory=dict)
    stale: dict[str, tuple[PlannedRun, Stored]] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)  # keys of those that are used though other code made them

    @property
    def results(self) -> Mapping[str, Result]:
        """By key."""
        return self.progress.results


def find_cached(
    plan: Plan,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    *,
    accept_stale: bool = False,
) -> CachedRuns:
    """Walk through the plan as far as stored results reach: each generation opens the next."""
    cached = CachedRuns(Progress(plan))
    # in turns, for a look may stand before what it looks at
    advanced = True
    while advanced:
        advanced = False
        for one in plan.everyone:
            advanced |= _step(one, cached, stored, read, accept_stale)
    return cached


def _step(
    experiment: PlannedExperiment,
    cached: CachedRuns,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    accept_stale: bool,
) -> bool:
    advanced = False
    for run in cached.progress.missing(experiment):
        there = stored.get(run.key, [])
        today = [one for one in there if experiment.code in (one.code, *one.verified)]
        usable = today or (there if accept_stale else [])
        if usable:
            cached.runs[run.key] = usable[0]
            cached.accepted.update([] if today else [run.key])
            cached.progress.add(run, read(usable[0]))
            advanced = True
        elif there:
            cached.stale[run.key] = (run, there[0])
    return advanced


def mixed_environments(plan: Plan, cached: CachedRuns, here: str) -> dict[str, str]:
    """The claims whose sides come, or would come, from machines of different classes, and which those are."""
    classes: dict[str, set[str]] = {}
    for one in plan.experiments:
        runs = cached.progress.finals(one)
        known = {cached.runs[run.key].environment for run in runs if run.key in cached.runs}
        missing = not runs or any(run not in cached.progress for run in runs)
        classes[one.id] = (known | ({here} if missing else set())) - {""}
    pools = {one.id: one.of for one in plan.ensembles}
    found = {}
    for claim in plan.suite.decided(plan.profile_name):
        ids = [name for named in claim.experiments() for name in pools.get(named, (named,))]
        mixed = sorted(set().union(*(classes.get(name, set()) for name in ids)))
        if len(mixed) > 1:
            found[claim.id] = "; ".join(mixed)
    return found
