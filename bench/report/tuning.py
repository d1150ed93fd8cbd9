"""Tuning: what every experiment was allowed, what was chosen, and all trials."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.report.table import Table
from bench.results import search
from bench.results.tables import Results


def _setting(value: object) -> str:
    """A tuned value; a dash where the experiment has no such setting."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return "–" if math.isnan(number) else f"{number:.4g}"


def tuning_table(results: Results) -> Table | None:
    """Every trial of every experiment, best marked; None where nothing was tuned."""
    tuning = results.plan["tuning"]
    if not tuning or results.trials.empty:
        return None
    tuned = search.settings_of(results.trials)
    rows = []
    for experiment in results.experiments:
        for seed, trials in search.studies(results.trials, experiment):
            best = search.best(trials)
            for index, trial in trials.iterrows():
                chosen = ", chosen" if best is not None and index == best.name else ""
                rows.append(
                    (
                        experiment,
                        seed,
                        str(trial["trial"]),
                        *(_setting(trial[name]) for name in tuned),
                        f"{trial['status']}{chosen}",
                        str(trial["epochs"]),
                        f"{trial['validation_error']:.2f}",
                    )
                )
    lengths = {one["spec"]["recipe"]["epochs"] for one in results.plan["experiments"]}
    longer = " (more or fewer in proportion to its training)" if len(lengths) > 1 else ""
    columns = ("experiment", "seed", "trial", *tuned, "status", "epochs", "validation error, %")
    return Table(
        "tuning",
        f"Tuning: {_allowed(results)} of {tuning['epochs']} epochs{longer} in generations of "
        f"{tuning['generation']}, judged on validation images alone",
        columns,
        tuple(rows),
        frozenset(columns) - {"experiment", "status"},
    )


def _allowed(results: Results) -> str:
    """What every experiment was allowed."""
    trials = results.plan["tuning"]["trials"]
    if "seed" in results.trials:
        return f"every experiment had {trials} trials for each seed"
    return (
        f"every experiment had {trials} trials, for all seeds together (trial 0 is the recipe as it stands)"
    )


def tuned_table(results: Results) -> Table | None:
    """What tuning chose for every experiment, over its seeds; None where nothing was tuned."""
    tuning = results.plan["tuning"]
    if not tuning or results.trials.empty:
        return None
    settings, edges = search.settings_of(results.trials), search.edges(results.plan, results.trials)
    rows = []
    for experiment in results.experiments:
        trials = results.trials[results.trials["experiment"] == experiment]
        chosen = search.chosen(results.trials, experiment)
        if not chosen:
            continue
        others = trials["status"].value_counts().drop("finished", errors="ignore")
        count = ", ".join([str(len(trials)), *(f"{n} {status}" for status, n in sorted(others.items()))])
        shown = [name for name in settings if _setting(chosen[0][name]) != "–"]
        rows.append(
            (
                experiment,
                count,
                ", ".join(f"{name} {_span([one[name] for one in chosen])}" for name in shown),
                f"{_median([one['validation_error'] for one in chosen]):.2f}",
                "; ".join(edges.get(experiment, ())) or "–",
            )
        )
    caption = (
        f"What tuning chose: {_allowed(results)}; medians, with the least and the most over seeds. At the "
        "edge is a setting that every seed took from the outermost of the equal parts into which a search "
        "divides its range: beyond it may be better"
    )
    columns = ("experiment", "trials", "chosen", "validation error, %", "at the edge")
    return Table("tuned", caption, columns, tuple(rows), frozenset({"validation error, %"}))


def _span(values: Sequence[Any]) -> str:
    """A tuned setting over seeds."""
    if any(isinstance(one, str) for one in values):
        return " / ".join(sorted({str(one) for one in values}))
    least, most = min(values), max(values)
    return (
        _setting(least)
        if least == most
        else f"{_setting(_median(values))} ({_setting(least)} to {_setting(most)})"
    )


def _median(values: Sequence[float]) -> float:
    return float(median(map(float, values)))
