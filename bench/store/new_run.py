"""A run as the store is to have it, in plain data: it can wait in a file until the store answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bench.common.run_archive import flat

if TYPE_CHECKING:
    from bench.common.provenance import Provenance
    from bench.plan.plan import Plan
    from bench.plan.planned import PlannedRun
    from bench.train.records import Epoch


@dataclass(frozen=True)
class NewRun:
    """All that is logged of a run when it begins."""

    key: str
    code: str
    experiment_id: str
    name: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    data: Mapping[str, str]  # as MLflow's Dataset has it
    diff: str  # of the code to its commit

    @classmethod
    def of(
        cls, run: PlannedRun, plan: Plan, experiment_id: str, parent: str, owner: str, made: Provenance
    ) -> NewRun:
        """What is logged of a planned run, below the parent with that run id."""
        code = plan.code_of(run.experiment)
        tags = {
            "mlflow.parentRunId": parent,
            "bench.key": run.key,
            "bench.code": code,
            "bench.kind": "run",
            "bench.phase": run.phase,
            "bench.task": run.task,
            "bench.experiment": run.experiment,
            "bench.owner": owner,
            **{f"bench.{name}": value for name, value in made.tags().items()},
        }
        return cls(
            key=run.key,
            code=code,
            experiment_id=experiment_id,
            name=f"{run.experiment} · {run.label}",
            tags=tags,
            params=flat(run.spec.model_dump(mode="json")),
            data=_data(plan),
            diff=made.diff,
        )

    def plain(self) -> dict[str, Any]:
        """JSON-ready form; `NewRun(**plain)` is its inverse."""
        return asdict(self)


@dataclass
class OpenRun:
    """A run that is being logged."""

    run_id: str
    logged: int  # the highest epoch in the store


def epoch_metrics(epoch: Epoch) -> dict[str, float]:
    """What is logged of an epoch, by the names that the store has."""
    named = {
        "train_loss": epoch.train_loss,
        "train_error": epoch.train_error,
        "validation_loss": epoch.validation_loss,
        "validation_error": epoch.validation_error,
        "lr": epoch.lr,
        "cost.images_per_second": epoch.images_per_second,
    }
    return {name: value for name, value in named.items() if value is not None}


def _data(plan: Plan) -> dict[str, str]:
    about = plan.data
    profile = {"train": about.train, "test": about.test, "provenance": about.provenance}
    return {
        "name": about.name,
        "digest": about.fingerprint[:36],
        "source_type": "bench",
        "source": json.dumps({"name": about.name, "fingerprint": about.fingerprint}),
        "profile": json.dumps(profile),
    }


def log_figures(
    client: Any,
    run_id: str,
    metrics: Mapping[str, float],
    step: int,
    params: Mapping[str, str] | None = None,
) -> None:
    """Log figures at a step, and settings, in one batch."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, float(value), now, step) for name, value in metrics.items()],
        params=[Param(name, value) for name, value in (params or {}).items()],
    )


def log_data(client: Any, run_id: str, data: Mapping[str, str]) -> None:
    """Log which data set a run used."""
    from mlflow.entities import Dataset, DatasetInput

    client.log_inputs(run_id, [DatasetInput(Dataset(**data), [])])
