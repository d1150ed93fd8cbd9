"""What the store already has of a plan: finished runs are never trained again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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


@dataclass
class CachedRuns:
    """Results by key, the stored runs they come from, and the runs that other code has made."""

    results: dict[str, Result] = field(default_factory=dict)
    runs: dict[str, Stored] = field(default_factory=dict)
    stale: dict[str, PlannedRun] = field(default_factory=dict)

    def missing(self, plan: Plan) -> int:
        """How many trials and final runs are still to be done, stale ones among them."""
        return plan.runs_total - len(self.results)


def find_cached(
    plan: Plan,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    *,
    accept_stale: bool = False,
) -> CachedRuns:
    """Walk through the plan as far as stored results reach: each generation opens the next."""
    cached = CachedRuns()
    for experiment in plan.everyone:
        while _step(experiment, cached, stored, read, accept_stale):
            pass
    return cached


def _step(
    experiment: PlannedExperiment,
    cached: CachedRuns,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    accept_stale: bool,
) -> bool:
    advanced = False
    for job in experiment.missing(cached.results):
        runs = stored.get(job.key, [])
        usable = [run for run in runs if run.code == experiment.code] or (runs if accept_stale else [])
        if usable:
            cached.runs[job.key] = usable[0]
            cached.results[job.key] = read(usable[0])
            advanced = True
        elif runs:
            cached.stale[job.key] = job
    return advanced
