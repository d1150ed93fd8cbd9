"""Numbers of runs, by seed: from the measures, from curves, and from averaged predictions."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.claims.metrics import epochs_to
from bench.spec.metrics import DIVERGED, METRICS, After, At, EpochsTo, Metric

if TYPE_CHECKING:
    import pandas as pd

Index = dict[tuple[str, str, str], dict[int, float]]  # (experiment, metric, at) -> value by seed


def indexed(measures: "pd.DataFrame") -> Index:
    """The measures, to be looked up."""
    found: Index = {}
    columns = (measures[name].to_list() for name in ("experiment", "metric", "at", "seed", "value"))
    for experiment, metric, at, seed, value in zip(*columns, strict=True):
        found.setdefault((str(experiment), metric, at), {})[int(seed)] = float(value)
    return found


def of_runs(runs: "pd.DataFrame", index: Index, metric: str | At) -> dict[int, float]:
    """The metric of each run of an experiment (its rows of runs.csv), by seed; NaN where a run has none."""
    name, at = (metric.metric, metric.at) if isinstance(metric, At) else (metric, "")
    if name == DIVERGED:
        ended = zip(runs["seed"], runs["status"], strict=True)
        return {int(seed): 100.0 * (status == "diverged") for seed, status in ended}
    found = index.get((str(runs["experiment"].iloc[0]), name, at), {}) if len(runs) else {}
    return {int(seed): found.get(int(seed), math.nan) for seed in runs["seed"]}


def of_ensemble(ensembles: "pd.DataFrame", ensemble: str, metric: Metric) -> dict[int, float]:
    """The metric of each disjoint set of members, by replicate; NaN where it has none."""
    if ensembles.empty:
        return {}
    rows = ensembles[ensembles["ensemble"] == ensemble].sort_values("replicate")
    values = rows[metric] if isinstance(metric, str) and metric in rows else [math.nan] * len(rows)
    return {int(one): float(value) for one, value in zip(rows["replicate"], values, strict=True)}


def along_curves(
    runs: "pd.DataFrame", curves: "pd.DataFrame", metric: EpochsTo | After, plan: Mapping[str, Any]
) -> dict[int, float]:
    """A figure of each run's curve, by seed; NaN where there is no such curve, chance where it diverged."""
    epochs = {one["id"]: int(one["spec"]["recipe"]["epochs"]) for one in plan["experiments"]}
    found = {}
    for _, run in runs.iterrows():
        curve = curves[(curves["experiment"] == run["experiment"]) & (curves["seed"] == run["seed"])]
        diverged, planned = run["status"] == "diverged", epochs[str(run["experiment"])]
        read = _reached if isinstance(metric, EpochsTo) else _after
        value = read(curve.sort_values("epoch"), metric, planned, diverged)  # type: ignore[arg-type]
        if value is None:  # it diverged before
            chance = METRICS[metric.curve].chance if isinstance(metric, After) else None
            value = chance(int(plan["data"]["classes"])) if chance else math.nan
        found[int(run["seed"])] = value
    return found


def _reached(curve: "pd.DataFrame", metric: EpochsTo, planned: int, diverged: bool) -> float | None:
    if diverged:
        return float(planned + 1)
    if curve.empty:
        return math.nan  # nothing was trained
    return epochs_to(metric.level, curve["train_error"].to_list(), planned)


def _after(curve: "pd.DataFrame", metric: After, planned: int, diverged: bool) -> float | None:
    at = curve[curve["epoch"] == max(1, math.ceil(metric.share * planned))]
    if len(at) and math.isfinite(at[metric.curve].iloc[0]):
        return float(at[metric.curve].iloc[0])
    return None if diverged else math.nan
