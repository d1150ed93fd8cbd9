"""Rows of the results files: what is kept of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from bench.common.run_archive import flat
from bench.models.trace import Layer
from bench.plan.dataset import DataSummary
from bench.plan.planned import PlannedExperiment
from bench.spec import RunSpec
from bench.train.records import Epoch, Result

Row = dict[str, Any]
_NO_SETTING = {
    "seed",
    "data.fingerprint",
}  # of a specification: one is a column already, one is in suite.json
_OCCASION = ("seconds", "images_per_second")  # of an epoch


def table(rows: Sequence[Row], columns: Iterable[str]) -> pd.DataFrame:
    """Rows with these columns first, then the others in alphabetic order, whatever run comes first."""
    others = {name for row in rows for name in row} - set(columns)
    return pd.DataFrame(rows, columns=[*columns, *sorted(others)])


def budget(experiment: PlannedExperiment, spec: RunSpec) -> int:
    """Training steps of a run; 0 where nothing is trained."""
    return (
        0 if spec.probe or spec.look else spec.recipe.epochs * (experiment.images // spec.recipe.batch_size)
    )


def run(spec: RunSpec, result: Result, data: DataSummary) -> Row:
    """What a run is and how it ended, with all settings of its specification by dotted names."""
    settings = flat(spec.model_dump(mode="json"))
    seen = (
        data.test_by_class
        if spec.data.classes is None
        else [data.test_by_class[i] for i in spec.data.classes]
    )
    return {
        "key": spec.key,
        "status": result.status,
        "epochs": len(result.curve),
        "environment": result.environment,
        "test_images": sum(seen),
        **{name: value for name, value in settings.items() if name not in _NO_SETTING},
    }


def measures(result: Result) -> Iterator[Row]:
    """What a run gave: its metrics, which stand at its end, by name; then its measures along an axis."""
    for metric, value in sorted(result.metrics.items()):
        yield {"metric": metric, "at": "", "value": value}
    for measure in result.measures:
        yield asdict(measure)


def curve(epoch: Epoch) -> Row:
    """An epoch, without what depends on the occasion."""
    return {name: value for name, value in asdict(epoch).items() if name not in _OCCASION}


def trial(result: Result) -> Row:
    """How a tuning trial ended."""
    last = result.curve[-1].validation_error if result.curve else None
    error = result.metrics.get("validation_error", last)
    return {"status": result.status, "epochs": len(result.curve), "validation_error": error}


def cost(identity: Mapping[str, Any], phase: str, result: Result, run_id: str) -> Row:
    """What a run took, and where the store has it."""
    return {**identity, "phase": phase, **result.cost, "run_id": run_id}


def layer(network: str, one: Layer) -> Row:
    """A layer of a counted network."""
    return {
        "network": network,
        "layer": one.name,
        "kind": one.kind,
        "output": "×".join(map(str, one.output)),
        "parameters": one.parameters,
        "macs": one.macs,
        "receptive_field": "all" if one.field is None else str(one.field),
    }
