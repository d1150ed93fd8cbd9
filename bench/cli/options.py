"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from bench.spec import PROFILES

SuiteName = Annotated[str, typer.Argument(help="A suite's name (see `bench list`) or file.")]
SuitesDir = Annotated[Path | None, typer.Option(help="Folder of suite files.")]
ProfileName = Annotated[str, typer.Option(help=f"How big: {', '.join(PROFILES)}.")]
DataDir = Annotated[Path, typer.Option(envvar="BENCH_DATA_DIR", help="Folder of data sets.")]
RunsDir = Annotated[Path, typer.Option(envvar="BENCH_RUNS_DIR", help="Folder of the run store.")]
ReportsDir = Annotated[Path, typer.Option(help="Folder of results and reports.")]
Seeds = Annotated[int | None, typer.Option(min=1, max=20, help="Final seeds an experiment.")]
Replicate = Annotated[
    int, typer.Option(min=0, metavar="NUMBER", help="All of it again with other seeds: 1, 2, …")
]
Only = Annotated[str, typer.Option(help="Experiments whose id fits this pattern.")]
NoTune = Annotated[bool, typer.Option("--no-tune", help="Take the recipes as they stand.")]
AcceptStale = Annotated[
    str | None, typer.Option(metavar="REASON", help="Use runs made by other code; the report says why.")
]
VerifyStale = Annotated[
    bool, typer.Option("--verify-stale", help="Use those of other code that come out to the last digit.")
]
