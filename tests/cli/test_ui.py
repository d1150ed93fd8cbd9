import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console

from bench.cli.ui import serve
from bench.common.provenance import Provenance
from bench.store.address import tracking_uri
from bench.store.tracker import Tracker
from tests.cli.tiny import run_tiny
from tests.conftest import clean_environment


@pytest.mark.slow
def test_the_ui_is_served_on_loopback_and_ends_with_the_command(tmp_path):
    runs = tmp_path / "runs"
    runs.mkdir()
    tracker = Tracker(tracking_uri(runs), runs, Provenance())
    identity = tracker.client.create_experiment("tiny")
    port = _free_port()
    command = [sys.executable, "-m", "bench", "ui", "--port", str(port), "--runs-dir", str(runs)]
    server = subprocess.Popen(
        command, cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        link = server.stdout.readline()
        assert re.search(
            rf"tiny: http://127\.0\.0\.1:{port}/#/experiments/{identity}/runs\?.*searchFilter=", link
        )
        assert "compareRunsMode=CHART" in link
        page = _fetch(f"http://127.0.0.1:{port}/")
        assert "MLflow" in page
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()
    time.sleep(2)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)


@pytest.mark.slow
def test_a_tracking_server_serves_as_the_store(tmp_path, suites_dir, data_dir, bench):
    """Runs go to a server over HTTP, artifacts too, and are found there again."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1",
         "--backend-store-uri", f"sqlite:///{tmp_path}/server.db",
         "--artifacts-destination", str(tmp_path / "artifacts")],
        cwd=tmp_path, env=clean_environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    tiny = run_tiny(suites_dir, data_dir)
    try:
        _fetch(address)
        first = bench(*tiny, MLFLOW_TRACKING_URI=address)
        assert first.returncode == 0, first.stdout + first.stderr
        again = bench(*tiny, MLFLOW_TRACKING_URI=address)
        assert "10 of 10 runs are there, 0 to do" in again.stdout
        assert not (tmp_path / "runs" / "mlflow.db").exists()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _fetch(address: str) -> str:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                return str(page.read().decode())
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not start")


def test_links_lead_to_the_comparison_of_experiments_in_the_mode_for_training(tmp_path):
    experiments = [SimpleNamespace(name=name, experiment_id=i) for i, name in enumerate(("Default", "one"))]
    client = SimpleNamespace(search_experiments=lambda: experiments)
    console = Console(record=True, width=80)
    serve(SimpleNamespace(client=client, uri="http://store"), tmp_path, 5000, None, console)
    (line,) = [line for line in console.export_text().splitlines() if "one: " in line]
    path, _, query = urlsplit(line.partition(": ")[2]).fragment.partition("?")
    assert path == "/experiments/1/runs"
    assert parse_qs(query)["workflowType"] == ["machine_learning"]
