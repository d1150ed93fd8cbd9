"""From a plan and the results that the store has of it to a results folder."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from bench.models.trace import Layer
from bench.protocol import differences
from bench.results import FORMAT, Results, write
from bench.schedule.plan import Contender, Plan
from bench.schedule.recall import Stored
from bench.train.records import Result


def collect(
    plan: Plan,
    results: Mapping[str, Result],
    stored: Mapping[str, Stored],
    folder: Path,
) -> Results:
    """Write the results folder of a plan, from results and stored runs by key.

    Raises UserError if it cannot be written.
    """
    run_ids = {key: run.run_id for key, run in stored.items()}
    runs, curves, trials, cost = [], [], [], []
    for one in plan.contenders:
        for job in one.finals(results):
            if job.key not in results:
                continue
            result, identity = (
                results[job.key],
                {"experiment": one.experiment.id, "seed": job.spec.seed},
            )
            runs.append({**identity, **_run_row(job.key, result, job.spec.recipe.model_dump())})
            curves += [{**identity, **_curve_row(asdict(epoch))} for epoch in result.curve]
            cost.append(_cost_row(identity, "final", result, run_ids.get(job.key, "")))
        for trial, result in one.told(results):
            identity = {"experiment": one.experiment.id, "trial": trial.number}
            trials.append({**identity, **trial.values, **_trial_row(result)})
            key = one.study.spec(trial).key if one.study else ""
            numbered = {"experiment": one.experiment.id, "seed": trial.number}
            cost.append(_cost_row(numbered, "tune", result, run_ids.get(key, "")))
    counts = [{"experiment": one.experiment.id, **one.counts} for one in plan.contenders]
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
        "test_loss",
        "validation_error",
    ]
    found = Results(
        plan=_plan_facts(plan, results),
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


def _plan_facts(plan: Plan, results: Mapping[str, Result]) -> dict[str, Any]:
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
        "networks": [one.model_dump(mode="json") for one in suite.networks],
        "experiments": [_experiment_facts(one, results) for one in plan.contenders],
        "differences": differences(plan.suite, plan.profile_name),
    }


def _experiment_facts(one: Contender, results: Mapping[str, Result]) -> dict[str, Any]:
    chosen = one.chosen(results)
    spec = (chosen or one.spec).model_dump(mode="json", exclude={"seed", "trial"}, exclude_none=True)
    return {
        "id": one.experiment.id,
        "spec": spec,
        "space": sorted(one.experiment.space),
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
