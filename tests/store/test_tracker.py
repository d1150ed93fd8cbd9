import json
import shutil
from pathlib import Path

import pytest

from bench.common.errors import UserError
from bench.common.provenance import Provenance
from bench.plan.plan import make_plan
from bench.plan.progress import Progress
from bench.store.address import tracking_uri
from bench.store.outbox import Outbox
from bench.store.reader import quoted
from bench.store.tracker import Tracker
from bench.train.records import Epoch, Result


@pytest.fixture
def plan(suite, data_dir):
    return make_plan(suite, "smoke", data_dir, tune=False)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """A fresh store: making one takes MLflow seconds of migrations, a copy nothing."""
    folder = tmp_path_factory.mktemp("store")
    Tracker(tracking_uri(folder), folder, Provenance())
    return folder / "mlflow.db"


@pytest.fixture
def tracker(tmp_path, empty_store):
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(empty_store, runs)
    return Tracker(tracking_uri(runs), runs, Provenance())


def epoch(number: int) -> Epoch:
    return Epoch(number, 0.1, 2.0 / number, 60.0, 1.5, 55.0 - number, 1.0, 100.0)


RESULT = Result(
    "finished",
    (epoch(1), epoch(2)),
    {"test_error": 12.5, "train_error": 10.0, "validation_error": 53.0},
    {"seconds": 2.0, "images_per_second": 100.0, "peak_memory_mb": 10.0},
)


def job_of(plan, seed: int = 0):
    return Progress(plan).finals(plan.experiments[0])[seed]


def steps(tracker, run_id: str) -> list[int]:
    return [one.step for one in tracker.client.get_metric_history(run_id, "train_loss")]


def test_a_run_is_logged_once_and_found_by_key(plan, tracker):
    tracker.open(plan)
    news = Outbox(tracker)
    job = job_of(plan)
    news.started(job)
    news.epoch(job, RESULT.curve[0])
    news.epoch(job, RESULT.curve[0])  # a retried worker reports it again
    assert tracker.finished() == {}, "not before its end"
    news.ended(job, RESULT)
    (stored,) = tracker.finished()[job.key]
    assert stored.code == plan.experiments[0].code
    assert tracker.result(stored) == RESULT
    assert steps(tracker, stored.run_id) == [1, 2], "the epoch that nobody reported is logged from the curve"
    run = tracker.client.get_run(stored.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["final.test_error"] == 12.5
    assert run.data.params["recipe.lr"] == "0.1"
    assert run.data.params["model.name"] == "plain-8"
    assert run.data.tags["bench.phase"] == "final"
    assert {"bench.commit", "bench.versions", "bench.hardware"} <= set(run.data.tags)
    parent = tracker.client.get_run(run.data.tags["mlflow.parentRunId"])
    assert parent.data.tags["bench.experiment"] == "plain-8"
    assert parent.info.status == "FINISHED"
    (data,) = run.inputs.dataset_inputs
    assert data.dataset.name == "tiny"
    assert json.loads(data.dataset.profile)["provenance"] == "drawn by a test"


def test_an_interrupted_run_goes_on_in_the_same_mlflow_run(plan, tracker):
    tracker.open(plan)
    news = Outbox(tracker)
    job = job_of(plan)
    news.started(job)
    news.epoch(job, RESULT.curve[0])
    # the driver dies here without a word; a new one sweeps up and goes on
    later = Tracker(tracker.uri, tracker.runs_dir, Provenance())
    later.open(plan)
    further = Outbox(later)
    states = [run.info.status for run in later.search("tags.`bench.kind` = 'run'")]
    assert states == ["KILLED"]
    further.started(job)
    further.epoch(job, RESULT.curve[0])
    further.ended(job, RESULT)
    (run,) = later.search("tags.`bench.kind` = 'run'")
    assert run.info.status == "FINISHED"
    assert steps(later, run.info.run_id) == [1, 2]


def test_nothing_stays_running(plan, tracker):
    tracker.open(plan)
    news = Outbox(tracker)
    for seed in (0, 1):
        news.started(job_of(plan, seed))
    news.failed(job_of(plan), "worker lost")
    news.close()
    runs = {run.info.run_name: run for run in tracker.search("tags.`bench.kind` = 'run'")}
    assert runs["plain-8 · seed 0"].info.status == "FAILED"
    assert runs["plain-8 · seed 0"].data.tags["bench.failure"] == "worker lost"
    assert runs["plain-8 · seed 1"].info.status == "KILLED"


def test_parents_are_made_once(plan, tracker):
    tracker.open(plan)
    tracker.open(plan)
    assert len(list(tracker.search("tags.`bench.kind` = 'experiment'"))) == 2


def test_a_folder_of_runs_may_have_an_apostrophe(plan, empty_store, tmp_path):
    runs = tmp_path / "o'brien"
    runs.mkdir()
    shutil.copy(empty_store, runs)
    tracker = Tracker(tracking_uri(runs), runs, Provenance())
    tracker.open(plan)
    tracker.begin(tracker.describe(job_of(plan)))
    Tracker(tracking_uri(runs), runs, Provenance()).open(plan)
    assert not list(tracker.search("attributes.status = 'RUNNING'"))
    with pytest.raises(UserError, match="both kinds of quotation marks"):
        quoted("""o'brien "the" """)


def test_verdicts_members_and_report_are_written_back(plan, tracker, tmp_path):
    tracker.open(plan)
    report = tmp_path / "report.html"
    for text in ("first", "second"):
        report.write_text(text)
        tracker.conclude(
            {"plain-8": {"mean.test_error": 12.5}}, {"plain-8": ["a", "b"]}, "note", {"bench.v": "x"}, report
        )
    (held,) = tracker.search("tags.`bench.kind` = 'report'")
    assert (held.data.tags["bench.profile"], held.data.tags["bench.v"]) == ("smoke", "x")
    path = tracker.client.download_artifacts(held.info.run_id, "report.html", str(tmp_path))
    assert Path(path).read_text() == "second"
    (parent,) = tracker.search("tags.`bench.experiment` = 'plain-8'")
    assert parent.data.metrics["mean.test_error"] == 12.5
    assert parent.data.tags["bench.runs"] == "a,b"
    experiment = tracker.client.get_experiment_by_name("tiny")
    assert experiment.tags["mlflow.note.content"] == "note"
    assert experiment.tags["bench.v"] == "x"


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "sqlite:////dev/null/at/all.db", "nonsense://x"])
def test_a_store_that_does_not_answer_is_one_line(uri, tmp_path):
    with pytest.raises(UserError, match="does not answer") as caught:
        Tracker(uri, tmp_path, Provenance())
    assert "\n" not in str(caught.value)
