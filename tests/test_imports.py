"""Large packages are imported late, and only by what needs them: seconds of a command's start."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

LARGE = ("torch", "ray", "mlflow", "optuna", "pandas", "scipy", "numpy", "matplotlib", "sklearn")
COMPILER = "torch._dynamo"
TRAIN = """
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.train.test_run import tiny_spec
from bench.train.run import Context, run
data = Path(sys.argv[1])
with TemporaryDirectory() as folder:
    run(tiny_spec(data), Context(data, Path(folder)))
"""
COUNT = """
from bench.models.counts import count
from bench.spec.base import Named
for name in ("resnet-20", "lenet-5"):
    count(Named(name=name), num_classes=10, in_channels=3, size=(32, 32))
"""


def loaded(code, names, *words):
    """Which of the modules a fresh process has loaded once it has run the code."""
    told = f"print(*(one for one in {names!r} if one in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{told}", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("module", ["bench.cli.main", "bench.cli.tables", "bench.cli.run"])
def test_commands_begin_without_the_large_packages(module):
    assert loaded(f"import {module}", LARGE) == []


def test_what_compiles_nothing_imports_no_compiler(data_dir):
    assert loaded(TRAIN, [COMPILER], data_dir) == []
    assert loaded(COUNT, [COMPILER]) == []


def test_the_compiler_is_there_for_who_asks_for_it():
    code = f"""{COUNT}
import torch
assert torch.compile(lambda x: x + 1, backend="eager")(torch.ones(2)).tolist() == [2, 2]
"""
    assert loaded(code, [COMPILER]) == [COMPILER]
