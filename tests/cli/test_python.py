"""Suites run from Python: tables come back, and nothing is printed unless it is asked for."""

import subprocess
import sys

import pandas as pd
import pytest

import bench
from bench.common.errors import UserError
from tests.conftest import ROOT


@pytest.fixture
def folders(tmp_path, data_dir, suites_dir):
    return {
        "data_dir": data_dir,
        "runs_dir": tmp_path / "runs",
        "reports_dir": tmp_path / "reports",
        "suites_dir": suites_dir,
        "profile": "smoke",
        "serial": True,
        "tune": False,
    }


def test_a_run_gives_tables_and_says_nothing(folders, capsys):
    done = bench.run("tiny", **folders, seeds=2)
    assert capsys.readouterr() == ("", "")
    assert not done.failures
    assert not done.stopped
    assert done.report == folders["reports_dir"] / "tiny" / "smoke" / "report.html"
    assert done.report.is_file()
    kept = pd.read_csv(done.report.with_name("measures.csv"))
    assert list(done.measures) == list(kept) == ["experiment", "seed", "budget", "metric", "at", "value"]
    tall = done.measures.query("metric == 'test_error'")
    assert tall["value"].tolist() == pytest.approx(kept.query("metric == 'test_error'")["value"].tolist())
    assert tall["seed"].tolist() == done.runs["seed"].tolist()
    assert {"recipe.lr", "model.name", "environment"} <= set(done.runs)
    assert not done.measures.duplicated(["experiment", "seed", "metric", "at"]).any()
    names = ["claim", "text", "verdict", "budget", "estimate", "low", "high", "p", "n", "said", "note"]
    assert list(done.verdicts) == names
    (verdict,) = done.verdicts.itertuples()
    errors = tall.groupby("experiment")["value"].mean()
    assert (verdict.claim, verdict.verdict, verdict.n) == ("residual-wins", "undecided", 2)
    assert verdict.estimate == pytest.approx(errors["plain-8"] - errors["resnet-8"])
    assert verdict.low <= verdict.estimate <= verdict.high


def test_who_asks_is_told_line_by_line_and_nothing_is_trained_twice(folders, capsys):
    lines = []
    first = bench.run("tiny", **folders, say=lines.append)
    assert lines[0] == "tiny, smoke, tiny: 0 of 4 runs are there, 4 to do"
    assert sum("finished" in line for line in lines) == 4
    again = []
    second = bench.run(bench.load_suite("tiny", folders["suites_dir"]), **folders, say=again.append)
    assert again == ["tiny, smoke, tiny: 4 of 4 runs are there, 0 to do"]
    assert second.runs.equals(first.runs)
    assert second.busy is None
    assert capsys.readouterr() == ("", "")


def test_a_suite_may_be_a_path_or_an_object_with_a_name(folders, suites_dir):
    path = suites_dir / "tiny.py"
    assert set(bench.run(path, **folders, only="plain-8").runs["experiment"]) == {"plain-8"}
    with pytest.raises(UserError, match="a suite needs a name"):
        bench.run(bench.load_suite(str(path)).replace(name=""), **folders)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"profile": "smok"}, "no profile 'smok': did you mean 'smoke'"),
        ({"seeds": 0}, "seeds is from 1 to 20, not 0"),
        ({"seeds": 3, "until_decided": True}, "give one of them"),
        ({"max_seeds": 8}, "limit of --until-decided"),
    ],
)
def test_what_is_asked_wrongly_raises(folders, wrong, said):
    with pytest.raises(UserError, match=said):
        bench.run("tiny", **{**folders, **wrong})


def test_work_that_is_left_over_is_told(folders):
    done = bench.run("tiny", **folders, stop_after=0)
    assert done.stopped
    assert len(done.runs) < 4
    assert not bench.run("tiny", **folders).stopped


def test_importing_bench_loads_nothing_heavy():
    code = "import sys, bench; print([m for m in ('torch', 'pandas', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
