"""What the documents say is so."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from bench import models
from bench.data import augment
from bench.spec.loader import suite_files
from tests.conftest import ROOT, Command, clean_environment, tiny_arrays
from tests.data.test_augment import augmented, images
from tests.test_floors import FLOORS

sys.path.insert(0, str(ROOT / "docs"))
import refresh

DOCUMENTS = refresh.documents()
EXAMPLES = {  # files that a reader is told to write
    "bench/data/augment/stripes.py",
    "bench/models/mine.py",
    "bench/train/tasks/NAME.py",
    "suites/_mine.py",
    "suites/width.py",
}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_quotations_are_up_to_date(path):
    quick = refresh.FILLERS.keys() - refresh.SIMULATED
    assert refresh.filled(path.read_text(), quick) == path.read_text(), "run docs/refresh.py"


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_simulated_tables_are_up_to_date(path):
    """The bounds that they are held to are tested in `tests/claims`, always."""
    assert refresh.filled(path.read_text(), refresh.SIMULATED) == path.read_text(), "run docs/refresh.py"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_make_targets_in_the_documents_exist(tmp_path):
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) - {
        "suite-width",
        "suite-",
    }  # own, any
    assert {"suite-resnet-vs-plain", "test"} <= targets
    assert {one.removeprefix("suite-") for one in targets if one.startswith("suite-")} <= {
        *suite_files(ROOT / "suites")
    }
    for target in targets:
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("own", "asked", "folder"),
    [
        ({}, [], "data"),
        ({"BENCH_DATA_DIR": "/of mine"}, [], "/of mine"),
        ({"BENCH_DATA_DIR": "/of mine"}, ["DATA=elsewhere"], "elsewhere"),
    ],
)
def test_make_looks_for_data_where_it_is_told_to(own, asked, folder):
    without = {name: value for name, value in os.environ.items() if name not in ("BENCH_DATA_DIR", "DATA")}
    done = subprocess.run(
        ["make", "-n", "suite-depth", *asked], cwd=ROOT, capture_output=True, text=True, env=without | own
    )
    assert f'--data-dir "{folder}"' in done.stdout


def test_the_documented_suite_runs_as_written(tmp_path: Path, command):
    from bench.data.sets import write

    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "own-suite.md").read_text(), re.DOTALL)
    assert code.count("\n") <= 50
    (tmp_path / "suites" / "width.py").write_text(code)
    write(tmp_path / "data" / "cifar10.npz", tiny_arrays(train=400, test=50, size=32))
    assert "wider-wins" in command("show", "width")[1]
    code, out, errors = command("run", "width", "--profile", "smoke", "--serial")
    assert code == 0, out + errors
    assert (tmp_path / "reports" / "width" / "smoke" / "report.html").is_file()


def test_a_typo_gets_the_documented_line(tmp_path: Path, bench: Command):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "own-suite.md").read_text(), re.DOTALL)
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "width.py").write_text(code.replace("Recipe(epochs=1", "Recipe(epoch=1"))
    done = bench("show", "width")
    assert done.returncode == 2
    (line,) = re.findall(r"```text\n(error: .*?)\.\.\.", (ROOT / "docs" / "own-suite.md").read_text())
    assert done.stderr.startswith(line.strip())


def test_the_documented_cell_runs_as_written(tmp_path: Path):
    (cell,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    (tmp_path / "suites").symlink_to(ROOT / "suites")
    done = subprocess.run(
        [sys.executable, "-c", cell], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    first, *table = done.stdout.splitlines()
    assert first.startswith("arithmetic: counting")
    assert any(row.split()[1:3] == ["conv-weights", "supported"] for row in table)
    assert (tmp_path / table[-1]).is_file()


def test_the_documented_options_are_those_of_run():
    from bench.cli import run

    text = (ROOT / "docs" / "python.md").read_text()
    (listed,) = re.findall(r"with underscores: (.*?), …", text, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed)) <= set(inspect.signature(run.run).parameters)
    known = {*vars(run.SuiteRun), *run.SuiteRun.__dataclass_fields__}
    assert set(re.findall(r"`done\.(\w+)`", text)) <= known


def test_the_documented_house_is_the_tested_one():
    text = (ROOT / "docs" / "how-it-works.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted((str(i), name) for i, names in enumerate(FLOORS, 1) for name in names)


def test_the_documented_model_and_augmentation_work_as_written(monkeypatch):
    monkeypatch.setattr(models, "_MEMBERS", models.members())  # back to what it was, behind the test
    monkeypatch.setattr(augment, "_METHODS", augment.methods())
    for cell in re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL):
        exec(compile(cell, "CONTRIBUTING.md", "exec"), {"__name__": "documented"})
    network = models.build("mine-8", num_classes=7, width=4, norm="group")
    assert network(torch.zeros(2, 3, 16, 16)).shape == (2, 7)
    blackened = (augmented(images(), "stripe", height=3) == 0).all(3).all(1)
    assert (blackened.sum(1) == 3).all()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_the_documents_name_exist(path):
    for name in re.findall(r"`((?:bench|tests|suites|benchmarks|docs)/[\w/]*(?:\.\w+)?)`", path.read_text()):
        assert (ROOT / name).exists() or name in EXAMPLES, name
