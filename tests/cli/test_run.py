"""Runs from the command line: what is trained, kept, used again and reported."""

import re
import shutil

import pandas as pd

from tests.cli.tiny import run_tiny
from tests.conftest import one_line


def test_the_whole_way(command, suites_dir, data_dir, tmp_path):
    """Plan, run, run again, more seeds, stale code, report, publish."""
    tiny = ("--suites-dir", suites_dir, "--data-dir", data_dir, "--profile", "smoke")
    code, out, _ = command("plan", "tiny", *tiny)
    assert code == 0
    assert "from a short probe" in out
    assert "0 + 2 + 0 (after tuning)" in out
    code, _, errors = command("plan", "tiny", *tiny, "--refuse-over", "0.0")
    assert code == 2
    assert "over the limit of 0" in errors

    code, out, _ = command(*run_tiny(suites_dir, data_dir))
    assert code == 0
    assert "0 of 16 runs are there, 16 to do" in out
    folder = tmp_path / "reports" / "tiny" / "smoke"
    made = {path.name for path in folder.iterdir()}
    assert made >= {
        "suite.json", "runs.csv", "measures.csv", "curves.csv", "trials.csv", "counts.csv", "cost.csv",
        "provenance.json", "verdicts.json", "report.md", "report.html", "tables", "figures",
    }  # fmt: skip
    assert list((tmp_path / "runs" / "optuna").glob("*.journal"))
    assert not list((tmp_path / "runs" / "work").glob("*")), (
        "checkpoints are gone once the store has the runs"
    )

    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--seeds", "3"))
    assert code == 0
    assert "16 of 24 runs are there, 8 to do" in out

    code, out, _ = command("plan", "tiny", *tiny, "--seeds", "4")
    assert "from recorded runs" in out
    code, out, _ = command("plan", "tiny", *tiny, "--seeds", "3")
    assert "nothing is left to train" in out

    code, out, _ = command("report", "tiny", "--publish")
    assert code == 0
    published = tmp_path / "reports" / "published" / "tiny" / "smoke"
    for name in ("runs.csv", "verdicts.json", "report.html", "figures/curves.svg"):
        assert (published / name).read_bytes() == (folder / name).read_bytes()
    code, out, _ = command("report")
    assert out.count("report: ") == 2


OPEN = '''
"""A claim that five seeds decide, and one that none do."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.spec import Data

def less(name, lower, higher):
    return Difference(id=name, text=name, metric="test_error", lower=lower, higher=higher)

suite = Suite(
    title="Open",
    question="Does training help?",
    data="tiny",
    experiments=[
        Experiment(id="long", recipe={"epochs": 8}),
        Experiment(id="none", recipe={"lr": 1e-9}),
        Experiment(id="one", recipe={"epochs": 2}),
        Experiment(id="other", recipe={"epochs": 2, "weight_decay": 2e-4}),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)", data=Data(train=128, validation=64, size=8),
            recipe=Recipe(epochs=1, batch_size=32), seeds=2,
        )
    },
    claims=[less("helps", "long", "none"), less("same", "one", "other")],
)
'''


def test_further_seeds_go_to_open_claims_alone(command, suites_dir, data_dir, tmp_path, monkeypatch):
    (suites_dir / "open.py").write_text(OPEN)
    run = run_tiny(suites_dir, data_dir, suite="open")
    assert "give one of them" in one_line(command(*run, "--until-decided", "--seeds", "3"))
    monkeypatch.setattr("bench.claims.stats.seeds_for_power", lambda *_, **options: 7)  # as if it were near
    code, out, errors = command(*run, "--until-decided", "--max-seeds", "8")
    assert code == 0, errors
    assert "helps: supported with 5 seeds; no more are needed" in out
    # which way so small a difference lies is the machine's digits'
    more = r"same: open with {} seeds, about {} more seeds needed to decide(, as contradicted)?; it {}"
    assert re.search(more.format(5, 3, "goes on to 8"), out)
    assert re.search(more.format(8, 4, "stops, the limit is 8"), out)
    folder = tmp_path / "reports" / "open" / "smoke"
    seeds = pd.read_csv(folder / "runs.csv").groupby("experiment").size().to_dict()
    assert seeds == {"long": 5, "none": 5, "one": 8, "other": 8}
    text = (folder / "report.md").read_text()
    assert "n = 5 to 8 seeds" in text
    assert "incomplete" not in text
    shutil.rmtree(tmp_path / "runs" / "unchanged")
    code, out, errors = command(*run, "--until-decided", "--max-seeds", "8")
    assert "26 of 26 runs are there, 0 to do" in out, "nothing is trained twice"


def test_stale_runs_are_shown_and_trained_anew_where_that_is_asked(
    command, suites_dir, data_dir, tmp_path, monkeypatch
):
    untuned = ("--no-tune", "--only", "plain-8")
    assert command(*run_tiny(suites_dir, data_dir, *untuned))[0] == 0
    monkeypatch.setattr("bench.plan.resolve.code_of", lambda spec: "other code")
    shutil.rmtree(tmp_path / "runs" / "unchanged")  # no file has changed, as it would have
    said = one_line(command(*run_tiny(suites_dir, data_dir, *untuned)))
    assert "2 finished runs of this plan were made by other code" in said
    for way in ("--verify-stale", "--retrain-stale", '--accept-stale "REASON"'):
        assert way in said
    code, out, _ = command(*run_tiny(suites_dir, data_dir, *untuned, "--retrain-stale"))
    assert code == 0
    assert "0 of 2 runs are there, 2 to do" in out


def test_a_part_is_reported_as_a_part(command, suites_dir, data_dir, tmp_path):
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--no-tune", "--only", "plain-8"))
    assert code == 0
    assert "0 of 2 runs are there, 2 to do" in out
    title = (tmp_path / "reports" / "tiny" / "smoke" / "report.md").read_text().splitlines()[0]
    assert title.endswith("incomplete: 2 of 4 runs")


def test_data_get_shapes(command, tmp_path):
    code, out, _ = command("data", "get", "shapes", "--data-dir", tmp_path)
    assert code == 0
    assert "12,000 training" in out


def test_stop_after_leaves_work_and_says_how_to_go_on(command, suites_dir, data_dir):
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--stop-after", "0"))
    assert code == 1
    assert "Give the same command again" in out
    assert command(*run_tiny(suites_dir, data_dir))[0] == 0
