"""From a plan and the results that the store has of it to a results folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Any

import pandas as pd

from bench.common import predictions
from bench.common.errors import UserError
from bench.data import shapes
from bench.models.trace import Layer
from bench.plan.plan import Plan
from bench.plan.planned import PlannedExperiment
from bench.plan.progress import Progress
from bench.results.contact_sheet import contact_sheet
from bench.results.ensembles import Gallery, Runs, ensemble_rows, sampled_rows
from bench.results.protocol import differences
from bench.results.tables import FORMAT, Results, write
from bench.spec import Ensemble
from bench.spec.base import Named
from bench.store.cache import Stored
from bench.train.records import Result

_SEVERAL = 3  # augmentations that make a contact sheet


def collect(
    plan: Plan,
    results: Mapping[str, Result],
    stored: Mapping[str, Stored],
    folder: Path,
    artifact: Callable[[Stored, str], bytes],
) -> Results:
    """Write the results folder of a plan, from results, stored runs by key and their files.

    Raises UserError if it cannot be written, or where predictions that a run keeps are damaged.
    """
    progress = Progress(plan, results)
    run_ids = {key: run.run_id for key, run in stored.items()}
    runs, curves, trials, cost = [], [], [], []
    for one in plan.experiments:
        for job in progress.finals(one):
            if job.key not in results:
                continue
            result, identity = (
                results[job.key],
                {"experiment": one.experiment.id, "seed": job.spec.seed},
            )
            runs.append({**identity, **_run_row(job.key, result, job.spec.recipe.model_dump())})
            curves += [{**identity, **_curve_row(asdict(epoch))} for epoch in result.curve]
            cost.append(_cost_row(identity, "final", result, run_ids.get(job.key, "")))
        for trial, result in progress.told(one):
            identity = {"experiment": one.experiment.id, "trial": trial.number}
            trials.append({**identity, **trial.values, **_trial_row(result)})
            key = one.study.spec(trial).key if one.study else ""
            numbered = {"experiment": one.experiment.id, "seed": trial.number}
            cost.append(_cost_row(numbered, "tune", result, run_ids.get(key, "")))
    for source in plan.sources:
        for job in progress.finals(source):
            if job.key in results:
                identity = {"experiment": source.experiment.id, "seed": job.spec.seed}
                cost.append(_cost_row(identity, "source", results[job.key], run_ids.get(job.key, "")))
    averaged, sampled = _ensembles(progress, stored, artifact)
    counts = [{"experiment": one.experiment.id, **one.counts} for one in plan.experiments]
    counts += [_price(one, plan) for one in plan.ensembles]
    counts += [{"experiment": network.id, **counted.counts} for network, counted in plan.networks]
    run_columns = [
        "experiment",
        "seed",
        "key",
        "status",
        "epochs",
        "lr",
        "weight_decay",
        "train_error",
        "train_loss",
        "test_error",
        "test_balanced_error",
        "test_loss",
        "validation_error",
    ]
    found = Results(
        plan=_plan_facts(progress),
        runs=pd.DataFrame(runs, columns=run_columns),
        curves=pd.DataFrame(
            curves,
            columns=[
                "experiment",
                "seed",
                "epoch",
                "lr",
                "train_loss",
                "train_error",
                "validation_loss",
                "validation_error",
            ],
        ),
        trials=pd.DataFrame(trials),
        counts=pd.DataFrame(counts),
        layers=pd.DataFrame(
            [_layer_row(network.id, one) for network, counted in plan.networks for one in counted.layers]
        ),
        cost=pd.DataFrame(cost),
        ensembles=pd.DataFrame(averaged),
        sampled=pd.DataFrame(sampled),
        sheet=_sheet(progress),
        provenance={
            "data": plan.data.provenance,
            "fingerprint": plan.data.fingerprint,
            # of the runs themselves: they may have been made on several occasions
            "commits": sorted({run.commit for run in stored.values()}),
            "hardware": sorted({run.hardware for run in stored.values()}),
            "versions": sorted({run.versions for run in stored.values()}),
        },
    )
    write(found, folder)
    return found


def _ensembles(
    progress: Progress,
    stored: Mapping[str, Stored],
    artifact: Callable[[Stored, str], bytes],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What averaging predictions gives: rows of disjoint sets of members, and of sampled ones."""
    plan, results = progress.plan, progress.results

    def runs(one: PlannedExperiment) -> Runs:
        keys = [job.key for job in progress.finals(one)]
        there = list(takewhile(results.__contains__, keys))

        def load(seed: int) -> Mapping[str, Any] | None:
            key, result = there[seed], results[there[seed]]
            if result.status == "diverged":
                return None
            try:
                data = artifact(stored[key], predictions.FILE)
                return predictions.read(data, key, result.predictions)
            except (OSError, UserError) as error:
                who = f"{one.experiment.id}, seed {seed} (MLflow run {stored[key].run_id})"
                raise UserError(
                    f"{who}: predictions cannot be used: {error}; delete the run and give the command again"
                ) from error

        kept = one.spec.predict
        return Runs(len(there), load, shifted=kept is not None and kept.shift is not None)

    gallery = Gallery(
        {one.experiment.id: runs(one) for one in plan.experiments if one.spec.predict}, plan.data.classes
    )
    return ensemble_rows(plan.ensembles, gallery), sampled_rows(gallery)


