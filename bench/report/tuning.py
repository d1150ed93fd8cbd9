"""Tuning: what every experiment was allowed, what was chosen, and all trials."""

import math

import pandas as pd

from bench.claims import stats
from bench.report.table import Table
from bench.results.tables import Results

_TRIAL = ("experiment", "trial", "status", "epochs", "validation_error")


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
    tuned = [str(name) for name in results.trials if name not in _TRIAL]
    rows = []
    for experiment in results.experiments:
        trials = results.trials[results.trials["experiment"] == experiment]
        ended = trials[trials["status"] == "finished"]
        best = ended["validation_error"].idxmin() if len(ended) else None
        for index, trial in trials.iterrows():
            rows.append(
                (
                    experiment,
                    str(trial["trial"]),
                    *(_setting(trial[name]) for name in tuned),
                    str(trial["status"]) + (", chosen" if index == best else ""),
                    str(trial["epochs"]),
                    f"{trial['validation_error']:.2f}",
                )
            )
    lengths = {one["spec"]["recipe"]["epochs"] for one in results.plan["experiments"]}
    longer = " (more or fewer in proportion to its training)" if len(lengths) > 1 else ""
    return Table(
        "tuning",
        f"Tuning: every experiment had {tuning['trials']} trials of {tuning['epochs']} epochs{longer} in "
        f"generations of {tuning['generation']}, judged on validation images alone; trial 0 is the recipe "
        "as it stands",
        ("experiment", "trial", *tuned, "status", "epochs", "validation error, %"),
        tuple(rows),
        frozenset({"trial", *tuned, "epochs", "validation error, %"}),
    )


_FEW = 5  # trials below which a rank correlation says nothing


def tuned_table(results: Results) -> Table | None:
    """What tuning chose for every experiment, and how settings mattered; None where nothing was tuned."""
    tuning = results.plan["tuning"]
    if not tuning or results.trials.empty:
        return None
    settings = [str(name) for name in results.trials if name not in _TRIAL]
    rows = []
    for experiment in results.experiments:
        trials = results.trials[results.trials["experiment"] == experiment]
        ended = trials[trials["status"] == "finished"]
        if ended.empty:
            continue
        best = ended.sort_values("validation_error", kind="stable").iloc[0]
        others = trials["status"].value_counts().drop("finished", errors="ignore")
        count = ", ".join([str(len(trials)), *(f"{n} {status}" for status, n in sorted(others.items()))])
        shown = [name for name in settings if _setting(best[name]) != "–"]
        rows.append(
            (
                experiment,
                count,
                ", ".join(f"{name} {_setting(best[name])}" for name in shown),
                f"{best['validation_error']:.2f}",
                ", ".join(_importance(ended, name) for name in shown),
            )
        )
    columns = ("experiment", "trials", "chosen", "its validation error, %", "importance")
    caption = (
        f"What tuning chose: equal budgets of {tuning['trials']} trials for every experiment. Importance is "
        f"the rank correlation of a setting with the validation error (Spearman's, from {_FEW} finished "
        "trials on)"
    )
    return Table("tuned", caption, columns, tuple(rows), frozenset({"its validation error, %"}))


def _importance(ended: pd.DataFrame, name: str) -> str:
    values = pd.to_numeric(ended[name], errors="coerce")
    if len(ended) < _FEW or values.nunique() < _FEW:
        return f"{name} –"
    return f"{name} {stats.rank_correlation(values.to_numpy(), ended['validation_error'].to_numpy()):+.2f}"
