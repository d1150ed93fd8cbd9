"""Commands on suites: list, show, plan, run."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.app import app
from bench.cli.common import (
    complain,
    console,
    print_efficiency,
    print_needed,
    print_other_price,
    print_price,
    print_verdicts,
    say,
    warn,
)
from bench.cli.options import (
    AcceptStale,
    DataDir,
    NoTune,
    Only,
    ProfileName,
    Replicate,
    ReportsDir,
    RunsDir,
    Seeds,
    SuiteName,
    SuitesDir,
    VerifyStale,
)
from bench.cli.unchanged import Memory
from bench.cli.work import (
    DEFAULT_PROFILE,
    Options,
    cached_runs,
    open_tracker,
    this_environment,
    verified_runs,
)
from bench.common.errors import UserError
from bench.spec.loader import load_suite, suite_files


@app.command("list", epilog="Example: bench list")
def list_suites(suites_dir: SuitesDir = None, reports_dir: ReportsDir = Path("reports")) -> None:
    """Show the suites, their questions and sizes, and the verdicts that there are."""
    from bench.cli.tables import suite_list
    from bench.report.library import entries

    suites = [load_suite(name, suites_dir) for name in suite_files(suites_dir)]
    console.print(suite_list(suites, list(entries(reports_dir, warn))))


@app.command(epilog="Example: bench show resnet-vs-plain")
def show(suite_name: SuiteName, suites_dir: SuitesDir = None) -> None:
    """Show what a suite asks: its claims and experiments, and which profile decides what."""
    from bench.cli.tables import claims_table, experiments_table, wrapped

    suite = load_suite(suite_name, suites_dir)
    told = wrapped(suite.expectations, console.width)
    console.print(suite.title, style="bold")
    console.print(f"\n{told}\n")
    for table in (claims_table(suite), experiments_table(suite)):
        console.print(table)
        console.print()


@app.command(epilog="Example: bench plan resnet-vs-plain --profile quick --data-dir data")
def plan(
    suite_name: SuiteName,
    profile: ProfileName = DEFAULT_PROFILE,
    data_dir: DataDir = Path("data"),
    runs_dir: RunsDir = Path("runs"),
    reports_dir: ReportsDir = Path("reports"),
    seeds: Seeds = None,
    replicate: Replicate = 0,
    only: Only = "*",
    no_tune: NoTune = False,
    accept_stale: AcceptStale = None,
    verify_stale: VerifyStale = False,
    specs: Annotated[
        Path | None, typer.Option(help="Write what is missing to a file, for python -m bench.train.")
    ] = None,
    refuse_over: Annotated[float | None, typer.Option(help="Exit with 2 above so many minutes.")] = None,
    suites_dir: SuitesDir = None,
) -> None:
    """Show what a run would train, what it has already, and how long it would take here."""
    from bench.cli.tables import plan_table
    from bench.store.cache import mixed_environments

    suite = load_suite(suite_name, suites_dir)
    options = Options(
        profile=profile, data_dir=data_dir, seeds=seeds, replicate=replicate, only=only, tune=not no_tune
    )
    made = options.plan(suite, seeds, warn)
    if not made.experiments:
        say(f"{suite.name} counts {len(made.networks)} networks and trains nothing")
        return
    tracker = open_tracker(runs_dir, warn)
    cached = cached_runs(made, tracker, accept_stale)
    if verify_stale:
        cached = verified_runs(made, cached, tracker, data_dir, say)
    console.print(
        f"{made.suite.name}, {made.profile_name}, data {made.data.name} ({made.data.fingerprint[:12]})",
    )
    console.print(plan_table(made, cached))
    for claim, machines in mixed_environments(made, cached, this_environment()).items():
        warn(f"claim {claim} compares runs of different machines: {machines}")
    if specs is not None:
        from bench.store.transport import write_specs

        console.print(f"{write_specs(made, cached, specs)} specifications: {specs}")
    minutes = print_price(made, cached)
    print_needed(made, cached, reports_dir)
    other = "paper"
    if profile != other and other in suite.profiles:
        print_other_price(suite, other, options)
    if refuse_over is not None and minutes > refuse_over:
        raise UserError(f"about {minutes:.0f} minutes, over the limit of {refuse_over:g}")


@app.command(epilog="Example: bench run resnet-vs-plain --profile quick --stop-after 30")
def run(
    suite_name: SuiteName,
    profile: ProfileName = DEFAULT_PROFILE,
    data_dir: DataDir = Path("data"),
    runs_dir: RunsDir = Path("runs"),
    reports_dir: ReportsDir = Path("reports"),
    seeds: Seeds = None,
    replicate: Replicate = 0,
    only: Only = "*",
    no_tune: NoTune = False,
    cpus_per_run: Annotated[float, typer.Option(min=0.0, help="CPU cores a run takes.")] = 1.0,
    gpus_per_run: Annotated[
        float | None, typer.Option(min=0.0, help="GPUs a run takes; fractions share one.")
    ] = None,
    address: Annotated[str | None, typer.Option(envvar="RAY_ADDRESS", help="A Ray cluster.")] = None,
    serial: Annotated[bool, typer.Option("--serial", help="In this process, without Ray.")] = False,
    stop_after: Annotated[float | None, typer.Option(help="Stop after so many minutes.")] = None,
    accept_stale: AcceptStale = None,
    verify_stale: VerifyStale = False,
    retrain_stale: Annotated[
        bool, typer.Option("--retrain-stale", help="Train runs made by other code anew.")
    ] = False,
    until_decided: Annotated[
        bool, typer.Option("--until-decided", help="Further seeds for claims that they could decide.")
    ] = False,
    max_seeds: Annotated[
        int | None, typer.Option(min=1, max=20, help="The limit of --until-decided (20).")
    ] = None,
    suites_dir: SuitesDir = None,
) -> None:
    """Train what is missing of a suite, then collect the results and write the report."""
    given = locals()  # every option by its name, which is its name in Options too
    options = Options(
        tune=not no_tune, **{one.name: given[one.name] for one in fields(Options) if one.name in given}
    )
    suite = load_suite(suite_name, suites_dir)
    memory = Memory(suite, options)
    if (kept := memory.recall()) is not None:
        say(f"{suite.name}, {profile}: all is there, and nothing has changed since")
        print_verdicts(kept)
        say(_where(options.results(suite) / "report.html"))
        return

    from bench.cli.run import Feedback, run_suite
    from bench.execute.display import display_for
    from bench.report.verdicts import conclusion

    done = run_suite(suite, options, Feedback(say, warn, lambda: display_for(console, say)))
    rows = [(one.claim.text, one.at, conclusion(one)) for one in done.outcomes]
    print_verdicts(rows)
    if done.busy is not None:
        print_efficiency(done.busy, done.slots)
    say(_where(done.report))
    for line in done.failures.values():
        complain("failed", line)
    if done.stopped:
        say("stopped; what is finished is kept. Give the same command again to go on.")
    if done.failures or done.stopped:
        raise typer.Exit(1)
    memory.remember(rows)


def _where(report: Path) -> str:
    return f"report: {report}   browse all runs: make ui"