def _sheet(progress: Progress) -> bytes:
    """What each augmentation of the plan does, with the settings that were chosen, to drawn images.

    Not to the suite's own: a report may be passed on where a data set may not. Nothing where the contenders
    do not differ in their augmentation.
    """
    rows: dict[tuple[str, ...], tuple[str, Sequence[Named]]] = {}
    for one in progress.plan.experiments:
        steps = (progress.chosen(one) or one.spec).augment
        rows.setdefault(tuple(step.name for step in steps), (one.experiment.id, steps))
    if len(rows) < _SEVERAL:
        return b""
    images, _, _ = shapes.draw(seed=0, images=500)
    named = {name: steps for name, steps in rows.values() if steps}
    return contact_sheet(images, named, "drawn shapes, as in the data set of that name", draws=6, dpi=64)


def _price(ensemble: Ensemble, plan: Plan) -> dict[str, Any]:
    """An ensemble's weights, and multiply-accumulates to classify an image and to train all members."""
    members = [one for one in plan.experiments if one.experiment.id in ensemble.of]
    nets = {
        one.experiment.id: ensemble.members
        * ((one.spec.recipe.cycles or 1) if ensemble.weights == "cycles" else 1)
        for one in members
    }
    return {
        "experiment": ensemble.id,
        "parameters": sum(nets[one.experiment.id] * one.counts["parameters"] for one in members),
        "macs": sum(nets[one.experiment.id] * one.counts["macs"] * ensemble.views for one in members),
        "training_macs": sum(ensemble.members * one.training_macs for one in members),
    }


def _plan_facts(progress: Progress) -> dict[str, Any]:
    plan = progress.plan
    suite, data = plan.suite, asdict(plan.data)
    return {
        "name": suite.name,
        "format": FORMAT,
        "hash": suite.hash,
        "title": suite.title,
        "question": suite.question,
        "expectations": suite.expectations,
        "profile": plan.profile_name,
        "seeds": plan.seeds,
        "data": {name: data[name] for name in sorted(data)},
        "claims": [claim.model_dump(mode="json") for claim in suite.claims],
        "references": [reference.model_dump(mode="json") for reference in suite.references],
        "tuning": plan.profile.tuning.model_dump(mode="json") if plan.profile.tuning else None,
        "figures": None if suite.figures is None else [one.model_dump(mode="json") for one in suite.figures],
        "networks": [one.model_dump(mode="json") for one in suite.networks],
        "sources": [_experiment_facts(one, progress) for one in plan.sources],
        "given": [{"id": one.id, "weights": one.weights, "sha256": one.sha256} for one in plan.given],
        "ensembles": [one.model_dump(mode="json") for one in plan.ensembles],
        "experiments": [_experiment_facts(one, progress) for one in plan.experiments],
        "differences": differences(plan.suite, plan.profile_name),
    }


def _experiment_facts(one: PlannedExperiment, progress: Progress) -> dict[str, Any]:
    chosen = progress.chosen(one)
    spec = (chosen or one.spec).model_dump(mode="json", exclude={"seed", "trial"}, exclude_none=True)
    return {
        "id": one.experiment.id,
        "spec": spec,
        "space": sorted(one.experiment.space),
        "seeds": len(one.seeds),
        **({"source": one.source.id} if one.source else {}),
        "tuned": one.study is not None and chosen is not None,
    }


def _layer_row(network: str, layer: Layer) -> dict[str, Any]:
    return {
        "network": network,
        "layer": layer.name,
        "kind": layer.kind,
        "output": "×".join(map(str, layer.output)),
        "parameters": layer.parameters,
        "macs": layer.macs,
        "receptive_field": "all" if layer.field is None else str(layer.field),
    }


def _run_row(key: str, result: Result, recipe: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "status": result.status,
        "epochs": len(result.curve),
        "lr": recipe["lr"],
        "weight_decay": recipe["weight_decay"],
        **result.metrics,
    }


def _curve_row(epoch: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in epoch.items() if k not in ("seconds", "images_per_second")}


def _trial_row(result: Result) -> dict[str, Any]:
    last = result.curve[-1].validation_error if result.curve else None
    error = result.metrics.get("validation_error", last)
    return {"status": result.status, "epochs": len(result.curve), "validation_error": error}


def _cost_row(identity: Mapping[str, Any], phase: str, result: Result, run_id: str) -> dict[str, Any]:
    return {**identity, "phase": phase, **result.cost, "run_id": run_id}
