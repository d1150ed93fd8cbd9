"""Running a suite: train what is missing, collect, report, and tell MLflow. `bench.run` for Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli.work import (
    DEFAULT_PROFILE,
    Options,
    Say,
    cached_runs,
    one_executor,
    open_tracker,
    silent,
    verified_runs,
    warn_of_mixed,
)
from bench.common.errors import UserError
from bench.execute.display import Display, Lines
from bench.execute.driver import drive, sole_driver
from bench.spec import LOOKS, Suite
from bench.spec.loader import load_suite
from bench.store.outbox import Outbox

if TYPE_CHECKING:  # what reports take is imported once training has begun, or is over
    import pandas as pd

    from bench.claims.verdicts import Outcome
    from bench.execute.session import Executor
    from bench.plan.plan import Plan
    from bench.results.tables import Results
    from bench.store.cache import CachedRuns
    from bench.store.tracker import Tracker


@dataclass(frozen=True)
class Feedback:
    """How it is told what goes on: lines, lines that matter, and the display of what runs."""

    say: Say
    warn: Say
    display: Callable[[], Display]


@dataclass(frozen=True)
class SuiteRun:
    """What came of running a suite: its results so far as tables, the report, and what went wrong."""

    plan: Plan
    results: Results
    outcomes: list[Outcome]
    report: Path  # report.html
    failures: Mapping[str, str] = field(default_factory=dict)  # by key: which run failed, and why
    stopped: bool = False  # work is left over; the same call goes on with it
    busy: float | None = None  # seconds inside runs; None where nothing was missing
    slots: int = 0  # how many runs went at once

    @property
    def runs(self) -> pd.DataFrame:
        """A row for each final run: experiment, seed, key, status and settings."""
        return self.results.runs

    @property
    def measures(self) -> pd.DataFrame:
        """A row for each number that a final run gave: experiment, seed, budget, metric, at, value."""
        return self.results.measures

    @property
    def verdicts(self) -> pd.DataFrame:
        """A row for each claim that the profile decides: claim, text, verdict, estimate, low, high, p, …"""
        from bench.cli.frames import verdicts_frame

        return verdicts_frame(self.outcomes)


def run(
    suite: str | Path | Suite,
    *,
    profile: str = DEFAULT_PROFILE,
    data_dir: str | Path = "data",
    runs_dir: str | Path = "runs",
    reports_dir: str | Path = "reports",
    suites_dir: str | Path | None = None,
    seeds: int | None = None,
    replicate: int = 0,
    only: str = "*",
    tune: bool = True,
    accept_stale: str | None = None,
    retrain_stale: bool = False,
    verify_stale: bool = False,
    until_decided: bool = False,
    max_seeds: int | None = None,
    serial: bool = False,
    cpus_per_run: float = 1.0,
    gpus_per_run: float | None = None,
    address: str | None = None,
    stop_after: float | None = None,
    say: Say | None = None,
) -> SuiteRun:
    """Train what is missing of a suite, then collect the results and write the report.

    `suite` is a name, the path of a suite file, or a Suite with a name; the options are those of the
    command `bench run`. Nothing is printed; `say=print` is told line by line what goes on.

    Raises UserError for anything asked wrongly; a run that fails is told in `failures`.
    """
    options = Options(
        profile=profile,
        data_dir=Path(data_dir),
        runs_dir=Path(runs_dir),
        reports_dir=Path(reports_dir),
        seeds=seeds,
        replicate=replicate,
        only=only,
        tune=tune,
        accept_stale=accept_stale,
        retrain_stale=retrain_stale,
        verify_stale=verify_stale,
        until_decided=until_decided,
        max_seeds=max_seeds,
        serial=serial,
        cpus_per_run=cpus_per_run,
        gpus_per_run=gpus_per_run,
        address=address,
        stop_after=stop_after,
    )
    if not isinstance(suite, Suite):
        suite = load_suite(str(suite), Path(suites_dir) if suites_dir else None)
    if not suite.name:
        raise UserError("a suite needs a name for its results: Suite(name=...)")
    tell = say or silent
    return run_suite(suite, options, Feedback(tell, tell, lambda: Lines(tell)))


def run_suite(suite: Suite, options: Options, feedback: Feedback) -> SuiteRun:
    """The same of a suite that is loaded, with a display of its own. Raises UserError likewise."""
    with (
        sole_driver(options.runs_dir),
        one_executor(suite, options) as executor,
    ):
        if options.until_decided:
            return _until_decided(suite, options, feedback, executor)
        return _once(suite, options, feedback, executor, options.seeds)


def _once(
    suite: Suite,
    options: Options,
    feedback: Feedback,
    executor: Callable[[], Executor],
    seeds: int | Mapping[str, int] | None,
) -> SuiteRun:
    """Train what is missing with so many seeds, then write results, report and verdicts.

    `executor` is called where something is missing. Raises UserError where runs of other code are there and
    it was not said what to do with them.
    """
    plan = options.plan(suite, seeds, feedback.warn)
    tracker = open_tracker(options.runs_dir, feedback.warn)
    Outbox(tracker).flush()  # what an earlier run could not log
    cached = cached_runs(plan, tracker, options.accept_stale)
    if options.verify_stale:
        cached = verified_runs(plan, cached, tracker, options.data_dir, feedback.say)
    if cached.stale and not options.retrain_stale:
        raise UserError(
            f"{len(cached.stale)} finished runs of this plan were made by other code than today's: "
            "--verify-stale takes those that come out again to the last digit, --retrain-stale trains them "
            'anew, --accept-stale "REASON" uses them'
        )
    missing = cached.progress.left
    feedback.say(
        f"{suite.name}, {options.profile}, {plan.data.name}: {len(cached.results)} of "
        f"{plan.runs_total} runs are there, {missing} to do"
        if plan.experiments
        else f"{suite.name}: counting {len(plan.networks)} networks"
    )
    if missing and cached.results and not options.address:  # of a cluster's machines nothing is known here
        warn_of_mixed(plan, cached, feedback.warn)
    done = drive(plan, cached, executor(), tracker, feedback.display(), options.runs_dir) if missing else None
    # the report says what is missing
    whole = plan if options.only == "*" else options.plan(suite, seeds, feedback.warn, only="*")
    written = _report(whole, cached_runs(whole, tracker, options.accept_stale), tracker, options, feedback)
    if done is None:
        return SuiteRun(plan, *written)
    return SuiteRun(
        plan,
        *written,
        failures=done.session.failures,
        stopped=done.stopped,
        busy=done.session.busy_seconds,
        slots=executor().slots,
    )


def _report(
    plan: Plan, cached: CachedRuns, tracker: Tracker, options: Options, feedback: Feedback
) -> tuple[Results, list[Outcome], Path]:
    """Write results, report and index, and tell the store what was concluded."""
    from bench.cli.conclude import conclude
    from bench.report.build import build_report
    from bench.report.index import build_index
    from bench.results.collect import collect

    folder = options.results(plan.suite)
    results = collect(cached, folder, tracker.artifact, options.accept_stale)
    outcomes = build_report(folder)
    first = replace(options, replicate=0).results(plan.suite)
    if first != folder and (first / "suite.json").is_file():
        build_report(first)  # which shows what came out again
    build_index(options.reports_dir, feedback.warn)
    report = folder / "report.html"
    try:
        with tracker.asked():
            conclude(tracker, plan, results, outcomes, cached.runs, report)
    except UserError as error:
        feedback.warn(f"{error}: the report is written, but its verdicts are not in the store; run it again")
    return results, outcomes, report


def _until_decided(
    suite: Suite, options: Options, feedback: Feedback, executor: Callable[[], Executor]
) -> SuiteRun:
    """From look to look: further seeds for claims that are open and could be decided with `max_seeds`."""
    from bench.plan.more_seeds import first_seeds, further

    most = options.max_seeds or LOOKS[-1]
    seeds: Mapping[str, int] = first_seeds(options.plan(suite, None, feedback.warn), most)
    busy = 0.0
    while True:
        done = _once(suite, options, feedback, executor, seeds)
        busy += done.busy or 0.0
        if done.failures or done.stopped:
            break
        onward = further(done.plan, done.outcomes, most)
        for line in onward.why:
            feedback.say(f"  {line}")
        if not onward.seeds:
            break
        seeds = onward.seeds
    return replace(done, busy=busy or None, slots=executor().slots if busy else 0)
