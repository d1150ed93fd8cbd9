"""Executors: the same runs in this process, one after the other, or by Ray Tune over all slots."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bench.errors import UserError
from bench.spec import RunSpec
from bench.train.records import Epoch, Result

if TYPE_CHECKING:  # workers import this module; the plan is the driver's affair
    from bench.schedule.plan import Job
    from bench.schedule.session import Session


@dataclass(frozen=True)
class Place:
    """Where runs find their data and keep their checkpoints, and what one run takes."""

    data_dir: Path
    work_dir: Path  # a folder a run in it, named by key; shared by all nodes
    cpus_per_run: float = 1.0
    gpus_per_run: float | None = None  # None: one where there are GPUs
    deadline: float = float("inf")  # time.monotonic() at which to stop

    def folder(self, key: str) -> Path:
        """The run's own folder."""
        return self.work_dir / key

    def late(self) -> bool:
        """Whether the time given is over."""
        return time.monotonic() >= self.deadline


class Executor(Protocol):
    """Runs a session's work; returns when it is over, or was stopped."""

    @property
    def slots(self) -> int:
        """How many runs go at once."""

    def execute(self, session: "Session") -> None:
        """Do all work that the session hands out. Raises KeyboardInterrupt on Ctrl-C."""


@dataclass(frozen=True)
class Order:
    """What a worker is sent: plain data from which it builds everything itself."""

    spec: dict[str, Any]
    limits: dict[str, float]
    data_dir: str
    folder: str
    threads: int
    gpu: bool

    @classmethod
    def of(cls, job: "Job", place: Place, gpu: bool) -> "Order":
        """The order for a job."""
        return cls(
            spec=job.spec.model_dump(mode="json"),
            limits={str(epoch): limit for epoch, limit in job.limits.items()},
            data_dir=str(place.data_dir),
            folder=str(place.folder(job.key)),
            threads=max(1, int(place.cpus_per_run)),
            gpu=gpu,
        )


def carry_out(order: Order, report: Callable[[Epoch], None], should_stop: Callable[[], bool]) -> Result:
    """Train the run that an order describes. Knows nothing of Ray."""
    import torch

    from bench.train.run import Context, run

    context = Context(
        data_dir=Path(order.data_dir),
        folder=Path(order.folder),
        device="cuda" if order.gpu and torch.cuda.is_available() else "cpu",
        threads=order.threads,
        limits={int(epoch): limit for epoch, limit in order.limits.items()},
        report=report,
        should_stop=should_stop,
    )
    return run(RunSpec.model_validate(order.spec), context)


Work = Callable[[Order, Callable[[Epoch], None], Callable[[], bool]], Result]


@dataclass
class Serial:
    """In this process, one run at a time: for debugging, tests and machines without Ray."""

    place: Place
    slots: int = 1

    def execute(self, session: "Session") -> None:
        from bench.train.run import Interrupted

        while (job := session.next()) is not None:
            order = Order.of(job, self.place, self.place.gpus_per_run != 0)
            try:
                result = carry_out(order, lambda e, j=job: session.epoch(j, e), self.place.late)  # type: ignore[misc]
            except Interrupted:
                session.running.pop(job.key)
                session.stop()
            except UserError as error:
                session.failed(job, str(error))
            except Exception as error:  # one broken run must not take the suite down
                session.failed(job, f"{type(error).__name__}: {error}")
            else:
                session.ended(job, result)
            if self.place.late():
                session.stop()


@dataclass
class Ray:
    """Over all slots of a Ray cluster: a local one that is started here, or the one at an address."""

    place: Place
    storage: Path
    address: str | None = None
    retries: int = 2
    resources: Mapping[str, float] = field(default_factory=dict)  # of a local cluster; else what is there
    work: Work = carry_out

    def __post_init__(self) -> None:
        _quiet()
        import ray

        local = (
            {}
            if self.address
            else {
                "num_cpus": self.resources.get("CPU"),
                "num_gpus": self.resources.get("GPU"),
                "object_store_memory": 200 * 2**20,  # specifications and curves are small
            }
        )
        try:
            ray.init(
                address=self.address,
                include_dashboard=False,
                logging_level="ERROR",
                log_to_driver=False,
                ignore_reinit_error=True,
                **local,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise UserError(f"Ray at {self.address or 'this machine'}: {error}") from error
        have = ray.cluster_resources()
        gpus = self.place.gpus_per_run
        self.gpus = (1.0 if have.get("GPU") else 0.0) if gpus is None else gpus
        fits = [have.get("CPU", 0) / self.place.cpus_per_run if self.place.cpus_per_run else 1e9]
        if self.gpus:
            fits.append(_gpu_slots(have.get("GPU", 0), self.gpus))
        self.slots = int(min(fits) + 1e-9)
        if not self.slots:
            raise UserError(
                f"a run takes {self.place.cpus_per_run:g} CPUs and {self.gpus:g} GPUs, but Ray has "
                f"{have.get('CPU', 0):g} and {have.get('GPU', 0):g}"
            )

    def execute(self, session: "Session") -> None:
        from ray import tune

        from bench.schedule.handout import Handout, Late, trainable

        os.environ["TUNE_MAX_PENDING_TRIALS_PG"] = str(self.slots)  # else one slot fills at a time
        handout = Handout(session, self.place, bool(self.gpus))
        resources = {"cpu": self.place.cpus_per_run, "gpu": self.gpus}
        name = f"{session.plan.suite.name}-{os.getpid()}"
        tuner = tune.Tuner(
            tune.with_resources(trainable(self.work), resources),
            tune_config=tune.TuneConfig(
                search_alg=handout,
                num_samples=-1,
                max_concurrent_trials=self.slots,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                name=name,
                storage_path=str(self.storage.resolve()),
                failure_config=tune.FailureConfig(max_failures=self.retries),
                checkpoint_config=tune.CheckpointConfig(num_to_keep=1),
                callbacks=[handout.ears],
                stop=Late(self.place.late),
                verbose=0,
            ),
        )
        try:
            tuner.fit()
        finally:  # Tune's own state serves a restore that we never ask for
            shutil.rmtree(self.storage / name, ignore_errors=True)
        if self.place.late():
            session.stop()
        elif not session.over:  # Tune swallows Ctrl-C and returns
            raise KeyboardInterrupt

    def close(self) -> None:
        """End a local cluster, or leave the one that was joined."""
        import ray

        with suppress(Exception):
            ray.shutdown()


def _gpu_slots(gpus: float, per_run: float) -> float:
    """Whole GPUs are not split over runs: 0.4 a run means two a GPU, not five on two."""
    return gpus * int(1 / per_run + 1e-9) if per_run <= 1 else int(gpus / per_run)


def _quiet() -> None:
    """Ray reads these from the environment before it is imported; what the user has set stays."""
    for name, value in {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AIR_NEW_OUTPUT": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_CHDIR_TO_TRIAL_DIR": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
        "TUNE_GLOBAL_CHECKPOINT_S": "3600",  # we plan anew and never restore Tune's own state
        "TUNE_WARN_THRESHOLD_S": "60",
    }.items():
        os.environ.setdefault(name, value)
