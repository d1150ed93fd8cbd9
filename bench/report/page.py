"""What the HTML page alone has: each experiment's runs, settings and command, and curves as data."""

import json
import math
from dataclasses import dataclass

import numpy as np

from bench.claims import stats
from bench.report.table import Table, interval, number
from bench.results.tables import Results

_POINTS = 100  # of a curve at most: more would not be seen, and make the page heavy


@dataclass(frozen=True)
class Detail:
    """An experiment's own part of the page."""

    id: str
    runs: Table
    settings: str
    command: str
    curves: bool  # whether it has any


def details(results: Results) -> list[Detail]:
    """Each experiment's part, in the suite's order."""
    runs, made = runs_tables(results), []
    drawn = set(results.curves.get("experiment", ()))
    for one in results.plan["experiments"]:
        if one["id"] in runs:
            name, profile = results.plan["name"], results.plan["profile"]
            seeds = results.seeds[one["id"]]
            again = f" --replicate {results.replicate}" if results.replicate else ""
            command = f"bench run {name} --profile {profile} --only '{one['id']}' --seeds {seeds}{again}"
            settings = json.dumps(one["spec"], indent=1, ensure_ascii=False)
            made.append(Detail(one["id"], runs[one["id"]], settings, command, one["id"] in drawn))
    return made


def runs_tables(results: Results) -> dict[str, Table]:
    """The final runs of each experiment, by its id."""
    ids, tables = _run_ids(results), {}
    for experiment, runs in results.runs.groupby("experiment", sort=False):
        images = results.test_images(str(experiment))
        trained, tested = (results.by_seed(str(experiment), name) for name in ("train_error", "test_error"))
        rows = []
        for _, run in runs.sort_values("seed").iterrows():
            seed = int(run["seed"])
            rows.append(
                (
                    str(seed),
                    str(run["status"]),
                    number(trained[seed]),
                    _tested(tested[seed], images.get(seed)),
                    str(run["key"])[:12],
                    ids.get((str(experiment), seed), "–"),
                )
            )
        columns = ("seed", "status", "training error", "test error", "key", "MLflow run")
        caption = (
            f"{experiment}: final runs, errors in % [95 % interval of this network for other test images]"
        )
        tables[str(experiment)] = Table(
            f"runs-{experiment}", caption, columns, tuple(rows), frozenset({"seed", *columns[2:4]})
        )
    return tables


def _tested(error: float, images: int | None) -> str:
    """A test error, with its interval for other images where their number is known."""
    known = images and not math.isnan(error)
    return interval(stats.run_error(error, images)) if known and images else number(error)


def _run_ids(results: Results) -> dict[tuple[str, int], str]:
    if results.cost.empty or "run_id" not in results.cost:
        return {}
    finals = results.cost[results.cost["phase"] == "final"].dropna(subset=["run_id"])
    return {
        (str(name), int(seed)): str(run_id)
        for name, seed, run_id in zip(finals["experiment"], finals["seed"], finals["run_id"], strict=True)
    }


def curves_data(results: Results) -> str:
    """All curves as JSON for the page's script, thinned and rounded; empty where there are none.

    `{"epochs": {experiment: [...]}, "curves": {metric: {experiment: [[a seed's values], ...]}}, "t": [...]}`,
    t with Student's quantile for each number of seeds.
    """
    if results.curves.empty:
        return ""
    kinds = [kind for kind in ("validation_error", "train_error") if results.curves[kind].notna().any()]
    epochs: dict[str, list[int]] = {}
    curves: dict[str, dict[str, list[list[float | None]]]] = {kind: {} for kind in kinds}
    for name, rows in results.curves.groupby("experiment", sort=False):
        for kind in kinds:
            table = rows.pivot_table(index="epoch", columns="seed", values=kind, dropna=False)
            chosen = np.unique(np.linspace(0, len(table) - 1, min(_POINTS, len(table))).round().astype(int))
            epochs[str(name)] = [int(epoch) for epoch in table.index[chosen]]
            values = table.to_numpy(dtype=float)[chosen].T
            curves[kind][str(name)] = [
                [None if math.isnan(value) else round(value, 1) for value in seed] for seed in values.tolist()
            ]
    most = int(results.curves.groupby("experiment")["seed"].nunique().max())
    quantiles = [round(stats.quantile(n - 1), 3) if n > 1 else 0 for n in range(most + 1)]
    whole = {"epochs": epochs, "t": quantiles, "curves": curves}
    content = json.dumps(whole, separators=(",", ":"))
    return content.replace("<", "\\u003c")  # it stands inside a script element, which "<!--" would keep open
