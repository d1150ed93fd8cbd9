"""The order of work, and what is recalled of work done before."""

import pytest

from bench.execute.session import Session
from bench.plan.progress import Progress
from bench.plan.tuning import Study
from bench.store.cache import Stored, find_cached
from tests.plan.made import finished, plan, work_through


class Record:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.heard = []

    def __getattr__(self, name):
        return lambda job, *rest: self.heard.append((name, job.experiment, job.label))


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_the_work_is_the_same_on_any_number_of_slots(suite, data_dir, slots):
    session = Session(Progress(plan(suite, data_dir)), [])
    order = work_through(session, slots)
    assert session.complete()
    assert len(order) == len(set(order)) == 10
    if slots == 1:
        assert {label for _, label in order[:6]} == {"trial 0", "trial 1", "trial 2"}, "tuning goes first"


def test_final_runs_wait_for_the_end_of_tuning(suite, data_dir):
    session = Session(Progress(plan(suite, data_dir, only=lambda one: one == "plain-8")), [])
    first = [session.next() for _ in range(3)]
    assert [job and job.label for job in first] == ["trial 0", "trial 1", None]
    assert not session.over, "trial 2 can start once these two have ended"
    session.ended(first[0], finished())
    assert session.next() is None
    session.ended(first[1], finished())
    assert session.next().label == "trial 2"


def test_a_failure_stops_its_experiment_alone(suite, data_dir):
    record = Record()
    session = Session(Progress(plan(suite, data_dir)), [record])
    job = session.next()
    session.failed(job, "worker lost")
    order = work_through(session, 2)
    assert not session.complete()
    assert session.failures == {job.key: f"{job.experiment}, {job.label}: worker lost"}
    other = next(one for one in ("plain-8", "resnet-8") if one != job.experiment)
    assert {label for name, label in order if name == other} >= {"seed 0", "seed 1"}
    assert not {label for name, label in order if name == job.experiment} & {"seed 0", "seed 1"}


def store(session: Session, code: str) -> tuple[dict, dict]:
    """What a store would have of a session's results."""
    stored = {key: [Stored(f"id of {key}", key, code, "")] for key in session.results}
    return stored, {f"id of {key}": result for key, result in session.results.items()}


def test_finished_runs_are_recalled_and_stale_ones_shown(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored, results = store(session, made.experiments[0].code)
    cached = find_cached(made, stored, lambda run: results[run.run_id])
    assert cached.progress.left == 0
    assert not cached.stale

    old, _ = store(session, "other code")
    shown = find_cached(made, old, lambda run: results[run.run_id])
    assert shown.results == {}
    assert {run.label for run, _ in shown.stale.values()} == {"trial 0", "trial 1"}
    accepted = find_cached(made, old, lambda run: results[run.run_id], accept_stale=True)
    assert accepted.progress.left == 0


def test_more_seeds_train_only_what_is_missing(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored, results = store(session, made.experiments[0].code)
    more = plan(suite, data_dir, seeds=3)
    cached = find_cached(more, stored, lambda run: results[run.run_id])
    rest = Session(Progress(more, cached.results), [])
    assert sorted(work_through(rest)) == [("plain-8", "seed 2"), ("resnet-8", "seed 2")]


def test_a_tuned_recipe_reaches_the_final_runs(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    experiment = made.experiments[0]
    assert isinstance(experiment.study, Study)
    best = experiment.study.best(session.progress.told(experiment))[0]
    assert {job.spec.recipe.lr for job in session.progress.finals(experiment)} == {best.values["lr"]}
