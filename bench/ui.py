"""The MLflow UI, on 127.0.0.1 alone, opened at the comparison of a suite's experiments."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from rich.console import Console

from bench.errors import UserError
from bench.track import Tracker

_COMPARED = "tags.`bench.kind` = 'experiment'"


def serve(tracker: Tracker, runs_dir: Path, port: int, suite: str | None, console: Console) -> None:
    """Serve until Ctrl-C. Raises UserError if the store has no such suite."""
    names = {one.name: one.experiment_id for one in tracker.client.search_experiments()}
    names.pop("Default", None)
    if suite is not None and suite not in names:
        raise UserError(f"the store has no runs of {suite!r}; it has: {', '.join(names) or 'none'}")
    address = f"http://127.0.0.1:{port}"
    console.print(f"MLflow UI: {address}   (Ctrl-C ends it)", highlight=False)
    for name, identity in names.items():
        if suite in (None, name):
            query = quote(_COMPARED)
            console.print(
                f"  {name}: {address}/#/experiments/{identity}/runs?searchFilter={query}",
                highlight=False,
            )
    if tracker.uri.startswith("http"):
        console.print(f"the store is a server already: {tracker.uri}", highlight=False)
        return
    command = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", tracker.uri,
        "--default-artifact-root", str(runs_dir.resolve() / "artifacts"),
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    try:
        subprocess.run(command, env={**os.environ, **quiet}, check=False)
    except KeyboardInterrupt:
        console.print("closed")
