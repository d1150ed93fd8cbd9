"""The Ray executor: runs over all slots of a cluster, one Tuner a suite."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common.errors import UserError
from bench.execute.worker import Place, Work, do_work

if TYPE_CHECKING:
    from bench.execute.session import Session


@dataclass
class Ray:
    """Over all slots of a Ray cluster: a local one that is started here, or the one at an address."""

    place: Place
    storage: Path
    address: str | None = None
    retries: int = 2
    resources: Mapping[str, float] = field(default_factory=dict)  # of a local cluster; else what is there
    work: Work = do_work

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
        import ray.tune  # while others of its processes start: `execute` wants it at once

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

    def execute(self, session: Session) -> None:
        from ray import tune

        from bench.execute.ray_searcher import Deadline, RaySearcher, trainable

        os.environ["TUNE_MAX_PENDING_TRIALS_PG"] = str(self.slots)  # else one slot fills at a time
        searcher = RaySearcher(session, self.place, bool(self.gpus))
        resources = {"cpu": self.place.cpus_per_run, "gpu": self.gpus}
        name = f"{session.plan.suite.name}-{os.getpid()}"
        tuner = tune.Tuner(
            tune.with_resources(trainable(self.work), resources),
            tune_config=tune.TuneConfig(
                search_alg=searcher,
                num_samples=-1,
                max_concurrent_trials=self.slots,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                name=name,
                storage_path=str(self.storage.resolve()),
                failure_config=tune.FailureConfig(max_failures=self.retries),
                checkpoint_config=tune.CheckpointConfig(num_to_keep=1),
                callbacks=[searcher.on_failure],
                stop=Deadline(self.place.late),
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
        "RAY_prestart_worker_first_driver": "0",  # Tune's actors take none of those
        "RAY_enable_worker_prestart": "0",
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
        "TUNE_GLOBAL_CHECKPOINT_S": "3600",  # we plan anew and never restore Tune's own state
        "TUNE_WARN_THRESHOLD_S": "60",
    }.items():
        os.environ.setdefault(name, value)
