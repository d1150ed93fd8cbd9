import time
from collections import Counter

import pytest

from bench.execute.ray_executor import Ray
from bench.execute.serial import Serial
from bench.execute.session import Session
from bench.execute.worker import Place, WorkItem
from bench.plan.plan import make_plan
from bench.plan.progress import Progress
from bench.train.records import Result


@pytest.fixture
def plan(suite, data_dir):
    def make(**options):
        return make_plan(suite, "smoke", data_dir, **options)

    return make


def place(data_dir, tmp_path, **options) -> Place:
    return Place(data_dir=data_dir, work_dir=tmp_path / "work", **options)


def figures(session: Session) -> dict:
    """What must not depend on where and when runs were done."""
    return {
        key: (result.status, result.metrics, [epoch.train_loss for epoch in result.curve])
        for key, result in session.results.items()
    }


def test_serial_does_all_work(plan, data_dir, tmp_path):
    session = Session(Progress(plan()), [])
    Serial(place(data_dir, tmp_path)).execute(session)
    assert session.complete()
    assert len(session.results) == 16


def test_serial_stops_in_time_and_goes_on(plan, data_dir, tmp_path):
    made = plan(tune=False)
    session = Session(Progress(made), [])
    Serial(place(data_dir, tmp_path, deadline=time.monotonic())).execute(session)
    assert session.stopping
    assert not session.complete()
    rest = Session(Progress(made, session.results), [])
    Serial(place(data_dir, tmp_path)).execute(rest)
    assert rest.complete()


@pytest.mark.usefixtures("cluster")
def test_ray_and_serial_give_equal_bytes(plan, data_dir, tmp_path):
    """Two kept workers do ten runs, and get what a single process gets."""
    alone = Session(Progress(plan()), [])
    Serial(place(data_dir, tmp_path / "serial")).execute(alone)
    together = Session(Progress(plan()), [])
    ray = Ray(place(data_dir, tmp_path / "ray", gpus_per_run=0), tmp_path / "tune")
    assert ray.slots == 2
    ray.execute(together)
    assert together.complete()
    assert figures(together) == figures(alone)


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(("per_run", "slots"), [(1.0, 2), (0.5, 4)])
def test_runs_spread_over_gpus_and_no_slot_idles(plan, data_dir, tmp_path, per_run, slots):
    """Two fake GPUs, eight equal runs; the first of them wait until every slot is taken."""
    begun = tmp_path / "begun"
    begun.mkdir()

    def wait_and_sleep(item: WorkItem, report, should_stop) -> Result:
        import os
        import time
        from pathlib import Path

        import ray

        started = time.time()
        (begun / Path(item.folder).name).touch()
        while len(list(begun.iterdir())) < slots and time.time() < started + 300:
            time.sleep(0.05)
        time.sleep(1.5)
        seen = {"gpu": float(ray.get_gpu_ids()[0]), "worker": float(os.getpid())}
        return Result("finished", (), {"test_error": 0.0}, {**seen, "from": started, "to": time.time()})

    session = Session(Progress(plan(tune=False, seeds=4)), [])
    where = place(data_dir, tmp_path, cpus_per_run=1 / 4, gpus_per_run=per_run)
    ray = Ray(where, tmp_path / "tune", work=wait_and_sleep)
    assert ray.slots == slots
    ray.execute(session)
    costs = [result.cost for result in session.results.values()]
    at_once = [[one["gpu"] for one in costs if one["from"] <= cost["from"] < one["to"]] for cost in costs]
    assert Counter(max(at_once, key=len)) == {0.0: slots / 2, 1.0: slots / 2}
    turns = Counter(cost["worker"] for cost in costs).values()
    assert len(turns) == slots
    assert max(turns) - min(turns) <= 1, "a slot idled while work waited"


@pytest.mark.usefixtures("cluster")
def test_a_lost_worker_is_retried_and_a_hopeless_run_fails_alone(plan, data_dir, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()

    def fragile(item: WorkItem, report, should_stop) -> Result:
        import os
        from pathlib import Path

        seed, mark = item.spec["seed"], Path(item.folder).name
        if item.spec["model"]["name"] == "plain-8" and seed == 0:
            tried = marks / mark
            if not tried.exists():
                tried.touch()
                os._exit(1)  # the worker dies, as when memory runs out
        if item.spec["model"]["name"] == "resnet-8" and seed == 1:
            raise RuntimeError("hopeless")
        return Result("finished", (), {"test_error": 1.0}, {"seconds": 0.1})

    made = plan(tune=False)
    session = Session(Progress(made), [])
    Ray(place(data_dir, tmp_path, gpus_per_run=0), tmp_path / "tune", retries=1, work=fragile).execute(
        session
    )
    assert len(session.results) == 3
    (failure,) = session.failures.values()
    assert failure.startswith("resnet-8, seed 1: ")
    assert "hopeless" in failure
