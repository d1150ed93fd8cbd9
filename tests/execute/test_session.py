"""The order of work, and what is recalled of work done before."""

import pytest

from bench.execute.session import Session
from bench.plan.progress import Progress
from bench.spec import Experiment, Look
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
    assert len(order) == len(set(order)) == 16
    if slots == 1:
        labels = {label for _, label in order[:12]}
        assert labels == {f"seed {s}, trial {t}" for s in (0, 1) for t in range(3)}, "tuning goes first"


def test_final_runs_wait_for_the_end_of_tuning(suite, data_dir):
    session = Session(Progress(plan(suite, data_dir, only=lambda one: one == "plain-8", seeds=1)), [])
    first = [session.next() for _ in range(3)]
    assert [job and job.label for job in first] == ["seed 0, trial 0", "seed 0, trial 1", None]
    assert not session.over, "trial 2 can start once these two have ended"
    session.ended(first[0], finished())
    assert session.next() is None
    session.ended(first[1], finished())
    last = session.next()
    assert last.label == "seed 0, trial 2"
    assert session.next() is None
    session.ended(last, finished())
    assert session.next().label == "seed 0"


def test_a_seed_s_final_run_does_not_wait_for_the_tuning_of_others(suite, data_dir):
    progress = Progress(plan(suite, data_dir, only=lambda one: one == "plain-8"))
    (one,) = progress.plan.experiments
    while trials := [run for run in progress.trials(one) if run.seed == 1 and run not in progress]:
        for run in trials:
            progress.add(run, finished())
    assert [run.seed for run in progress.finals(one)] == [1]
    assert not progress.complete()


def test_a_failure_stops_its_seed_alone(suite, data_dir):
    record = Record()
    session = Session(Progress(plan(suite, data_dir)), [record])
    job = session.next()
    session.failed(job, "worker lost")
    order = work_through(session, 2)
    assert not session.complete()
    assert session.failures == {job.key: f"{job.experiment}, {job.label}: worker lost"}
    other = next(one for one in ("plain-8", "resnet-8") if one != job.experiment)
    assert {label for name, label in order if name == other} >= {"seed 0", "seed 1"}
    assert {label for name, label in order if name == job.experiment} & {"seed 0", "seed 1"} == {"seed 1"}


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
    assert {run.label for run, _ in shown.stale.values()} == {
        f"seed {s}, trial {t}" for s in (0, 1) for t in (0, 1)
    }
    accepted = find_cached(made, old, lambda run: results[run.run_id], accept_stale=True)
    assert accepted.progress.left == 0


def test_a_look_that_stands_before_what_it_looks_at_is_recalled(suite, data_dir):
    look = Experiment(id="look", look=Look(measure="shifted_error", at=(0,)), of="plain-8")
    made = plan(suite.model_copy(update={"experiments": (look, *suite.experiments)}), data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored = {
        run.key: [Stored(f"id of {run.key}", run.key, one.code, "")]
        for one in made.everyone
        for run in (*session.progress.trials(one), *session.progress.finals(one))
    }
    results = {f"id of {key}": result for key, result in session.results.items()}
    assert find_cached(made, stored, lambda run: results[run.run_id]).progress.left == 0


def test_more_seeds_train_only_what_is_missing(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored, results = store(session, made.experiments[0].code)
    more = plan(suite, data_dir, seeds=3)
    cached = find_cached(more, stored, lambda run: results[run.run_id])
    rest = Session(Progress(more, cached.results), [])
    labels = ["seed 2", *(f"seed 2, trial {number}" for number in range(3))]
    assert sorted(work_through(rest)) == [(one, label) for one in ("plain-8", "resnet-8") for label in labels]


def test_a_tuned_recipe_reaches_the_final_runs(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    experiment = made.experiments[0]
    best = {
        seed: study.best(session.progress.told(experiment, seed))[0].values["lr"]
        for seed, study in experiment.studies.items()
    }
    assert {job.seed: job.spec.recipe.lr for job in session.progress.finals(experiment)} == best
    assert len(set(best.values())) == 2
