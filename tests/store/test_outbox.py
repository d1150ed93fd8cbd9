"""The store goes away and comes back: training goes on, and every run is logged once, in order."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from rich.console import Console

from bench.common.errors import UserError
from bench.common.provenance import Provenance
from bench.execute.display import display_for
from bench.execute.driver import drive
from bench.execute.serial import Serial
from bench.execute.worker import Place
from bench.plan.progress import Progress
from bench.store.address import tracking_uri
from bench.store.cache import CachedRuns
from bench.store.outbox import Outbox
from bench.store.tracker import Tracker
from tests.conftest import clean_environment
from tests.store.test_tracker import RESULT, empty_store, epoch, job_of, plan, steps  # noqa: F401

LONG = replace(RESULT, curve=tuple(epoch(number) for number in range(1, 5)))


class Flaky:
    """MLflow's client; of its calls some raise, before they are done or after."""

    def __init__(self, client, fails, after=False):
        self.client, self.fails, self.after, self.calls = client, fails, after, 0

    def __getattr__(self, name):
        def call(*words, **named):
            self.calls += 1
            fails = self.fails(self.calls)
            if fails and not self.after:
                raise ConnectionError("away")
            done = getattr(self.client, name)(*words, **named)
            if fails:
                raise TimeoutError("done, but nobody heard of it")
            return done

        return call


@pytest.fixture
def opened(tmp_path, empty_store, plan):  # noqa: F811
    """A tracker with the plan opened; each call makes another on the same store."""
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(empty_store, runs)

    def make():
        return Tracker(tracking_uri(runs), runs, Provenance(runs), lambda line: lines.append(line))

    lines: list[str] = []
    make.lines = lines
    make().open(plan)
    return make


def put_files(tracker, job):
    folder = tracker.runs_dir / "work" / job.key
    folder.mkdir(parents=True)
    (folder / "weights.pt").write_bytes(b"weights of " + job.key.encode())


def tell(news, job):
    """A run's whole way."""
    news.started(job)
    for one in LONG.curve:
        news.epoch(job, one)
    news.ended(job, LONG)
    shutil.rmtree(news.tracker.runs_dir / "work" / job.key)  # as the CheckpointCleaner does


def check_logged_once(tracker, job):
    """One run, done, with a curve and last figures without doubled points, and its files."""
    (run,) = tracker.search(f"tags.`bench.key` = '{job.key}'")
    assert run.info.status == "FINISHED"
    assert steps(tracker, run.info.run_id) == [1, 2, 3, 4]
    assert len(tracker.client.get_metric_history(run.info.run_id, "final.test_error")) == 1
    assert run.data.params["recipe.lr"] == "0.1"
    assert len(run.inputs.dataset_inputs) == 1
    (stored,) = tracker.finished()[job.key]
    assert tracker.result(stored) == LONG
    assert tracker.artifact(stored, "weights.pt") == b"weights of " + job.key.encode()
    outbox = tracker.runs_dir / "outbox"
    assert not outbox.exists() or not list(outbox.iterdir())


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14, 15])
def test_any_call_may_fail_once(opened, plan, at, after):  # noqa: F811
    tracker, job = opened(), job_of(plan)
    tracker.open(plan)
    put_files(tracker, job)
    flaky = Flaky(tracker.client, lambda call: call == at, after)
    tracker.client = flaky
    news = Outbox(tracker, pause=0.0)
    tell(news, job)
    news.close()
    tracker.client = flaky.client
    assert flaky.calls >= at, "the call that was to fail was made"
    check_logged_once(tracker, job)


def test_what_a_dead_driver_could_not_log_the_next_one_does(opened, plan):  # noqa: F811
    tracker, done, begun = opened(), job_of(plan), job_of(plan, 1)
    tracker.open(plan)
    put_files(tracker, done)
    news = Outbox(tracker)
    news.started(begun)
    news.epoch(begun, LONG.curve[0])
    tracker.client = Flaky(tracker.client, lambda call: True)
    news.epoch(begun, LONG.curve[1])
    tell(news, done)
    with news.file.open("ab") as file:
        file.write(b'{"what": "epo')  # the kill
    assert len([line for line in opened.lines if "does not take news" in line]) == 1

    later = opened()
    assert later.finished() == {}
    assert Outbox(later).flush()
    assert any("was cut" in line for line in opened.lines)
    check_logged_once(later, done)
    later.open(plan)
    (run,) = later.search(f"tags.`bench.key` = '{begun.key}'")
    assert (run.info.status, steps(later, run.info.run_id)) == ("KILLED", [1, 2])


def test_news_that_is_logged_twice_changes_nothing(opened, plan):  # noqa: F811
    """A driver is killed after it has logged what waited, before it could say so."""
    tracker, job = opened(), job_of(plan)
    tracker.open(plan)
    put_files(tracker, job)
    client, tracker.client = tracker.client, Flaky(tracker.client, lambda call: True)
    tell(Outbox(tracker), job)
    tracker.client = client
    kept = tracker.runs_dir / "kept"
    shutil.copytree(tracker.runs_dir / "outbox", kept)
    assert Outbox(opened()).flush()
    shutil.copytree(kept, tracker.runs_dir / "outbox", dirs_exist_ok=True)
    assert Outbox(opened()).flush()
    check_logged_once(opened(), job)


