"""From a plan and the results that the store has of it to a results folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import takewhile
from math import lcm
from pathlib import Path
from typing import Any

import pandas as pd

from bench.common import predictions
from bench.common.errors import UserError
from bench.data import shapes
from bench.plan.plan import Plan
from bench.plan.planned import PlannedExperiment
from bench.plan.progress import Progress
from bench.results import columns, rows
from bench.results.contact_sheet import contact_sheet
from bench.results.ensembles import Gallery, Runs, ensemble_rows, sampled_rows
from bench.results.files import FORMAT, write
from bench.results.protocol import differences
from bench.results.tables import Results
from bench.spec import Ensemble
from bench.spec.base import Named
from bench.store.cache import CachedRuns, Stored

_SEVERAL = 3  # augmentations that make a contact sheet


def collect(
    cached: CachedRuns, folder: Path, artifact: Callable[[Stored, str], bytes], accepted: str | None = None
) -> Results:
    """Write the results folder of a plan, from what the store has of it and the files of its runs.

    The rungs of a ladder have folders of their own in it, each of the same form. `accepted` is the reason
    why runs of other code may be used.

    Raises UserError if it cannot be written, or where predictions that a run keeps are damaged.
    """
    stale = f"{accepted} ({len(cached.accepted)} runs)" if accepted and cached.accepted else ""
    rungs = [
        _found(Progress(rung, cached.results), cached.runs, artifact, stale)
        for rung in cached.progress.plan.rungs
    ]
    found = replace(_found(cached.progress, cached.runs, artifact, stale), rungs=tuple(rungs))
    write(found, folder)
    return found


def _found(
    progress: Progress,
    stored: Mapping[str, Stored],
    artifact: Callable[[Stored, str], bytes],
    stale: str,
) -> Results:
    """The results of one plan, those of its rungs left out."""
    plan, results = progress.plan, progress.results
    run_ids = {key: run.run_id for key, run in stored.items()}
    runs, measures, curves, trials, cost, right = [], [], [], [], [], []
    for one in plan.experiments:
        for run in progress.finals(one):
            if run.key not in results:
                continue
            result = results[run.key]
            identity = {"experiment": one.experiment.id, "seed": run.seed}
            trained = {**identity, "budget": rows.budget(one, run.spec)}
            runs.append(trained | rows.run(run.spec, result, plan.data))
            if result.right:
                right.append({**identity, "images": runs[-1]["test_images"], "right": result.right})
            measures += [trained | measure for measure in rows.measures(result)]
            curves += [identity | rows.curve(epoch) for epoch in result.curve]
            cost.append(rows.cost(identity, "final", result, run_ids.get(run.key, "")))
        for seed, study in one.studies.items():
            for trial, result in progress.told(one, seed):
                identity = {"experiment": one.experiment.id, "seed": seed}
                trials.append({**identity, "trial": trial.number, **trial.values, **rows.trial(result)})
                run_id = run_ids.get(study.spec(trial).key, "")
                cost.append(rows.cost(identity, "tune", result, run_id))
    for source in plan.sources:
        for run in progress.finals(source):
            if run.key in results:
                identity = {"experiment": source.experiment.id, "seed": run.seed}
                cost.append(rows.cost(identity, "source", results[run.key], run_ids.get(run.key, "")))
    averaged, sampled = _ensembles(progress, stored, artifact)
    for row in averaged:
        identity = {"experiment": row["ensemble"], "seed": row["replicate"]}
        right.append({**identity, "images": sum(plan.data.test_by_class), "right": row.pop("right")})
    counts = [{"experiment": one.experiment.id, **one.counts} for one in plan.experiments]
    counts += [_price(one, plan) for one in plan.ensembles]
    counts += [{"experiment": network.id, **counted.counts} for network, counted in plan.networks]
    return Results(
        plan=_plan_facts(progress),
        runs=rows.table(runs, columns.RUN),
        measures=rows.table(measures, columns.MEASURE),
        curves=rows.table(curves, columns.CURVE),
        trials=pd.DataFrame(trials),
        counts=pd.DataFrame(counts),
        layers=pd.DataFrame(
            [rows.layer(network.id, one) for network, counted in plan.networks for one in counted.layers]
        ),
        cost=pd.DataFrame(cost),
        ensembles=pd.DataFrame(averaged),
        sampled=pd.DataFrame(sampled),
        right=pd.DataFrame(right, columns=list(columns.RIGHT)),
        sheet=_sheet(progress),
        pictures=_pictures(progress, stored, artifact),
        provenance={
            "data": plan.data.provenance,
            "fingerprint": plan.data.fingerprint,
            **({"sources": dict(plan.elsewhere)} if plan.elsewhere else {}),
            # of the runs themselves: they may have been made on several occasions
            "commits": sorted({run.commit for run in stored.values()}),
            "hardware": sorted({run.hardware for run in stored.values()}),
            "versions": sorted({run.versions for run in stored.values()}),
            **({"accepted_stale": stale} if stale else {}),
        },
    )


def _ensembles(
    progress: Progress,
    stored: Mapping[str, Stored],
    artifact: Callable[[Stored, str], bytes],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What averaging predictions gives: rows of disjoint sets of members, and of sampled ones."""
    plan, results = progress.plan, progress.results

    def runs(one: PlannedExperiment) -> Runs:
        keys = {run.seed: run.key for run in progress.finals(one)}
        there = list(takewhile(results.__contains__, (keys.get(seed, "") for seed in one.seeds)))

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
    together = lcm(*(one.members for one in plan.ensembles))
    return ensemble_rows(plan.ensembles, gallery), sampled_rows(gallery, together)


