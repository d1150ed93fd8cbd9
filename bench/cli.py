"""The door: `bench list | show | plan | run | report | augment | ui | data get`.

Exit code 0: done (a diverged run is a result); 1: ran, but something failed or was left over;
2: asked wrongly. What is heavy is imported by the command that needs it.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.desk import (
    console,
    errors,
    executor_for,
    open_tracker,
    print_efficiency,
    print_other_price,
    print_price,
    recalled_runs,
    resolved,
)
from bench.errors import UserError
from bench.spec import PROFILES
from bench.suites import load_suite, suite_files

if TYPE_CHECKING:
    from bench.schedule.session import Executor

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Experiments that settle claims about convolutional networks.",
)
data_app = typer.Typer(no_args_is_help=True, help="Data sets.")
app.add_typer(data_app, name="data")

DEFAULT_PROFILE = "quick"

SuiteName = Annotated[str, typer.Argument(help="A suite's name (see `bench list`) or file.")]
SuitesDir = Annotated[Path | None, typer.Option(help="Folder of suite files.")]
ProfileName = Annotated[str, typer.Option(help=f"How big: {', '.join(PROFILES)}.")]
DataDir = Annotated[Path, typer.Option(envvar="BENCH_DATA_DIR", help="Folder of data sets.")]
RunsDir = Annotated[Path, typer.Option(envvar="BENCH_RUNS_DIR", help="Folder of the run store.")]
ReportsDir = Annotated[Path, typer.Option(help="Folder of results and reports.")]
Seeds = Annotated[int | None, typer.Option(min=1, max=20, help="Final seeds an experiment.")]
Only = Annotated[str, typer.Option(help="Experiments whose id fits this pattern.")]
NoTune = Annotated[bool, typer.Option("--no-tune", help="Take the recipes as they stand.")]
AcceptStale = Annotated[bool, typer.Option("--accept-stale", help="Use runs made by other code.")]


def main() -> None:
    """The console script."""
    try:
        app(standalone_mode=True)
    except UserError as error:
        errors.print(f"[red]error:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(2)


@app.command("list", epilog="Example: bench list")
def list_suites(suites_dir: SuitesDir = None, reports_dir: ReportsDir = Path("reports")) -> None:
    """Show the suites, their questions and sizes, and the verdicts that there are."""
    from bench.report.shelf import entries
    from bench.screen import suite_list

    suites = [load_suite(name, suites_dir) for name in suite_files(suites_dir)]
    console.print(suite_list(suites, list(entries(reports_dir))))


@app.command(epilog="Example: bench show resnet-vs-plain")
def show(suite_name: SuiteName, suites_dir: SuitesDir = None) -> None:
    """Show what a suite asks: its claims and experiments, and which profile decides what."""
    from bench.screen import claims_table, experiments_table

    suite = load_suite(suite_name, suites_dir)
    console.print(f"[bold]{suite.title}[/]\n\n{suite.expectations}\n", highlight=False)
    for table in (claims_table(suite), experiments_table(suite)):
        console.print(table)
        console.print()


@app.command(epilog="Example: bench plan resnet-vs-plain --profile quick --data-dir data")
def plan(
    suite_name: SuiteName,
    profile: ProfileName = DEFAULT_PROFILE,
    data_dir: DataDir = Path("data"),
    runs_dir: RunsDir = Path("runs"),
    seeds: Seeds = None,
    only: Only = "*",
    no_tune: NoTune = False,
    accept_stale: AcceptStale = False,
    refuse_over: Annotated[float | None, typer.Option(help="Exit with 2 above so many minutes.")] = None,
    suites_dir: SuitesDir = None,
) -> None:
    """Show what a run would train, what it has already, and how long it would take here."""
    from bench.screen import plan_table

    suite = load_suite(suite_name, suites_dir)
    made = resolved(suite, profile, data_dir, seeds, only, no_tune)
    if not made.contenders:
        console.print(f"[bold]{suite.name}[/] counts {len(made.networks)} networks and trains nothing")
        return
    recalled = recalled_runs(made, open_tracker(runs_dir), accept_stale)
    console.print(
        f"[bold]{made.suite.name}[/], {made.profile_name}, data {made.data.name} "
        f"({made.data.fingerprint[:12]})",
        highlight=False,
    )
    console.print(plan_table(made, recalled))
    minutes = print_price(made, recalled)
    other = "paper"
    if profile != other and other in suite.profiles:
        print_other_price(suite, other, data_dir)
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
    only: Only = "*",
    no_tune: NoTune = False,
    cpus_per_run: Annotated[float, typer.Option(min=0.0, help="CPU cores a run takes.")] = 1.0,
    gpus_per_run: Annotated[
        float | None, typer.Option(min=0.0, help="GPUs a run takes; fractions share one.")
    ] = None,
    address: Annotated[str | None, typer.Option(envvar="RAY_ADDRESS", help="A Ray cluster.")] = None,
    serial: Annotated[bool, typer.Option("--serial", help="In this process, without Ray.")] = False,
    stop_after: Annotated[float | None, typer.Option(help="Stop after so many minutes.")] = None,
    accept_stale: AcceptStale = False,
    retrain_stale: Annotated[
        bool, typer.Option("--retrain-stale", help="Train runs made by other code anew.")
    ] = False,
    until_decided: Annotated[
        bool, typer.Option("--until-decided", help="Further seeds for claims that they could decide.")
    ] = False,
    max_seeds: Annotated[int, typer.Option(min=1, max=20, help="The limit of --until-decided.")] = 20,
    suites_dir: SuitesDir = None,
) -> None:
    """Train what is missing of a suite, then collect the results and write the report."""
    from contextlib import ExitStack
    from functools import cache

    from bench.driver import sole_driver
    from bench.screen import verdict_table
    from bench.visit import Request, visit, visit_until_decided

    if seeds is not None and until_decided:
        raise UserError("--seeds fixes the number of seeds, --until-decided leaves it open: give one of them")
    suite = load_suite(suite_name, suites_dir)
    asked = Request(
        suite, profile, data_dir, runs_dir, reports_dir, only, no_tune, accept_stale, retrain_stale
    )
    with sole_driver(runs_dir), ExitStack() as until_done:

        @cache
        def executor() -> "Executor":
            place = data_dir, runs_dir, cpus_per_run, gpus_per_run, address, serial, stop_after
            return until_done.enter_context(executor_for(*place))

        if until_decided:
            visited = visit_until_decided(asked, max_seeds, executor)
        else:
            visited = visit(asked, seeds, executor)
        slots = executor().slots if visited.busy is not None else 0
    if visited.outcomes:
        console.print(verdict_table(visited.outcomes))
    if visited.busy is not None:
        print_efficiency(visited.busy, slots)
    report = reports_dir / suite.name / profile / "report.html"
    console.print(f"report: {report}   browse all runs: make ui", highlight=False)
    for line in visited.failures.values():
        errors.print(f"[red]failed:[/] {line}", highlight=False, soft_wrap=True)
    if visited.stopped:
        console.print("stopped; what is finished is kept. Give the same command again to go on.")
    if visited.failures or visited.stopped:
        raise typer.Exit(1)


@app.command(epilog="Example: bench report resnet-vs-plain --profile quick")
def report(
    suite_name: Annotated[str | None, typer.Argument(help="A suite; all of them if left out.")] = None,
    profile: Annotated[str | None, typer.Option(help="One profile; all of them if left out.")] = None,
    reports_dir: ReportsDir = Path("reports"),
    publish: Annotated[
        bool, typer.Option("--publish", help="Copy the results to reports/published/.")
    ] = False,
) -> None:
    """Rebuild reports from results files alone: the user's where there are any, else the published."""
    from bench.report.build import build_report
    from bench.report.index import build_index
    from bench.report.publish import publish_results
    from bench.report.shelf import find_results

    folders = find_results(reports_dir, suite_name, profile, published_too=suite_name is None and not publish)
    for folder in folders:
        build_report(folder)
        console.print(f"report: {folder / 'report.html'}", highlight=False)
        if publish:
            published = publish_results(folder, reports_dir)
            build_report(published)
            console.print(f"published: {published}", highlight=False)
    console.print(f"all of them: {build_index(reports_dir)}", highlight=False)