def test_one_run_that_the_store_refuses_does_not_hold_up_others(opened, plan):  # noqa: F811
    tracker, bad, good = opened(), job_of(plan), job_of(plan, 1)
    tracker.open(plan)
    for job in (bad, good):
        put_files(tracker, job)
    client, tracker.client = tracker.client, Flaky(tracker.client, lambda call: True)
    news = Outbox(tracker)
    tell(news, bad)
    tell(news, good)
    tracker.client = client
    lines = [json.loads(line) for line in news.file.read_text().splitlines()]
    lines[0]["run"]["experiment_id"] = "999"  # which there is not
    news.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert not Outbox(opened()).flush()
    left = [json.loads(line)["key"] for line in news.file.read_text().splitlines()]
    assert set(left) == {bad.key}
    assert list(opened().finished()) == [good.key]
    assert (tracker.runs_dir / "outbox" / bad.key / "weights.pt").is_file()


def test_a_driver_trains_on_while_the_store_is_away(opened, plan, data_dir, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr("bench.execute.driver.Outbox", lambda tracker: Outbox(tracker, pause=0.0))
    tracker = opened()
    tracker.open(plan)
    flaky = Flaky(tracker.client, lambda call: 10 < call < 24)
    tracker.client = flaky
    place = Place(data_dir=data_dir, work_dir=tracker.runs_dir / "work")
    with (tmp_path / "screen").open("w") as screen, Console(file=screen) as console:
        visit = drive(
            plan,
            CachedRuns(Progress(plan)),
            Serial(place),
            tracker,
            display_for(console, print),
            tracker.runs_dir,
        )
    assert visit.session.complete()
    assert visit.session.failures == {}
    assert flaky.calls > 24, "it came back"
    tracker.client = flaky.client
    assert not Outbox(tracker).waiting
    found = tracker.finished()
    assert {key: len(runs) for key, runs in found.items()} == dict.fromkeys(visit.session.results, 1)
    for key, (stored,) in found.items():
        assert tracker.result(stored) == visit.session.results[key]
        assert steps(tracker, stored.run_id) == [1, 2]


def test_a_store_that_is_away_when_it_is_asked_is_one_line(opened, plan):  # noqa: F811
    tracker = opened()
    tracker.client = Flaky(tracker.client, lambda call: True)
    for ask in (tracker.finished, lambda: tracker.open(plan)):
        with pytest.raises(UserError, match="does not answer: away"):
            ask()


def test_a_damaged_result_is_one_line(opened, plan):  # noqa: F811
    tracker, job = opened(), job_of(plan)
    tracker.open(plan)
    put_files(tracker, job)
    tell(Outbox(tracker), job)
    (stored,) = tracker.finished()[job.key]
    path = tracker.runs_dir / "artifacts" / "tiny" / stored.run_id / "artifacts" / "result.json"
    for harm, message in ((lambda: path.write_text('{"status"'), "damaged"), (path.unlink, "cannot be read")):
        harm()
        with pytest.raises(UserError, match=message) as caught:
            tracker.result(stored)
        assert "\n" not in str(caught.value)


def test_a_store_that_is_away_at_the_end_costs_no_report(
    command, suites_dir, data_dir, tmp_path, monkeypatch
):
    def away(*words):
        raise ConnectionError("away")

    monkeypatch.setattr(Tracker, "conclude", away)
    where = ("--suites-dir", suites_dir, "--data-dir", data_dir)
    code, out, errors = command("run", "tiny", "--profile", "smoke", "--serial", "--no-tune", *where)
    assert (code, errors) == (0, "")
    assert "does not answer: away: the report is written" in out
    assert (tmp_path / "reports" / "tiny" / "smoke" / "report.html").is_file()


def serve(folder, port):
    """A real MLflow server, once it answers."""
    words = ["server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--port", str(port)]
    words += ["--workers", "1", "--artifacts-destination", f"{folder}/files"]
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", *words],
        env={**clean_environment(), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.2)
    raise TimeoutError("the server did not start")


def stop(server):
    os.killpg(server.pid, 9)
    server.wait()


@pytest.mark.slow
def test_a_server_is_stopped_and_started_again(plan, tmp_path, empty_store):  # noqa: F811
    folder, lines = tmp_path / "server", []
    folder.mkdir()
    shutil.copy(empty_store, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = serve(folder, port)
    try:
        tracker = Tracker(f"http://127.0.0.1:{port}", tmp_path / "runs", Provenance(), lines.append)
        tracker.open(plan)
        first, second = job_of(plan), job_of(plan, 1)
        for job in (first, second):
            put_files(tracker, job)
        news = Outbox(tracker, pause=0.0)
        news.started(first)
        news.epoch(first, LONG.curve[0])
        stop(server)
        for one in LONG.curve[1:3]:
            news.epoch(first, one)
        tell(news, second)
        assert news.waiting
        with pytest.raises(UserError, match="does not answer"):
            tracker.finished()
        server = serve(folder, port)
        news.epoch(first, LONG.curve[3])
        news.ended(first, LONG)
        news.close()
        assert not news.waiting
        assert [line.partition("(")[0] for line in lines] == [
            "the tracking store does not take news of runs ", "the tracking store has all news of runs again"
        ]  # fmt: skip
        for job in (first, second):
            check_logged_once(tracker, job)
    finally:
        stop(server)
