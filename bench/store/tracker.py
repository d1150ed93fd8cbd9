"""The only module that writes to MLflow, in the driver alone."""

import json
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.common import predictions
from bench.common.provenance import Provenance
from bench.common.run_archive import ArchivedRun, flat
from bench.plan.plan import Plan
from bench.plan.planned import PlannedExperiment, PlannedRun
from bench.store.reader import RESULT, WEIGHTS, Store
from bench.train.records import Epoch, Result


class Tracker(Store):
    """Writes what happens to MLflow, and reads what has happened.

    Raises UserError when created if the store does not answer or cannot be written.
    """

    def __init__(
        self, uri: str, runs_dir: Path, provenance: Provenance, say: Callable[[str], None] = print
    ) -> None:
        super().__init__(uri, say)
        self.runs_dir, self.provenance = runs_dir, provenance
        self.owner = f"{socket.gethostname()}:{runs_dir.resolve()}"
        self._plan: Plan | None = None
        self._experiment_id = ""
        self._parents: dict[str, str] = {}
        self._runs: dict[str, str] = {}  # key -> id of the run that is being logged
        self._logged: dict[str, int] = {}  # key -> highest epoch in the store

    # ---- a session --------------------------------------------------------------------------

    def open(self, plan: Plan) -> None:
        """Prepare the MLflow experiment and the parent runs of a plan, and sweep up after the dead."""
        self._plan = plan
        self._experiment_id = self._experiment(plan.suite.name)
        for run in self.search(f"attributes.status = 'RUNNING' and tags.`bench.owner` = '{self.owner}'"):
            self.client.set_terminated(run.info.run_id, "KILLED")
        for contender in plan.everyone:
            self._parents[contender.experiment.id] = self._parent(plan, contender)

    def started(self, job: PlannedRun) -> None:
        """Open the run's MLflow run, or the one that an interrupted visit left."""
        same = self.search(f"tags.`bench.key` = '{job.key}'", [self._experiment_id])
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

    def epoch(self, job: PlannedRun, epoch: Epoch) -> None:
        """Log an epoch in one batch, unless the store has it already."""
        if epoch.epoch <= self._logged[job.key]:
            return
        self._batch(self._runs[job.key], _epoch_metrics(epoch), epoch.epoch)
        self._logged[job.key] = epoch.epoch

    def ended(self, job: PlannedRun, result: Result) -> None:
        """Log what is missing of the curve, the result, and the final weights; then close the run."""
        run_id = self._runs.pop(job.key)
        if self.provenance.diff:
            self.client.log_text(run_id, self.provenance.diff, "code.diff")
        for name in (WEIGHTS, predictions.FILE):
            kept = self.runs_dir / "work" / job.key / name
            if kept.is_file():
                self.client.log_artifact(run_id, str(kept))
        self._finish(run_id, result, self._logged[job.key])  # its curve too, if no driver heard of it

    def failed(self, job: PlannedRun, reason: str) -> None:
        """Close the run as failed; it is tried again on the next visit."""
        run_id = self._runs.pop(job.key)
        self.client.set_tag(run_id, "bench.failure", reason[:4000])
        self.client.set_terminated(run_id, "FAILED")

    def take(self, moved: ArchivedRun, result: Result) -> None:
        """Log a run that was made elsewhere; its parent lists it when its suite is next run here."""
        tags = {
            "bench.key": moved.key,
            "bench.code": moved.code,
            "bench.kind": "run",
            "bench.phase": moved.phase,
            "bench.experiment": moved.experiment,
            "bench.owner": self.owner,
            **{f"bench.{name}": value for name, value in moved.tags.items()},
        }
        name = f"{moved.experiment} · seed {moved.spec.get('seed', '?')} · imported"
        run = self.client.create_run(self._experiment(moved.suite), tags=tags, run_name=name)
        run_id = str(run.info.run_id)
        self._batch(run_id, {}, 0, flat(moved.spec))
        for file in moved.files:
            with tempfile.TemporaryDirectory() as folder:  # one file at a time lies here
                Path(folder, file).write_bytes(moved.files[file])
                self.client.log_artifact(run_id, str(Path(folder, file)))
        self._finish(run_id, result, logged=0)

    def _finish(self, run_id: str, result: Result, logged: int) -> None:
        """Log what is missing of the curve, and the result; then close the run."""
        for epoch in result.curve:
            if epoch.epoch > logged:
                self._batch(run_id, _epoch_metrics(epoch), epoch.epoch)
        cost = {f"cost.{name}": value for name, value in result.cost.items()}
        self._batch(run_id, {f"final.{k}": v for k, v in result.metrics.items()} | cost, 0)
        self.client.log_text(run_id, json.dumps(result.plain(), indent=1), RESULT)
        self.client.set_tag(run_id, "bench.status", result.status)
        self.client.set_tag(run_id, "bench.state", "done")  # last: only now is it found as finished
        self.client.set_terminated(run_id, "FINISHED")

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

    def _experiment(self, name: str) -> str:
        found = self.client.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                self.client.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        local = self.uri.startswith("sqlite:")
        place = (self.runs_dir.resolve() / "artifacts" / name).as_uri() if local else None
        return str(self.client.create_experiment(name, artifact_location=place))

    def _parent(self, plan: Plan, contender: PlannedExperiment) -> str:
        tags = {
            "bench.kind": "experiment",
            "bench.experiment": contender.experiment.id,
            "bench.profile": plan.profile_name,
            "bench.data": plan.data.name,
            "bench.fingerprint": plan.data.fingerprint,
        }
        query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
        found = next(iter(self.search(query, [self._experiment_id])), None)
        if found is not None:
            return str(found.info.run_id)
        tags |= {"bench.common.provenance": plan.data.provenance, "bench.owner": self.owner}
        if plan.data.name != plan.data.asked:
            tags["bench.stand_in_for"] = plan.data.asked
        name = f"{contender.experiment.id} · {plan.profile_name} · {plan.data.name}"
        run = self.client.create_run(self._experiment_id, tags=tags, run_name=name)
        params = flat(contender.spec.model_dump(mode="json")) | {"seed": "all"}
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
        found = next(iter(self.search(query, [self._experiment_id])), None)
        if found is not None:
            return str(found.info.run_id)
        run = self.client.create_run(self._experiment_id, tags=tags, run_name=f"report · {profile} · {data}")
        self.client.set_terminated(run.info.run_id, "FINISHED")
        return str(run.info.run_id)

    def _create(self, job: PlannedRun) -> str:
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
        self._batch(run.info.run_id, {}, 0, flat(job.spec.model_dump(mode="json")))
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
