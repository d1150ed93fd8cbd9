"""Runs on the move: files that are whole or refused, and an engine that needs torch and numpy alone."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from bench.common.errors import UserError
from bench.common.plain_spec import PlainSpec
from bench.common.run_archive import FORMAT, ArchivedRun, flat, nested, pack, unpack
from tests.cli.test_transfer import TRANSFER
from tests.conftest import ROOT, one_line
from tests.train.test_run import tiny_spec

SPEC = {"seed": 0, "model": {"name": "plain-8", "options": {"width": 4}}, "trial": None}
RUN = ArchivedRun(
    key=PlainSpec(SPEC).key, code="c", suite="s", experiment="e", phase="final", spec=SPEC,
    tags={"commit": "abc"}, result={"status": "finished", "metrics": {"test_error": 1.5}},
    files={"weights.pt": b"\x00\x01" * 50},
)  # fmt: skip


def test_runs_come_back_as_they_were(tmp_path):
    other = replace(RUN, key=PlainSpec({**SPEC, "seed": 1}).key, spec={**SPEC, "seed": 1}, files={})
    assert pack(tmp_path / "runs.zip", [RUN, other]) == 2
    assert list(unpack(tmp_path / "runs.zip")) == [RUN, other]
    again = tmp_path / "again.zip"
    pack(again, [RUN, other])
    assert again.read_bytes() == (tmp_path / "runs.zip").read_bytes(), "same runs, same bytes"


def rewritten(path, name, content):
    """The archive with one file's content changed, the manifest left as it is."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    files[name] = content
    with zipfile.ZipFile(path, "w") as archive:
        for one, data in files.items():
            archive.writestr(one, data)


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def later(path):
    rewritten(path, "manifest.json", json.dumps({"format": FORMAT + 1, "sha256": {}}).encode())


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (cut, "no whole file of runs"),
        (lambda path: path.write_bytes(b"text"), "no whole file of runs"),
        (
            lambda path: rewritten(path, f"{RUN.key}/weights.pt", b"other"),
            "weights.pt is not what was packed",
        ),
        (lambda path: rewritten(path, "more", b"?"), "holds other files than were packed"),
        (later, f"has format {FORMAT + 1}"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
    ],
    ids=["cut", "text", "changed", "more", "later", "missing"],
)
def test_what_was_cut_or_changed_is_refused(tmp_path, harm, message):
    path = tmp_path / "runs.zip"
    pack(path, [RUN])
    harm(path)
    with pytest.raises(UserError, match=message):
        list(unpack(path))


def test_a_plain_specification_has_the_run_s_key(data_dir):
    spec = tiny_spec(data_dir)
    plain = PlainSpec(json.loads(json.dumps(spec.model_dump(mode="json"))))
    assert plain.key == spec.key
    assert plain.replace(seed=7).key == spec.replace(seed=7).key
    assert (plain.recipe.lr, plain.model.options) == (spec.recipe.lr, spec.model.options)
    assert [step.name for step in plain.augment] == [step.name for step in spec.augment]
    assert plain.start is None
    assert PlainSpec({"start": {"key": "its own"}}).start.key == "its own"
    assert PlainSpec({}).label_smoothing is None, "an earlier version knew no such field"


def test_flat_names():
    assert flat({"a": {"b": 1, "c": None, "d": {}}, "e": "text", "f": [1]}) == {
        "a.b": "1", "a.d": "{}", "e": "text", "f": "[1]"
    }  # fmt: skip


def test_a_specification_comes_back_from_its_flat_names(data_dir):
    spec = tiny_spec(data_dir)
    plain = spec.model_dump(mode="json")
    assert PlainSpec(nested(flat(plain))).key == spec.key


BARE = """
import runpy, sys
for name in "pydantic ray mlflow optuna pandas scipy sklearn matplotlib rich typer".split():
    sys.modules[name] = None
runpy.run_module("bench.train", run_name="__main__", alter_sys=True)
"""


