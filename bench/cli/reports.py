"""Commands on results: report, diff."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.app import app
from bench.cli.common import console, warn
from bench.cli.options import ReportsDir
from bench.common.errors import UserError


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
    from bench.report.library import Published, find_results
    from bench.report.publish import publish_results
    from bench.results.folders import replicate_folders

    whose: Published = "never" if publish else "too" if suite_name is None else "else"
    folders = find_results(reports_dir, suite_name, profile, whose)
    for folder in folders:
        try:
            for each in (*replicate_folders(folder), folder):
                build_report(each)
        except UserError as error:
            if suite_name:
                raise
            warn(f"left out: {error}")  # one damaged folder does not keep the others from being rebuilt
            continue
        console.print(f"report: {folder / 'report.html'}")
        if publish:
            target = publish_results(folder, reports_dir)
            build_report(target)
            console.print(f"published: {target}")
    console.print(f"all of them: {build_index(reports_dir, warn)}")


@app.command(
    epilog="Example: bench diff reports/published/resnet-vs-plain/quick reports/resnet-vs-plain/quick"
)
def diff(
    first: Annotated[Path, typer.Argument(help="A results folder.")],
    second: Annotated[Path, typer.Argument(help="Another.")],
) -> None:
    """Compare two results folders: which verdicts came out again, and what differs by more than seeds do."""
    from bench.cli.tables import as_grid
    from bench.report.diff import compare

    found = compare(first, second)
    for note in found.notes:
        warn(note)
    console.print(as_grid(found.verdicts))
    console.print(f"\n{found.agreement}\n")
    console.print(as_grid(found.table))