@app.command(epilog="Example: bench diff reports/published/depth/quick reports/depth/quick")
def diff(
    first: Annotated[Path, typer.Argument(help="A results folder.")],
    second: Annotated[Path, typer.Argument(help="Another.")],
) -> None:
    """Compare two results folders, experiment for experiment: what differs by more than the seeds do."""
    from bench.report.diff import compare
    from bench.screen import as_grid

    found = compare(first, second)
    console.print(as_grid(found.table))
    for note in found.notes:
        console.print(note, highlight=False)


@app.command(epilog="Example: bench augment --data cifar10 --data-dir data rotation cutmix")
def augment(
    names: Annotated[list[str] | None, typer.Argument(help="Augmentations; all if left out.")] = None,
    data: Annotated[str, typer.Option(help="A data set.")] = "cifar10",
    data_dir: DataDir = Path("data"),
    out: Annotated[Path, typer.Option(help="Where to write the picture.")] = Path("augment.png"),
) -> None:
    """Draw a contact sheet: what each augmentation does to the first training images."""
    from bench.base import Named
    from bench.contact import contact_sheet
    from bench.data import load
    from bench.data.augment import methods
    from bench.files import written_whole

    rows = {name: [Named(name=name)] for name in names or methods()}
    images = load(data, data_dir)
    picture = contact_sheet(images.x_train, rows, f"{images.name}: {images.provenance}")
    with written_whole(out) as file:
        file.write(picture)
    console.print(f"contact sheet: {out}", highlight=False)


@app.command(epilog="Example: bench ui --port 5000")
def ui(
    runs_dir: RunsDir = Path("runs"),
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 5000,
    suite_name: Annotated[str | None, typer.Option("--suite", help="Open at this suite.")] = None,
) -> None:
    """Open the MLflow UI on 127.0.0.1, at the comparison of a suite's experiments."""
    from bench.ui import serve

    serve(open_tracker(runs_dir), runs_dir, port, suite_name, console)


@data_app.command("get", epilog="Example: bench data get cifar10 --data-dir data")
def data_get(
    name: Annotated[
        str,
        typer.Argument(help="cifar10, cifar100, mnist, fashion_mnist, shapes; or imagenet-MODEL: weights."),
    ],
    data_dir: DataDir = Path("data"),
) -> None:
    """Download a data set (or weights) through torchvision, checked, to DATA/<name>.npz (or .pt)."""
    from bench.data.sets import STAND_IN, load
    from bench.data.vision import IMAGENET, fetch, fetch_weights

    if name.startswith(IMAGENET):
        console.print(f"{fetch_weights(name, data_dir)}: weights of torchvision", highlight=False)
        return
    if name != STAND_IN:
        fetch(name, data_dir)
    images = load(name, data_dir)
    console.print(
        f"{data_dir / name}.npz: {len(images.y_train):,} training and {len(images.y_test):,} test images, "
        f"{len(images.classes)} classes. {images.provenance}",
        highlight=False,
    )
