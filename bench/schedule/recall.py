"""What the store already has of a plan: finished runs are never trained again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.schedule.contender import Contender, Job
from bench.schedule.plan import Plan
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
class Recalled:
    """Results by key, the stored runs they come from, and the runs that other code has made."""

    results: dict[str, Result] = field(default_factory=dict)
    runs: dict[str, Stored] = field(default_factory=dict)
    stale: dict[str, Job] = field(default_factory=dict)

    def missing(self, plan: Plan) -> int:
        """How many trials and final runs are still to be done, stale ones among them."""
        return plan.jobs_total - len(self.results)


def recall(
    plan: Plan,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    *,
    accept_stale: bool = False,
) -> Recalled:
    """Walk through the plan as far as stored results reach: each generation opens the next."""
    recalled = Recalled()
    for contender in plan.everyone:
        while _step(contender, recalled, stored, read, accept_stale):
            pass
    return recalled


def _step(
    contender: Contender,
    recalled: Recalled,
    stored: Mapping[str, list[Stored]],
    read: Callable[[Stored], Result],
    accept_stale: bool,
) -> bool:
    advanced = False
    for job in contender.missing(recalled.results):
        runs = stored.get(job.key, [])
        usable = [run for run in runs if run.code == contender.code] or (runs if accept_stale else [])
        if usable:
            recalled.runs[job.key] = usable[0]
            recalled.results[job.key] = read(usable[0])
            advanced = True
        elif runs:
            recalled.stale[job.key] = job
    return advanced
