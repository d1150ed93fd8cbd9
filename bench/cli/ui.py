"""The MLflow UI, on 127.0.0.1 alone, opened at the comparison of a suite's experiments."""

import os
import signal
import subprocess
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Timer
from urllib.parse import quote, urlencode

from rich.console import Console

from bench.common.errors import UserError
from bench.store.tracker import Tracker

# the charts of MLflow's runs page, one bar an experiment; without a workflow it shows traces of agents
_COMPARISON = urlencode(
    {
        "searchFilter": "tags.`bench.kind` = 'experiment'",
        "compareRunsMode": "CHART",
        "workflowType": "machine_learning",
    },
    quote_via=quote,
)
_START_SECONDS = 8.0


def serve(tracker: Tracker, runs_dir: Path, port: int, suite: str | None, console: Console) -> None:
    """Serve until Ctrl-C. Raises UserError if the store has no such suite."""
    names = {one.name: one.experiment_id for one in tracker.client.search_experiments()}
    names.pop("Default", None)
    if suite is not None and suite not in names:
        raise UserError(f"the store has no runs of {suite!r}; it has: {', '.join(names) or 'none'}")
    address = tracker.uri if tracker.uri.startswith("http") else f"http://127.0.0.1:{port}"
    console.print(f"MLflow UI: {address}")
    links = {name: f"{address}/#/experiments/{i}/runs?{_COMPARISON}" for name, i in names.items()}
    for name, link in links.items():
        if suite in (None, name):
            console.print(f"  {name}: {link}", soft_wrap=True)
    if tracker.uri.startswith("http"):
        return  # the store is a server already
    console.print("Ctrl-C ends it")
    if links and _graphical():
        opened = links[suite] if suite else next(iter(links.values()))
        Timer(_START_SECONDS, webbrowser.open, [opened]).start()
    command = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", tracker.uri,
        "--default-artifact-root", str(runs_dir.resolve() / "artifacts"),
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PYTHONWARNINGS": "ignore",
    }
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else the server would outlive us
    server = subprocess.Popen(command, env={**os.environ, **quiet}, start_new_session=True)
    try:
        server.wait()
    except KeyboardInterrupt:
        console.print("closed")
    finally:  # its workers too
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)


def _graphical() -> bool:
    """Whether a browser can open: in a plain terminal one would take the screen from the server."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
