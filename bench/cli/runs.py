"""Commands on the run store: ui, export, import."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.app import app
from bench.cli.common import console
from bench.cli.options import RunsDir
from bench.cli.work import open_tracker
from bench.common.errors import UserError


@app.command(epilog="Example: bench ui --port 5000")
def ui(
    runs_dir: RunsDir = Path("runs"),
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 5000,
    suite_name: Annotated[str | None, typer.Option("--suite", help="Open at this suite.")] = None,
) -> None:
    """Open the MLflow UI on 127.0.0.1, at the comparison of a suite's experiments."""
    from bench.cli.ui import serve

    serve(open_tracker(runs_dir), runs_dir, port, suite_name, console)


@app.command("export", epilog="Example: bench export runs runs.zip")
def export_runs(
    runs_dir: Annotated[Path, typer.Argument(help="Folder of the run store.")],
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    without_weights: Annotated[
        bool,
        typer.Option("--without-weights", help="Small: what reports need, but nothing to begin with."),
    ] = False,
) -> None:
    """Write all finished runs of a store to one file, to be imported elsewhere."""
    from bench.common.run_archive import pack

    if not runs_dir.is_dir():
        raise UserError(f"there is no folder of runs {runs_dir}")
    store = open_tracker(runs_dir)
    stored = [run for runs in store.finished().values() for run in runs]
    count = pack(file, (store.moved(run, weights=not without_weights) for run in stored))
    console.print(f"{count} runs: {file}")


@app.command("import", epilog="Example: bench import runs.zip")
def import_runs(
    files: Annotated[list[Path], typer.Argument(help="Files that bench export or bench.train has written.")],
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Take finished runs from files into the store; those that are there already are left alone."""
    from bench.common.run_archive import unpack
    from bench.execute.driver import sole_driver
    from bench.store.transport import take

    found = [unpack(file) for file in files]  # all are checked before anything is made
    with sole_driver(runs_dir):
        taken, known = take(open_tracker(runs_dir), chain.from_iterable(found))
    console.print(f"{taken} runs taken, {known} were there already")
