"""Results files of format 1, where metrics were columns of runs.csv, brought into today's form."""

import pandas as pd

_RUN = ("experiment", "seed", "key", "status", "epochs")
_SETTINGS = {"lr": "recipe.lr", "weight_decay": "recipe.weight_decay"}
_METRICS = (
    "train_error",
    "train_loss",
    "test_error",
    "test_balanced_error",
    "test_loss",
    "validation_error",
    "strength",
)


def melted(runs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs without their metrics, and these as measures; how many steps a run was trained was not said."""
    metrics = [name for name in _METRICS if name in runs]
    long = runs.melt(["experiment", "seed"], metrics, "metric", "value").dropna(subset="value")
    measures = long.assign(budget=float("nan"), at="")
    measures = measures[["experiment", "seed", "budget", "metric", "at", "value"]]
    kept = [name for name in (*_RUN, *_SETTINGS) if name in runs]
    return runs[kept].rename(columns=_SETTINGS), measures.reset_index(drop=True)
