"""What a search for settings came to: the trials of each seed, which was chosen, and where that lay."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

_PARTS = 3  # of a range, and seeds, below which an end of it says nothing
_TRIAL = ("experiment", "seed", "trial", "status", "epochs", "validation_error")


def settings_of(trials: pd.DataFrame) -> list[str]:
    """The settings that were searched."""
    return [str(name) for name in trials if name not in _TRIAL]


def studies(trials: pd.DataFrame, experiment: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The trials of each seed's search; older results have one search for all seeds."""
    own = trials[trials["experiment"] == experiment]
    if "seed" not in own:
        yield "all", own
        return
    for seed, of_seed in own.groupby("seed"):
        yield str(seed), of_seed


def best(trials: pd.DataFrame) -> "pd.Series[Any] | None":
    """The trial that was chosen; None where none came to its end."""
    ended = trials[trials["status"] == "finished"].sort_values("validation_error", kind="stable")
    return ended.iloc[0] if len(ended) else None


def chosen(trials: pd.DataFrame, experiment: str) -> "list[pd.Series[Any]]":
    """The chosen trial of each seed, where some came to their end."""
    return [one for _, own in studies(trials, experiment) if (one := best(own)) is not None]


def edges(plan: Mapping[str, Any], trials: pd.DataFrame) -> dict[str, list[str]]:
    """By experiment, the settings from one end of what was tried: "lr, high".

    All seeds of a search took it there, or a probe that stands in the suite file had its best there.
    """
    found = {name: [told] for name, told in plan.get("edges", {}).items()}
    if not plan["tuning"] or trials.empty:
        return found
    parts = int(plan["tuning"]["generation"])
    for one in plan["experiments"]:
        tuned, taken = one["tuned"], chosen(trials, one["id"])
        told = [
            edge
            for name, space in (tuned.items() if isinstance(tuned, dict) else ())
            if name in trials and (edge := _edge(name, space, parts, [trial[name] for trial in taken]))
        ]
        if told:
            found[str(one["id"])] = told
    return found


def _edge(name: str, space: Mapping[str, Any], parts: int, values: Sequence[Any]) -> str:
    """Which end of its range all seeds took a setting from: the outermost of a generation's parts."""
    if "low" not in space or parts < _PARTS or len(values) < _PARTS:
        return ""
    ends = (space["low"], space["high"], *map(float, values))
    low, high, *places = map(math.log, ends) if space["log"] else ends
    shares = [(one - low) / (high - low) for one in places]
    if max(shares) < 1 / parts:
        return f"{name}, low"
    return f"{name}, high" if min(shares) >= 1 - 1 / parts else ""
