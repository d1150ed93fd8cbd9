"""Numbers of runs, by seed: from the measures, from curves, and from averaged predictions."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.claims.metrics import epochs_to
from bench.spec.metrics import METRICS, After, At, EpochsTo, Metric

if TYPE_CHECKING:
    import pandas as pd

    from bench.results.tables import Results

Index = dict[tuple[str, str, str], dict[int, float]]  # (experiment, metric, at) -> value by seed


def indexed(measures: "pd.DataFrame") -> Index:
    """The measures, to be looked up."""
    found: Index = {}
    columns = (measures[name].to_list() for name in ("experiment", "metric", "at", "seed", "value"))
    for experiment, metric, at, seed, value in zip(*columns, strict=True):
        found.setdefault((str(experiment), metric, at), {})[int(seed)] = float(value)
    return found


def of_runs(results: "Results", experiment: str, metric: Metric) -> dict[int, float]:
    """The metric of each run of an experiment, by seed; NaN where the run has none."""
    runs = results.runs[results.runs["experiment"] == experiment].sort_values("seed")
    if isinstance(metric, (EpochsTo, After)):
        return {int(run["seed"]): _along(results, metric, run) for _, run in runs.iterrows()}
    name, at = (metric.metric, metric.at) if isinstance(metric, At) else (metric, "")
    found = results.index.get((experiment, name, at), {})
    return {int(seed): found.get(int(seed), math.nan) for seed in runs["seed"]}


def of_ensemble(results: "Results", ensemble: str, metric: Metric) -> dict[int, float]:
    """The metric of each disjoint set of members, by replicate; NaN where it has none."""
    if results.ensembles.empty:
        return {}
    rows = results.ensembles[results.ensembles["ensemble"] == ensemble].sort_values("replicate")
    values = rows[metric] if isinstance(metric, str) and metric in rows else [math.nan] * len(rows)
    return {int(one): float(value) for one, value in zip(rows["replicate"], values, strict=True)}


def _along(results: "Results", metric: EpochsTo | After, run: "pd.Series[Any]") -> float:
    """A figure of a run's curve; NaN where it has no such curve, chance where it diverged before."""
    spec: Mapping[str, Any] = results.plan_of(str(run["experiment"]))["spec"]
    planned, diverged = int(spec["recipe"]["epochs"]), run["status"] == "diverged"
    curves = results.curves
    curve = curves[(curves["experiment"] == run["experiment"]) & (curves["seed"] == run["seed"])]
    curve = curve.sort_values("epoch")
    if isinstance(metric, EpochsTo):
        if curve.empty and not diverged:
            return math.nan  # nothing was trained
        return (
            float(planned + 1)
            if diverged
            else epochs_to(metric.level, curve["train_error"].to_list(), planned)
        )
    at = curve[curve["epoch"] == max(1, math.ceil(metric.share * planned))]
    if len(at) and math.isfinite(at[metric.curve].iloc[0]):
        return float(at[metric.curve].iloc[0])
    chance = METRICS[metric.curve].chance
    return chance(int(results.plan["data"]["classes"])) if diverged and chance else math.nan
