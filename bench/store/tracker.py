"""The only module that writes to MLflow, in the driver alone."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common.run_archive import ArchivedRun, flat
from bench.store.new_run import NewRun, OpenRun, epoch_metrics, log_data, log_figures
from bench.store.reader import RESULT, Store, quoted
from bench.train.records import Epoch, Result, kept_files

if TYPE_CHECKING:
    from bench.common.provenance import Provenance
    from bench.plan.plan import Plan
    from bench.plan.planned import PlannedExperiment, PlannedRun
    from bench.store.cache import Stored


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
        self._runs: dict[str, OpenRun | None] = {}  # by key; None: it is done

    # ---- a session --------------------------------------------------------------------------

    def open(self, plan: Plan) -> None:
        """Prepare the MLflow experiment and the parent runs of a plan, and sweep up after the dead."""
        self._plan = plan
        with self.asked():
            self._experiment_id = self._experiment(plan.suite.name)
            for run in self.search(
                f"attributes.status = 'RUNNING' and tags.`bench.owner` = {quoted(self.owner)}"
            ):
                self.client.set_terminated(run.info.run_id, "KILLED")
            for planned in plan.everyone:
                self._parents[planned.id] = self._parent(plan, planned)

    def describe(self, run: PlannedRun) -> NewRun:
        """What is logged of a planned run when it begins; asks the store nothing."""
        assert self._plan is not None
        parent = self._parents[run.experiment]
        return NewRun.of(run, self._plan, self._experiment_id, parent, self.owner, self.provenance)

    # ---- a run's way: each step may be told again, and then changes nothing ----------------------

    def begin(self, new: NewRun) -> None:
        """Open the run's MLflow run, or the one that an interrupted session left."""
        same = self.search(f"tags.`bench.key` = '{new.key}'", [new.experiment_id])
        same = [run for run in same if run.data.tags["bench.code"] == new.code]
        done = [run for run in same if run.data.tags.get("bench.state") == "done"]
        for run in done:  # which may have been told all but that it is over
            self.client.set_terminated(run.info.run_id, "FINISHED", run.info.end_time)
        if done:
            self._runs[new.key] = None
            return
        left = next(iter(same), None)
        if left is None:
            run_id = self.client.create_run(new.experiment_id, tags=new.tags, run_name=new.name).info.run_id
        else:
            run_id = left.info.run_id
            self.client.update_run(run_id, status="RUNNING")
        if left is None or not left.data.params:  # they are logged last
            log_data(self.client, run_id, new.data)
            if new.diff:
                self.client.log_text(run_id, new.diff, "code.diff")
            log_figures(self.client, run_id, {}, 0, new.params)
        steps = self.client.get_metric_history(run_id, "train_loss") if left else []
        self._runs[new.key] = OpenRun(str(run_id), max((one.step for one in steps), default=0))

    def follows(self, key: str) -> bool:
        """Whether the run's MLflow run is open, or known to be done."""
        return key in self._runs

    def forget(self, *keys: str) -> None:
        """Know no more what the store has of these runs: something went wrong in between."""
        for key in keys:
            self._runs.pop(key, None)

    def log_epoch(self, key: str, epoch: Epoch) -> None:
        """Log an epoch in one batch, unless the store has it already."""
        run = self._runs[key]
        if run and epoch.epoch > run.logged:
            log_figures(self.client, run.run_id, epoch_metrics(epoch), epoch.epoch)
            run.logged = epoch.epoch

    def end(self, key: str, result: Result, files: Path) -> None:
        """Log what is missing of the curve, the result, and the files that are kept; then close the run."""
        if run := self._runs[key]:
            for kept in kept_files(files):
                self.client.log_artifact(run.run_id, str(kept))
            self._finish(run.run_id, result, run.logged)  # its curve too, if no driver heard of it
        self.forget(key)

    def fail(self, key: str, reason: str) -> None:
        """Close the run as failed; it is tried again by the next `bench run`."""
        if run := self._runs[key]:
            self.client.set_tag(run.run_id, "bench.failure", reason[:4000])
            self.client.set_terminated(run.run_id, "FAILED")
        self.forget(key)

    def verify(self, stored: Stored, code: str) -> None:
        """Tag a finished run as one that other code, too, was seen to give."""
        codes = ",".join(dict.fromkeys([*stored.verified, code]))
        self.client.set_tag(stored.run_id, "bench.verified", codes)

    def interrupt(self, key: str) -> None:
        """Close the run as interrupted."""
        if run := self._runs[key]:
            self.client.set_terminated(run.run_id, "KILLED")
        self.forget(key)

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
        log_figures(self.client, run_id, {}, 0, flat(moved.spec))
        for file in moved.files:
            with tempfile.TemporaryDirectory() as folder:  # one file at a time lies here
                Path(folder, file).write_bytes(moved.files[file])
                self.client.log_artifact(run_id, str(Path(folder, file)))
        self._finish(run_id, result, logged=0)

    def _finish(self, run_id: str, result: Result, logged: int) -> None:
        """Log what is missing of the curve, and the result; then close the run."""
        for epoch in result.curve:
            if epoch.epoch > logged:
                log_figures(self.client, run_id, epoch_metrics(epoch), epoch.epoch)
        last = {f"final.{name}": value for name, value in result.metrics.items()}
        last |= {f"cost.{name}": value for name, value in result.cost.items()}
        there = self.client.get_run(run_id).data.metrics  # from an attempt that broke off
        log_figures(
            self.client, run_id, {name: value for name, value in last.items() if name not in there}, 0
        )
        self.client.log_text(run_id, json.dumps(result.plain(), indent=1), RESULT)
        self.client.set_tag(run_id, "bench.status", result.status)
        self.client.set_tag(run_id, "bench.environment", result.environment)
        self.client.set_tag(run_id, "bench.state", "done")  # last: only now is it found as finished
        self.client.set_terminated(run_id, "FINISHED")

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
            log_figures(self.client, parent, summaries.get(experiment, {}), 0)
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

    def _parent(self, plan: Plan, planned: PlannedExperiment) -> str:
        """The run that stands for an experiment at this profile, on this data set."""
        tags = {
            "bench.kind": "experiment",
            "bench.experiment": planned.id,
            "bench.profile": plan.profile_name,
            "bench.replicate": str(plan.replicate),
            "bench.data": plan.data.name,
            "bench.fingerprint": plan.data.fingerprint,
        }
        more = {"bench.provenance": plan.data.provenance, "bench.owner": self.owner}
        if plan.data.name != plan.data.asked:
            more["bench.stand_in_for"] = plan.data.asked
        params = flat(planned.spec.model_dump(mode="json")) | {"seed": "all"}
        if planned.tuning:
            params["tuning"] = planned.tuning.canonical()
        price = {name: planned.counts[name] for name in ("parameters", "macs")}
        return self._standing(f"{planned.id} · {plan.occasion}", tags, more, price, params)

    def _report_run(self) -> str:
        """The run that holds the report of this profile and data set."""
        assert self._plan is not None
        plan = self._plan
        tags = {
            "bench.kind": "report",
            "bench.profile": plan.profile_name,
            "bench.replicate": str(plan.replicate),
            "bench.data": plan.data.name,
        }
        return self._standing(f"report · {plan.occasion}", tags, {}, {}, {})

    def _standing(
        self,
        name: str,
        tags: Mapping[str, str],
        more: Mapping[str, str],
        metrics: Mapping[str, float],
        params: Mapping[str, str],
    ) -> str:
        """The run with these tags, which stands for others; made if there is none, with more of both."""
        query = " and ".join(f"tags.`{name}` = {quoted(value)}" for name, value in tags.items())
        found = next(iter(self.search(query, [self._experiment_id])), None)
        if found is not None:
            return str(found.info.run_id)
        run = self.client.create_run(self._experiment_id, tags={**tags, **more}, run_name=name)
        if metrics or params:
            log_figures(self.client, run.info.run_id, metrics, 0, params)
        self.client.set_terminated(run.info.run_id, "FINISHED")
        return str(run.info.run_id)
