"""One visit to a suite: train what is missing, collect, report, and tell MLflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.claims.verdicts import Outcome
from bench.cli.common import cached_runs, console, open_tracker, resolved, warn
from bench.cli.conclude import conclude
from bench.common.errors import UserError
from bench.execute.display import display_for
from bench.execute.driver import drive
from bench.plan.more_seeds import first_seeds, further
from bench.report.build import build_report
from bench.report.index import build_index
from bench.results.collect import collect
from bench.spec import Suite
from bench.store.outbox import Outbox

if TYPE_CHECKING:
    from bench.plan.plan import Plan


@dataclass(frozen=True)
class Request:
    """What `bench run` was asked for, but for the seeds."""

    suite: Suite
    profile: str
    data_dir: Path
    runs_dir: Path
    reports_dir: Path
    only: str = "*"
    no_tune: bool = False
    accept_stale: bool = False
    retrain_stale: bool = False

    def plan(self, seeds: int | Mapping[str, int] | None, only: str | None = None) -> "Plan":
        """The plan with so many seeds; of the experiments asked for, or of others."""
        return resolved(self.suite, self.profile, self.data_dir, seeds, only or self.only, self.no_tune)


@dataclass
class Visited:
    """What came of one visit or several."""

    plan: "Plan"
    outcomes: list[Outcome] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    busy: float | None = None  # seconds inside runs; None where nothing was missing


def visit(asked: Request, seeds: int | Mapping[str, int] | None, executor: Callable[[], Any]) -> Visited:
    """Train what is missing with so many seeds, then write results, report and verdicts.

    `executor` is called where something is missing. Raises UserError where runs of other code are there and
    it was not said what to do with them.
    """
    made = asked.plan(seeds)
    tracker = open_tracker(asked.runs_dir)
    Outbox(tracker).flush()  # what an earlier run could not log
    cached = cached_runs(made, tracker, asked.accept_stale)
    if cached.stale and not asked.retrain_stale:
        raise UserError(
            f"{len(cached.stale)} finished runs of this plan were made by other code than "
            "today's: --accept-stale uses them, --retrain-stale trains them anew"
        )
    missing = cached.progress.left
    console.print(
        f"[bold]{asked.suite.name}[/], {asked.profile}, {made.data.name}: {len(cached.results)} of "
        f"{made.runs_total} runs are there, {missing} to do"
        if made.experiments
        else f"[bold]{asked.suite.name}[/]: counting {len(made.networks)} networks",
        highlight=False,
    )
    visited = Visited(made)
    if missing:
        done = drive(made, cached, executor(), tracker, display_for(console), asked.runs_dir)
        visited.failures, visited.stopped = done.session.failures, done.stopped
        visited.busy = done.session.busy_seconds
    whole = made if asked.only == "*" else asked.plan(seeds, only="*")  # the report says what is missing
    cached = cached_runs(whole, tracker, asked.accept_stale)
    folder = asked.reports_dir / asked.suite.name / asked.profile
    results = collect(whole, cached.results, cached.runs, folder, tracker.artifact)
    visited.outcomes = build_report(folder)
    build_index(asked.reports_dir, warn)
    try:
        with tracker.asked():
            conclude(tracker, whole, results, visited.outcomes, cached.runs, folder / "report.html")
    except UserError as error:
        warn(f"{error}: the report is written, but its verdicts are not in the store; give the command again")
    return visited


def visit_until_decided(asked: Request, most: int, executor: Callable[[], Any]) -> Visited:
    """Visits from look to look: further seeds for claims that are open and could be decided with `most`."""
    seeds = first_seeds(asked.plan(None), most)
    busy = 0.0
    while True:
        visited = visit(asked, seeds, executor)
        busy += visited.busy or 0.0
        if visited.failures or visited.stopped:
            break
        onward = further(visited.plan, visited.outcomes, most)
        for line in onward.why:
            console.print(f"  {line}", highlight=False, soft_wrap=True)
        if not onward.seeds:
            break
        seeds = dict(onward.seeds)
    visited.busy = busy or None
    return visited
