"""Runs that are planned and worked through without training."""

from bench.execute.session import Session
from bench.plan.plan import make_plan
from bench.train.records import Epoch, Result


def plan(suite, data_dir, **options):
    return make_plan(suite, "smoke", data_dir, **options)


def finished(error: float = 50.0, epochs: int = 1) -> Result:
    curve = tuple(Epoch(i + 1, 0.1, 1.0, 50.0, 1.0, error, 1.0, 1.0) for i in range(epochs))
    return Result("finished", curve, {"validation_error": error, "test_error": error}, {"seconds": 1.0})


def work_through(session: Session, at_once: int = 1) -> list[tuple[str, str]]:
    """Do all work with so many slots, oldest first; the order of starts."""
    order, running = [], []
    while not session.over:
        while len(running) < at_once and (job := session.next()) is not None:
            order.append((job.experiment, job.label))
            running.append(job)
        session.ended(running.pop(0), finished(error=40 + len(order) % 7))
    return order
