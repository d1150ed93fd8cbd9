"""The real suite through the real stack, in processes of their own, killed without warning."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.data.sets import write
from tests.conftest import ROOT, clean_environment, tiny_arrays

PURE = ("suite.json", "runs.csv", "measures.csv", "curves.csv", "trials.csv", "counts.csv", "verdicts.json")
ONLY = "*-20"  # plain and residual: the deeper two cost three times as many multiplications
RUNS = 2 * 2 * (3 + 1)  # networks × seeds × (trials + a final run) of the smoke profile


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    """A data folder whose `cifar10` is small and drawn by the test."""
    folder = tmp_path_factory.mktemp("images")
    write(folder / "cifar10.npz", tiny_arrays(train=700, test=200, size=32, classes=10))
    return folder


class Driver:
    """`bench run resnet-vs-plain --profile smoke` in a folder of its own, some networks of it."""

    def __init__(self, folder: Path, images: Path, *more: str) -> None:
        folder.mkdir(exist_ok=True)
        suite = ROOT / "suites" / "resnet_vs_plain.py"
        asked = ("run", str(suite), "--profile", "smoke", "--only", ONLY, "--data-dir", str(images), *more)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench", *asked],
            cwd=folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.told = self.process.stdout
        self.lines: list[str] = []

    def until(self, happened: Callable[[str], bool]) -> None:
        """Read on until a line says so."""
        for line in self.told:
            self.lines.append(line)
            if happened(line):
                return
        pytest.fail("it never happened:\n" + "".join(self.lines))

    def kill(self) -> None:
        """`kill -9`, and wait until Ray's processes have noticed."""
        self.process.kill()
        self.process.wait()
        self.told.close()
        time.sleep(3)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def finish(self, code: int = 0) -> str:
        """What it said, once it has ended with that exit code."""
        out, _ = self.process.communicate(timeout=600)  # on a machine that others use too
        text = "".join(self.lines) + out
        assert self.process.returncode == code, text
        return text


def report(folder: Path) -> dict[str, bytes]:
    """Everything in a report that must be a function of the runs alone."""
    place = folder / "reports" / "resnet-vs-plain" / "smoke"
    paths = [place / name for name in PURE]
    paths += [*place.glob("tables/*"), *place.glob("figures/*")]
    return {
        str(path.relative_to(place)): path.read_bytes() for path in paths if not path.name.startswith("cost")
    }


def runs(folder: Path) -> list[tuple[str, str]]:
    """Key and MLflow status of every run in the store."""
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as store:
        return store.execute(
            "select tags.value, runs.status from runs join tags on tags.run_uuid = runs.run_uuid "
            "where tags.key = 'bench.key'"
        ).fetchall()


def unfinished_checkpoint(folder: Path) -> bool:
    return any(folder.glob("runs/work/*/checkpoint.pt"))


def test_stopped_three_times_it_ends_as_if_undisturbed(tmp_path, images):
    """Undisturbed and serial against Ray: killed while tuning and while training, then ended by Ctrl-C.

    The one killed while training is serial, and Ray goes on from its checkpoint.
    """
    undisturbed = Driver(tmp_path / "undisturbed", images, "--serial")

    folder = tmp_path / "stopped"
    tuning = Driver(folder, images)
    tuning.until(lambda line: "finished" in line and "trial" in line)
    tuning.kill()

    training = Driver(folder, images, "--serial")
    training.until(lambda line: "start" in line and "trial" not in line)
    for _ in range(100):
        if unfinished_checkpoint(folder):
            break
        time.sleep(0.05)
    training.kill()

    between = Driver(folder, images)
    between.until(lambda line: "finished" in line and "trial" not in line)
    between.interrupt()
    said = between.finish(code=1)
    assert "Give the same command again to go on" in said
    assert "Traceback" not in said
    statuses = Counter(status for _, status in runs(folder))
    assert statuses["FINISHED"] >= 1
    assert "RUNNING" not in statuses

    said = Driver(folder, images).finish()
    assert f"of {RUNS} runs are there" in said
    assert "0 of" not in said.split("runs are there")[0], "what was finished is kept"
    undisturbed.finish()

    for stored in (runs(folder), runs(tmp_path / "undisturbed")):
        assert {status for _, status in stored} == {"FINISHED"}
        assert set(Counter(key for key, _ in stored).values()) == {1}, "no run twice"
        assert len(stored) == RUNS
    stopped, whole = report(folder), report(tmp_path / "undisturbed")
    assert stopped.keys() == whole.keys()
    assert [name for name in whole if stopped[name] != whole[name]] == []


def test_the_wheel_brings_its_suites(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("cnn_bench-*.whl")
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True, capture_output=True
    )
    code = (
        "import bench, sys; sys.argv = ['bench', 'list']; from bench.cli.main import main;"
        "print(bench.__file__); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty,
        env={**clean_environment(), "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (site / "bench" / "report" / "templates" / "report.html.j2").is_file()
    assert str(site) in done.stdout
    assert "resnet-vs-plain" in done.stdout
    assert "Do identity shortcuts lessen" in done.stdout
