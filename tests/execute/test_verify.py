"""Stale runs: verified by an epoch that comes out to the last digit, or named with what does not."""

import json
import shutil
from pathlib import Path

import pytest

from bench.cli.work import open_tracker, this_environment
from bench.execute.verify import first_difference
from tests.cli.tiny import run_tiny
from tests.conftest import one_line

UNTUNED = ("--no-tune", "--only", "plain-8")


@pytest.fixture
def stale(command, suites_dir, data_dir, monkeypatch, tmp_path):
    """Two finished runs, and a way to make them stale; gives the command line and the store."""
    assert command(*run_tiny(suites_dir, data_dir, *UNTUNED))[0] == 0

    def run(*arguments, code="other code"):
        monkeypatch.setattr("bench.plan.resolve.code_of", lambda spec: code)
        shutil.rmtree(tmp_path / "runs" / "unchanged", ignore_errors=True)  # no file has changed
        return command(*run_tiny(suites_dir, data_dir, *UNTUNED, *arguments))

    return run, open_tracker(tmp_path / "runs")


def stored(store):
    return [one for runs in store.finished().values() for one in runs]


def test_what_comes_out_again_is_taken_and_tagged(stale, command, tmp_path):
    run, store = stale
    assert "2 finished runs of this plan were made by other code" in one_line(run())
    code, out, _ = run("--verify-stale")
    assert code == 0
    assert "verified by an epoch of plain-8, seed 1, the same to the last digit" in out
    assert "2 of 2 runs are there" in out
    assert {one.verified for one in stored(store)} == {("other code",)}
    code, out, _ = run()
    assert "2 of 2 runs are there" in out, "without asking again"
    assert command("export", tmp_path / "runs", tmp_path / "all.zip")[0] == 0
    assert command("import", tmp_path / "all.zip", "--runs-dir", tmp_path / "other")[0] == 0
    assert {one.verified for one in stored(open_tracker(tmp_path / "other"))} == {("other code",)}


def test_a_digit_that_differs_is_named(stale):
    run, store = stale
    for one in stored(store):
        path = Path(one.artifacts.removeprefix("file://")) / "result.json"
        result = json.loads(path.read_text())
        result["curve"][0]["train_loss"] *= 1 + 1e-9
        path.write_text(json.dumps(result))
    code, out, errors = run("--verify-stale")
    assert code == 2
    assert "not the same. plain-8, seed 1: epoch 1, train_loss was " in out
    assert "they differ from digit " in out
    assert "2 finished runs of this plan were made by other code" in errors
    assert not any(one.verified for one in stored(store))


def test_runs_of_other_machines_cannot_be_verified_here(stale, command, suites_dir, data_dir):
    run, store = stale
    for one in stored(store):
        store.client.set_tag(one.run_id, "bench.environment", "torch 1.0, cpu, abacus")
    code, out, _ = run("--verify-stale")
    assert code == 2
    assert "cannot be verified here: they were made on torch 1.0, cpu, abacus" in out
    assert f"and this is {this_environment()}" in out
    code, out, _ = run("--accept-stale", "the abacus is broken")
    assert code == 0
    assert "2 of 2 runs are there" in out


def test_why_stale_runs_were_used_stands_in_the_results(stale, tmp_path):
    run, _ = stale
    assert run("--accept-stale", "only a comment changed")[0] == 0
    folder = tmp_path / "reports" / "tiny" / "smoke"
    about = json.loads((folder / "provenance.json").read_text())
    assert about["accepted_stale"] == "only a comment changed (2 runs)"
    for page in ("report.md", "report.html"):
        assert (
            "other code had made were used: only a comment changed (2 runs)." in (folder / page).read_text()
        )


def test_a_reason_is_not_told_where_no_stale_run_was_used(command, suites_dir, data_dir, tmp_path):
    asked = run_tiny(suites_dir, data_dir, "--no-tune", "--accept-stale", "to be safe")
    assert command(*asked)[0] == 0
    assert "accepted_stale" not in (tmp_path / "reports" / "tiny" / "smoke" / "provenance.json").read_text()
    assert "--accept-stale and --retrain-stale are different" in one_line(command(*asked, "--retrain-stale"))


def test_runs_of_unlike_machines_are_told_before_and_beside_the_verdict(
    command, suites_dir, data_dir, tmp_path
):
    assert command(*run_tiny(suites_dir, data_dir, "--no-tune"))[0] == 0
    store = open_tracker(tmp_path / "runs")
    for one in stored(store):
        if store.client.get_run(one.run_id).data.tags["bench.experiment"] == "plain-8":
            path = Path(one.artifacts.removeprefix("file://")) / "result.json"
            path.write_text(
                json.dumps({**json.loads(path.read_text()), "environment": "torch 1.0, cpu, abacus"})
            )
            store.client.set_tag(one.run_id, "bench.environment", "torch 1.0, cpu, abacus")
    tiny = ("tiny", "--suites-dir", suites_dir, "--data-dir", data_dir, "--profile", "smoke", "--no-tune")
    code, out, _ = command("plan", *tiny)
    assert code == 0
    assert "claim residual-wins compares runs of different machines: torch 1.0, cpu, abacus; torch " in out
    assert command(*run_tiny(suites_dir, data_dir, "--no-tune"))[0] == 0
    report = (tmp_path / "reports" / "tiny" / "smoke" / "report.md").read_text()
    assert "its sides were run on different machines: torch 1.0, cpu, abacus" in report
    code, told, _ = command(*run_tiny(suites_dir, data_dir, "--no-tune", "--seeds", "3"))
    assert code == 0
    assert "residual-wins: runs of different machines will be compared (torch 1.0, cpu, abacus; " in told


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ({"a": 1.5}, {"a": 1.5}, ""),
        ({"a": None}, {"a": None}, ""),
        ({"a": float("nan")}, {"a": float("nan")}, ""),
        ({"a": 1.25, "b": 2.5}, {"a": 1.25, "b": 2.75}, "b was 2.5, now 2.75: they differ from digit 2 on"),
        ({"a": 0.0125}, {"a": 0.0126}, "differ from digit 3 on"),
        ({"a": 1.0}, {"a": None}, "a was 1.0, now None"),
    ],
)
def test_the_first_difference(before, now, says):
    found = first_difference(before, now)
    assert says in found
    assert bool(found) == bool(says)