def bare(*words):
    """`python -m bench.train` where nothing but torch, numpy and torchvision can be imported."""
    return subprocess.run(
        [sys.executable, "-c", BARE, *map(str, words)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_runs_are_trained_elsewhere_and_taken_in(command, suites_dir, data_dir, tmp_path):
    (suites_dir / "transfer.py").write_text(TRANSFER)
    asked = ("transfer", "--profile", "smoke", "--suites-dir", suites_dir, "--data-dir", data_dir)
    code, out, errors = command("plan", *asked, "--specs", tmp_path / "specs.json")
    assert code == 0, errors
    assert "6 specifications" in out

    train = (tmp_path / "specs.json", "--out", tmp_path / "out", "--data-dir", data_dir)
    done = bare(*train, "--stop-after", "0")
    assert (done.returncode, "stopped; give the same command again" in done.stdout) == (1, True), done.stderr
    done = bare(*train)
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "out").glob("*.zip"))
    assert len(files) == 6
    done = bare(*train)
    assert "6 of 6 runs are there" in done.stdout
    done = bare(tmp_path / "nowhere.json", "--out", tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)

    done = bare(*train[:2], tmp_path / "together", *train[3:], "--at-once", "3")
    assert done.returncode == 0, done.stderr
    for path in files:
        (alone,), (together,) = unpack(path), unpack(tmp_path / "together" / path.name)
        assert alone.result["metrics"] == together.result["metrics"]
        assert alone.files.keys() == together.files.keys()
    assert bare(*train, "--at-once", "0").returncode == 2

    code, out, errors = command("import", *files)
    assert (code, "6 runs taken, 0 were there" in out) == (0, True), errors
    code, out, errors = command("import", *files)
    assert "0 runs taken, 6 were there already" in out
    code, out, errors = command("run", *asked, "--serial")
    assert code == 0, errors
    assert "6 of 6 runs are there, 0 to do" in out
    elsewhere = pd.read_csv(tmp_path / "reports" / "transfer" / "smoke" / "measures.csv")

    code, out, errors = command("export", tmp_path / "runs", tmp_path / "all.zip")
    assert "6 runs" in out, errors
    code, out, errors = command("import", tmp_path / "all.zip", "--runs-dir", tmp_path / "other")
    assert "6 runs taken" in out, errors
    code, out, errors = command("export", tmp_path / "runs", tmp_path / "light.zip", "--without-weights")
    assert not any(run.files for run in unpack(tmp_path / "light.zip"))
    code, out, errors = command("import", tmp_path / "light.zip", "--runs-dir", tmp_path / "light")
    assert "6 runs taken" in out, errors
    code, out, errors = command("plan", *asked, "--runs-dir", tmp_path / "light")
    assert out.count("2 + 0 + 0") == 3, out
    code, out, errors = command("run", *asked, "--serial", "--runs-dir", tmp_path / "third")
    here = pd.read_csv(tmp_path / "reports" / "transfer" / "smoke" / "measures.csv")
    pd.testing.assert_frame_equal(here, elsewhere)
    (tmp_path / "all.zip").write_bytes((tmp_path / "all.zip").read_bytes()[:-9])
    assert "no whole file of runs" in one_line(command("import", tmp_path / "all.zip"))


def test_trials_are_pruned_elsewhere_as_they_would_be_here(command, suites_dir, data_dir, tmp_path):
    specs = tmp_path / "specs.json"
    asked = ("--profile", "smoke", "--suites-dir", suites_dir, "--data-dir", data_dir)
    assert command("plan", "tiny", *asked, "--specs", specs)[0] == 0
    entry = json.loads(specs.read_text())[0]
    assert (entry["phase"], entry["limits"]) == ("tune", {})
    entry["limits"] = {"1": 0.0}
    specs.write_text(json.dumps([entry]))
    done = bare(specs, "--out", tmp_path / "out", "--data-dir", data_dir)
    assert ": pruned; " in done.stdout, done.stdout + done.stderr