def _pictures(
    progress: Progress, stored: Mapping[str, Stored], artifact: Callable[[Stored, str], bytes]
) -> dict[str, bytes]:
    """What looks have pictured, of the first seed that has run."""
    found = {}
    for one in (one for one in progress.plan.experiments if one.spec.look):
        keys = [run.key for run in progress.finals(one) if run.key in stored]
        for name in one.spec.look.pictures if one.spec.look and keys else ():
            found[f"pictures/{name}-of-{one.id}.png"] = artifact(stored[keys[0]], f"{name}.png")
    return found


def _sheet(progress: Progress) -> bytes:
    """What each augmentation of the plan does, with the settings of the first seed, to drawn images.

    Not to the suite's own: a report may be passed on where a data set may not. Nothing where the experiments
    do not differ in their augmentation.
    """
    shown: dict[tuple[str, ...], tuple[str, Sequence[Named]]] = {}
    for one in progress.plan.experiments:
        steps = (progress.chosen(one, 0) or one.spec).augment
        shown.setdefault(tuple(step.name for step in steps), (one.experiment.id, steps))
    if len(shown) < _SEVERAL:
        return b""
    images, _, _ = shapes.draw(seed=0, images=500)
    named = {name: steps for name, steps in shown.values() if steps}
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
        "replicate": plan.replicate,
        "edition": plan.profile.edition or 0,
        "share": plan.share,
        "ladder": list(plan.profile.ladder or ()),
        "seeds": plan.seeds,
        "first_look": plan.profile.seeds,
        "data": {name: data[name] for name in sorted(data)},
        "claims": [claim.model_dump(mode="json") for claim in suite.claims],
        "references": [reference.model_dump(mode="json") for reference in suite.references],
        **({"edges": dict(plan.profile.edges)} if plan.profile.edges else {}),
        "tuning": plan.profile.tuning.model_dump(mode="json") if plan.profile.tuning else None,
        "figures": None if suite.figures is None else [one.model_dump(mode="json") for one in suite.figures],
        "networks": [one.model_dump(mode="json") for one in suite.networks],
        "sources": [_experiment_facts(one) for one in plan.sources],
        "given": [{"id": one.id, "weights": one.weights, "sha256": one.sha256} for one in plan.given],
        "ensembles": [one.model_dump(mode="json") for one in plan.ensembles],
        "experiments": [_experiment_facts(one) for one in plan.experiments],
        "differences": differences(plan.suite, plan.profile_name, plan.data.train, plan.data.size[0]),
        "compared": "paper" in suite.profiles,
    }


def _experiment_facts(one: PlannedExperiment) -> dict[str, Any]:
    spec = one.spec.model_dump(mode="json", exclude={"seed", "trial"}, exclude_none=True)
    return {
        "id": one.experiment.id,
        "spec": spec,
        "space": sorted(one.experiment.space),
        "seeds": len(one.seeds),
        **({"source": one.source.id} if one.source else {}),
        "budget": rows.budget(one, one.spec),
        "tuned": one.tuning.model_dump(mode="json")["space"] if one.tuning else {},
    }
