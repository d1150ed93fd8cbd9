"""One place to touch for one addition: each is made in a copy of the package, found there, and used.

A row is an addition: the one file that it touches, what it does to it, and whether the runs of others grow
stale.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODEL = '''
"""A family."""
from torch import nn
from bench.models import family

@family({"added-net": {}})
def added(*, num_classes: int, in_channels: int = 3) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(num_classes))
'''
AUGMENTATION = '''
"""A method."""
from bench.data.augment import augmentation

@augmentation(boxes="kept")
def added_darkening(images, draw):
    return images // 2
'''
TASK = '''
"""A task."""
from bench.train.tasks.classify import Classify

class Added(Classify):
    """Like classify."""

task = Added
'''
MEASURE = '''
"""A measure."""
from bench.train.measures import at_epoch_ends

@at_epoch_ends
def added_norm(network):
    return {1: 0.0}
'''
FIGURE = '''
"""A figure."""
from typing import Literal
from bench.report.figures.dots import Dots

class Added(Dots):
    kind: Literal["added"] = "added"
'''
TABLE = '''
"""A table."""
from bench.report.table import Table
HEADING = "Added"

def table(results):
    return Table("added", "Added", ("a",), (("1",),))
'''
SUITE = '''
"""A suite."""
from bench import Experiment, Profile, Recipe, Suite
suite = Suite(title="A", question="Q", data="shapes", experiments=[Experiment(model="resnet-8")],
              profiles={"smoke": Profile(recipe=Recipe(epochs=1))})
'''
CLAIM = '''

class Added(Difference):
    """A kind of claim."""

    kind: Literal["added"] = "added"  # type: ignore[assignment]
'''


def written(text):
    return lambda old: text


def appended(text):
    return lambda old: old + text


def inserted(after, text):
    def change(old):
        assert after in old
        return old.replace(after, after + text, 1)

    return change


ADDITIONS = {  # name: file, change, whether runs of others grow stale
    "a model family": ("bench/models/added.py", written(MODEL), False),
    "an augmentation": ("bench/data/augment/added.py", written(AUGMENTATION), False),
    "a task": ("bench/train/tasks/added.py", written(TASK), False),
    "a measure": ("bench/train/measures/added.py", written(MEASURE), False),
    "a metric": (
        "bench/spec/metrics.py",
        inserted("    for row in (\n", '        Row("added_metric", "added", "%", "lower"),\n'),
        False,
    ),
    "a kind of claim": ("bench/claims/kinds.py", appended(CLAIM), False),
    "a figure": ("bench/report/figures/added.py", written(FIGURE), False),
    "a table": ("bench/report/further/added.py", written(TABLE), False),
    "a suite": ("suites/added.py", written(SUITE), False),
    "an option of a command": (
        "bench/cli/options.py",
        appended('Added = Annotated[bool, typer.Option("--added")]\n'),
        False,
    ),
    "an optimizer": (
        "bench/common/optimizers.py",
        inserted("OPTIMIZERS = {\n", '    "added": Optimizer("Adagrad", lambda recipe: {}),\n'),
        True,
    ),
    "a schedule": (
        "bench/common/schedules.py",
        inserted("SCHEDULES: dict[str, Schedule] = {\n", '    "added": constant,\n'),
        True,
    ),
}
USED = """
import json, sys
from pathlib import Path
import torch
from bench import models
from bench.claims import Added as Claimed
from bench.claims.kinds import parse
from bench.cli.options import Added as Option
from bench.data.augment import compose, Draw
from bench.report.build import build_report
from bench.report.figures import Added as Figure
from bench.spec import Named, Recipe
from bench.spec.loader import load_suite
from bench.train.measures import known
from bench.train.optimizers import optimizer_of
from bench.train.tasks import tasks
from bench.common.schedules import rate

recipe = Recipe(epochs=1, optimizer="added", schedule="added", lr=0.5)
network = models.build("added-net", num_classes=3)
logits = network(torch.zeros(2, 3, 4, 4))
images = torch.full((2, 3, 4, 4), 8, dtype=torch.uint8)
draw = Draw(torch.Generator(), torch.zeros(3), lambda: torch.eye(3))
claim = Claimed(id="c", text="t", metric="added_metric", lower="a", higher="b")
assert parse(claim.model_dump(mode="json")) == claim
groups = [{"params": list(network.parameters()), "share": 1.0}]
folder = Path(sys.argv[1])
build_report(folder)
print(json.dumps({
    "model": list(logits.shape), "augmentation": int(compose([Named(name="added-darkening")])(images,
    draw)[0].max()), "optimizer": type(optimizer_of(recipe, groups, torch.device("cpu"))).__name__,
    "schedule": rate(recipe, 0, 2), "tasks": tasks(), "measures": sorted(known("epoch")), "suite":
    load_suite("added").title, "files": sorted(str(path.relative_to(folder)) for path in
    folder.rglob("*added*")), }))
"""
ENGINE = ("train/run.py", "train/tasks/classify.py", "models/resnet.py", "data/augment/geometry.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("bench", "suites"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def code_of_a_run(copy: Path) -> str:
    """The hash of a copy's code that a plain ResNet's run uses."""
    spec = importlib.util.spec_from_file_location("copied_code_hash", copy / "bench/common/code_hash.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.code_hash([copy / "bench" / name for name in ENGINE])


def test_each_addition_touches_one_file_and_makes_no_other_run_stale(copy):
    """But for rows in tables of the engine: they belong to what every training uses."""
    before = code_of_a_run(copy)
    for name, (file, change, stale) in ADDITIONS.items():
        path = copy / file
        path.write_text(change(path.read_text() if path.is_file() else ""))
        after = code_of_a_run(copy)
        assert (after != before) == stale, name
        before = after


def test_all_of_them_are_found_and_used(copy, tmp_path):
    from bench.results.files import write
    from tests.report.made import made_up

    for file, change, _ in ADDITIONS.values():
        path = copy / file
        path.write_text(change(path.read_text() if path.is_file() else ""))
    write(made_up(figures=[{"kind": "added", "name": "added-figure"}]), tmp_path / "results")
    done = subprocess.run(
        [sys.executable, "-c", USED, str(tmp_path / "results")],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["model"] == [2, 3]
    assert found["augmentation"] == 4
    assert found["optimizer"] == "Adagrad"
    assert found["schedule"] == 0.5
    assert "added" in found["tasks"]
    assert "added_norm" in found["measures"]
    assert found["suite"] == "A"
    assert {"figures/added-figure.svg", "tables/added.csv"} <= set(found["files"])
