"""The only module that writes to MLflow, in the driver alone. MLflow is the run store; a run's key is
its identity, kept in the tag `bench.key`.
"""

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from bench import predictions
from bench.errors import UserError
from bench.provenance import Provenance
from bench.schedule.contender import Contender, Job
from bench.schedule.plan import Plan
from bench.schedule.recall import Stored
from bench.spec import RunSpec
from bench.train.records import Epoch, Result

RESULT, WEIGHTS = "result.json", "weights.pt"
_PAGE = 1000
_TIMEOUT = "5"


def tracking_uri(runs_dir: Path) -> str:
    """The store's absolute address: MLFLOW_TRACKING_URI, else SQLite in the runs folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{runs_dir.resolve()}/mlflow.db"


class Tracker:
    """Writes what happens to MLflow, and reads what has happened.

    Raises UserError when created if the store does not answer or cannot be written.
    """

    def __init__(self, uri: str, runs_dir: Path, provenance: Provenance) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", _TIMEOUT)
        import logging

        from mlflow import MlflowClient

        for name in ("mlflow", "alembic"):  # after the import, which sets levels of its own
            logging.getLogger(name).setLevel(logging.ERROR)

        self.uri, self.runs_dir, self.provenance = uri, runs_dir, provenance
        self.owner = f"{socket.gethostname()}:{runs_dir.resolve()}"
        try:
            self.client = MlflowClient(uri)
            self.client.search_experiments(max_results=1)
        except Exception as error:  # drivers, network, permissions: each raises its own
            raise UserError(f"the tracking store {uri} does not answer: {_short(error)}") from error
        self._plan: Plan | None = None
        self._experiment_id = ""
        self._parents: dict[str, str] = {}
        self._runs: dict[str, str] = {}  # key -> id of the run that is being logged
        self._logged: dict[str, int] = {}  # key -> highest epoch in the store

    # ---- reading ----------------------------------------------------------------------------

    def finished(self) -> dict[str, list[Stored]]:
        """All finished runs by key, of whatever suite, earliest first."""
        found: dict[str, list[Stored]] = {}
        for run in self._search("tags.`bench.state` = 'done'"):
            tags = run.data.tags
            about = {name: tags.get(f"bench.{name}", "") for name in ("commit", "versions", "hardware")}
            stored = Stored(
                run.info.run_id, tags["bench.key"], tags["bench.code"], run.info.artifact_uri, **about
            )
            found.setdefault(stored.key, []).append(stored)
        return found

    def result(self, stored: Stored) -> Result:
        """A finished run's result, from its artifact."""
        return Result.from_plain(json.loads(self.artifact(stored, RESULT)))

    def artifact(self, stored: Stored, name: str) -> bytes:
        """A file of a finished run."""
        parsed = urlparse(stored.artifacts)
        if parsed.scheme == "file":
            return Path(unquote(parsed.path), name).read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            return Path(self.client.download_artifacts(stored.run_id, name, folder)).read_bytes()

    def _search(self, query: str, experiments: list[str] | None = None) -> Iterable[Any]:
        ids = experiments or [one.experiment_id for one in self.client.search_experiments()]
        token = None
        while True:
            page = self.client.search_runs(
                ids,
                query,
                max_results=_PAGE,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            yield from page
            token = page.token
            if not token:
                return

    # ---- a session --------------------------------------------------------------------------

    def open(self, plan: Plan) -> None:
        """Prepare the MLflow experiment and the parent runs of a plan, and sweep up after the dead."""
        self._plan = plan
        self._experiment_id = self._experiment(plan)
        for run in self._search(f"attributes.status = 'RUNNING' and tags.`bench.owner` = '{self.owner}'"):
            self.client.set_terminated(run.info.run_id, "KILLED")
        for contender in plan.everyone:
            self._parents[contender.experiment.id] = self._parent(plan, contender)

    def started(self, job: Job) -> None:
        """Open the run's MLflow run, or the one that an interrupted visit left."""
        same = self._search(f"tags.`bench.key` = '{job.key}'", [self._experiment_id])
        code = self._plan.code_of(job.experiment) if self._plan else ""
        left = [
            run
            for run in same
            if run.data.tags.get("bench.state") != "done" and run.data.tags["bench.code"] == code
        ]
        if left:
            run_id = left[0].info.run_id
            self.client.update_run(run_id, status="RUNNING")
            steps = self.client.get_metric_history(run_id, "train_loss")
            self._logged[job.key] = max((one.step for one in steps), default=0)
        else:
            run_id = self._create(job)
            self._logged[job.key] = 0
        self._runs[job.key] = run_id

    def epoch(self, job: Job, epoch: Epoch) -> None:
        """Log an epoch in one batch, unless the store has it already."""
        if epoch.epoch <= self._logged[job.key]:
            return
        self._batch(self._runs[job.key], _epoch_metrics(epoch), epoch.epoch)
        self._logged[job.key] = epoch.epoch

    def ended(self, job: Job, result: Result) -> None:
        """Log what is missing of the curve, the result, and the final weights; then close the run."""
        run_id = self._runs.pop(job.key)
        for epoch in result.curve:  # a run that finished while no driver lived
            if epoch.epoch > self._logged[job.key]:
                self._batch(run_id, _epoch_metrics(epoch), epoch.epoch)
        cost = {f"cost.{name}": value for name, value in result.cost.items()}
        self._batch(run_id, {f"final.{k}": v for k, v in result.metrics.items()} | cost, 0)
        self.client.log_text(run_id, json.dumps(result.plain(), indent=1), RESULT)
        if self.provenance.diff:
            self.client.log_text(run_id, self.provenance.diff, "code.diff")
        for name in (WEIGHTS, predictions.FILE):
            kept = self.runs_dir / "work" / job.key / name
            if kept.is_file():
                self.client.log_artifact(run_id, str(kept))
        self.client.set_tag(run_id, "bench.status", result.status)
        self.client.set_tag(run_id, "bench.state", "done")  # last: only now is it found as finished
        self.client.set_terminated(run_id, "FINISHED")

    def failed(self, job: Job, reason: str) -> None:
        """Close the run as failed; it is tried again on the next visit."""
        run_id = self._runs.pop(job.key)
        self.client.set_tag(run_id, "bench.failure", reason[:4000])
        self.client.set_terminated(run_id, "FAILED")

    def close(self) -> None:
        """Close what is still open as interrupted."""
        for run_id in self._runs.values():
            self.client.set_terminated(run_id, "KILLED")
        self._runs.clear()

    def conclude(
        self,
        summaries: Mapping[str, Mapping[str, float]],
        members: Mapping[str, list[str]],
        note: str,
        tags: Mapping[str, str],
        report: Path,
    ) -> None:
        """Log means and members to the parents, and verdicts and report to a run of their own.

        The verdicts also stand in the experiment's note and tags.
        """
        for experiment, parent in self._parents.items():
            self._batch(parent, summaries.get(experiment, {}), 0)
            self.client.set_tag(parent, "bench.runs", ",".join(members.get(experiment, [])))
        for name, value in {"mlflow.note.content": note, **tags}.items():
            self.client.set_experiment_tag(self._experiment_id, name, value)
        run_id = self._report_run()
        for name, value in tags.items():
            self.client.set_tag(run_id, name, value)
        self.client.set_tag(run_id, "mlflow.note.content", note)
        self.client.log_artifact(run_id, str(report))

    # ---- writing ----------------------------------------------------------------------------

    def _experiment(self, plan: Plan) -> str:
        name = plan.suite.name
        found = self.client.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                self.client.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        local = self.uri.startswith("sqlite:")
        place = (self.runs_dir.resolve() / "artifacts" / name).as_uri() if local else None
        return str(self.client.create_experiment(name, artifact_location=place))

    def _parent(self, plan: Plan, contender: Contender) -> str:
        tags = {
            "bench.kind": "experiment",
            "bench.experiment": contender.experiment.id,
            "bench.profile": plan.profile_name,
            "bench.data": plan.data.name,
            "bench.fingerprint": plan.data.fingerprint,
        }
        query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
        found = next(iter(self._search(query, [self._experiment_id])), None)
        if found is not None:
            return str(found.info.run_id)
        tags |= {"bench.provenance": plan.data.provenance, "bench.owner": self.owner}
        if plan.data.name != plan.data.asked:
            tags["bench.stand_in_for"] = plan.data.asked
        name = f"{contender.experiment.id} · {plan.profile_name} · {plan.data.name}"
        run = self.client.create_run(self._experiment_id, tags=tags, run_name=name)
        params = _params(contender.spec) | {"seed": "all"}
        if contender.study:
            params["tuning"] = contender.study.tuning.canonical()
        price = {name: contender.counts[name] for name in ("parameters", "macs")}
        self._batch(run.info.run_id, price, 0, params)
        self.client.set_terminated(run.info.run_id, "FINISHED")
        return str(run.info.run_id)

    def _report_run(self) -> str:
        """The run that holds the report of this profile and data set."""
        assert self._plan is not None
        profile, data = self._plan.profile_name, self._plan.data.name
        tags = {"bench.kind": "report", "bench.profile": profile, "bench.data": data}
        query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
        found = next(iter(self._search(query, [self._experiment_id])), None)
        if found is not None:
            return str(found.info.run_id)
        run = self.client.create_run(self._experiment_id, tags=tags, run_name=f"report · {profile} · {data}")
        self.client.set_terminated(run.info.run_id, "FINISHED")
        return str(run.info.run_id)

    def _create(self, job: Job) -> str:
        assert self._plan is not None
        plan = self._plan
        tags = {
            "mlflow.parentRunId": self._parents[job.experiment],
            "bench.key": job.key,
            "bench.code": plan.code_of(job.experiment),
            "bench.kind": "run",
            "bench.phase": job.phase,
            "bench.experiment": job.experiment,
            "bench.owner": self.owner,
            **{f"bench.{name}": value for name, value in self.provenance.tags().items()},
        }
        run = self.client.create_run(
            self._experiment_id, tags=tags, run_name=f"{job.experiment} · {job.label}"
        )
        self._batch(run.info.run_id, {}, 0, _params(job.spec))
        self._log_data(run.info.run_id, plan)
        return str(run.info.run_id)

    def _batch(
        self,
        run_id: str,
        metrics: Mapping[str, float],
        step: int,
        params: Mapping[str, str] | None = None,
    ) -> None:
        from mlflow.entities import Metric, Param

        now = int(time.time() * 1000)
        self.client.log_batch(
            run_id,
            metrics=[Metric(name, float(value), now, step) for name, value in metrics.items()],
            params=[Param(name, value) for name, value in (params or {}).items()],
        )

    def _log_data(self, run_id: str, plan: Plan) -> None:
        from mlflow.entities import Dataset, DatasetInput

        about = plan.data
        profile = {"train": about.train, "test": about.test, "provenance": about.provenance}
        data = Dataset(
            name=about.name,
            digest=about.fingerprint[:36],
            source_type="bench",
            source=json.dumps({"name": about.name, "fingerprint": about.fingerprint}),
            profile=json.dumps(profile),
        )
        self.client.log_inputs(run_id, [DatasetInput(data, [])])


def _epoch_metrics(epoch: Epoch) -> dict[str, float]:
    named = {
        "train_loss": epoch.train_loss,
        "train_error": epoch.train_error,
        "validation_loss": epoch.validation_loss,
        "validation_error": epoch.validation_error,
        "lr": epoch.lr,
        "cost.images_per_second": epoch.images_per_second,
    }
    return {name: value for name, value in named.items() if value is not None}


def _params(spec: RunSpec) -> dict[str, str]:
    """The resolved specification, flat: `recipe.lr`, `model.name`, …"""
    flat: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                walk(f"{prefix}.{name}" if prefix else name, inner)
        else:
            flat[prefix] = value if isinstance(value, str) else json.dumps(value)

    walk("", spec.model_dump(mode="json", exclude_none=True))
    return flat


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
