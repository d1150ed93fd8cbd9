"""Small real things for tests: a data set that can be learnt, a suite, and the command line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch are loaded: tests run in parallel

import numpy as np
import pytest

from bench import Suite, load_suite
from bench.data.sets import write

ROOT = Path(__file__).parent.parent
Command = Callable[..., "subprocess.CompletedProcess[str]"]

TINY_SUITE = '''
"""A suite for tests."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.spec import Data, Range, Tuning

suite = Suite(
    title="Tiny",
    question="Does a residual net of 8 layers learn?",
    data="tiny",
    augment=("flip",),
    experiments=[Experiment(model=name) for name in ("plain-8", "resnet-8")],
    profiles={
        "smoke": Profile(
            data=Data(train=128, validation=64, size=8),
            model={"width": 4},
            recipe=Recipe(epochs=2, batch_size=32, lr=0.1, schedule="one-cycle"),
            tuning=Tuning(
                space={"lr": Range(low=0.01, high=1.0)}, trials=3, generation=2, epochs=1, prune_at=(1,)
            ),
            seeds=2,
        ),
        "paper": Profile(
            data=Data(size=8), model={"width": 4}, recipe=Recipe(epochs=1, batch_size=32), stand_in=False
        ),
    },
    claims=[
        Difference(
            id="residual-wins", text="Residual beats plain.", metric="test_error",
            lower="resnet-8", higher="plain-8", said="nothing", source="nobody",
        )
    ],
)
'''


def tiny_arrays(train: int = 256, test: int = 96, size: int = 16, classes: int = 4) -> dict[str, np.ndarray]:
    """Images whose class is where the bright quarter is, under noise: easy, but not at once."""
    rng = np.random.Generator(np.random.PCG64(7))
    arrays = {}
    for part, n in (("train", train), ("test", test)):
        labels = np.arange(n) % classes
        x = rng.integers(0, 150, (n, size, size, 3))
        half = size // 2
        for image, label in zip(x, labels, strict=True):
            row, column = divmod(int(label) % 4, 2)
            image[row * half : (row + 1) * half, column * half : (column + 1) * half] += 80
        arrays[f"x_{part}"] = x.astype(np.uint8)
        arrays[f"y_{part}"] = labels.astype(np.int64)
    arrays["classes"] = np.array([f"class {i}" for i in range(classes)])
    arrays["provenance"] = np.array("drawn by a test")
    return arrays


def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis judges what it finds, not how long it took: another process may have the core."""
    if config.pluginmanager.hasplugin("hypothesispytest"):  # not where there is little but torch
        from hypothesis import HealthCheck, settings

        settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
        settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: a worker that came to it last would keep all others waiting."""
    items.sort(key=lambda item: "test_stopped_three_times" not in item.name)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the data set `tiny`."""
    folder = tmp_path_factory.mktemp("data")
    write(folder / "tiny.npz", tiny_arrays())
    return folder


@pytest.fixture
def suites_dir(tmp_path: Path) -> Path:
    """A folder with the suite `tiny`."""
    folder = tmp_path / "suites"
    folder.mkdir()
    (folder / "tiny.py").write_text(TINY_SUITE)
    return folder


@pytest.fixture
def suite(suites_dir: Path) -> Suite:
    """The suite `tiny`."""
    return load_suite("tiny", suites_dir)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Ray cluster that tests share: two cores, and two GPUs that are not there."""
    from bench.execute.ray_executor import Ray
    from bench.execute.worker import Place

    folder = tmp_path_factory.mktemp("cluster")
    shared = Ray(Place(data_dir=folder, work_dir=folder), folder, resources={"CPU": 2, "GPU": 2})
    yield
    shared.close()


@pytest.fixture
def bench(tmp_path: Path) -> Command:
    """The command line as a user has it: a process of its own, in an empty folder."""

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bench", *map(str, arguments)],
            cwd=tmp_path,
            env={**clean_environment(), **environment},
            capture_output=True,
            text=True,
            timeout=600,  # on a machine that others use too
        )

    return run


def clean_environment() -> dict[str, str]:
    """The environment without what would change what the command line does."""
    own = ("BENCH_DATA_DIR", "BENCH_RUNS_DIR", "MLFLOW_TRACKING_URI", "RAY_ADDRESS")
    return {**{k: v for k, v in os.environ.items() if k not in own}, "COLUMNS": "200"}


@pytest.fixture
def command(tmp_path, monkeypatch, capsys, suites_dir, data_dir):
    """The command line in this process, in an empty folder; gives exit code, output and errors."""
    from bench.cli import common, main  # here: what needs a GPU is tested where there may be little but torch

    monkeypatch.chdir(tmp_path)
    for name in ("BENCH_DATA_DIR", "BENCH_RUNS_DIR", "MLFLOW_TRACKING_URI", "RAY_ADDRESS"):
        monkeypatch.delenv(name, raising=False)

    for screen in (common.console, common.errors):
        monkeypatch.setattr(screen, "_width", 200)

    def run(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return run


def one_line(said) -> str:
    code, _, errors = said
    assert code == 2
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1, errors
    assert "Traceback" not in errors
    return errors
