"""Results files: tidy tables of what the store has of a plan, written and read.

A results folder holds `suite.json` (the plan), `runs.csv`, `curves.csv`, `trials.csv`, `counts.csv` and
`layers.csv`, and where predictions are averaged `ensembles.csv` and `sampled.csv`, all of them a function
of the runs alone, and `cost.csv` and `provenance.json`, which
depend on the machine and the occasion. Reports are made from these files and nothing else.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.claims.kinds import Pool, Trained, parse
from bench.claims.metrics import After, EpochsTo, Metric, epochs_to
from bench.claims.stats import Sample
from bench.common.errors import UserError
from bench.common.files import usable_as_file, written_whole
from bench.spec import Claim, Ensemble, Reference

FORMAT = 1  # of the results files; raised when older ones can no longer be read
_TABLES = ("runs", "curves", "trials", "counts", "layers", "cost")
_MORE = ("ensembles", "sampled")  # where there are any
SHEET = "augmentations.png"


@dataclass(frozen=True)
class Results:
    """A results folder in memory."""

    plan: Mapping[str, Any]
    runs: pd.DataFrame
    curves: pd.DataFrame
    trials: pd.DataFrame
    counts: pd.DataFrame
    layers: pd.DataFrame
    cost: pd.DataFrame
    provenance: Mapping[str, Any]
    ensembles: pd.DataFrame = field(default_factory=pd.DataFrame)
    sampled: pd.DataFrame = field(default_factory=pd.DataFrame)
    sheet: bytes = b""  # a PNG: what each augmentation does, where the suite compares them

    @cached_property
    def experiments(self) -> list[str]:
        """Ids of the planned experiments, in the suite's order."""
        return [one["id"] for one in self.plan["experiments"]]

    @cached_property
    def networks(self) -> list[str]:
        """Ids of the networks that are only counted, in the suite's order."""
        return [one["id"] for one in self.plan["networks"]]

    @cached_property
    def sources(self) -> list[str]:
        """Ids of what experiments start from, in the suite's order."""
        return [one["id"] for one in self.plan.get("sources", ())]

    @cached_property
    def averaged(self) -> list[Ensemble]:
        """The ensembles of the profile, in the suite's order."""
        return [Ensemble.model_validate(one) for one in self.plan.get("ensembles", ())]

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """What the values of ensembles, and of experiments that share something by seed, are drawn from.

        Runs of one seed that begin with one source's run, or see halves of the classes that their seed has
        drawn, are paired. Weights from a file are one for all seeds, and pair nothing.
        """
        found = {one.id: Pool(one.of, one.members) for one in self.averaged}
        for one in self.plan["experiments"]:
            trained = one.get("source") if one.get("source") in self.sources else ""
            shared = [name for name in (trained, _halves(one)) if name]
            if shared:
                found[one["id"]] = Pool((one["id"], *shared), 1)
        return found

    @property
    def label(self) -> str:
        """What every table and figure says: data set, profile, n."""
        if not self.experiments:
            return "exact counts, no data"
        data, plan = self.plan["data"], self.plan
        stand_in = "" if data["name"] == data["asked"] else f" standing in for {data['asked']}"
        most, least = max(self.seeds.values()), min(self.seeds.values())
        n = f"{most}" if least == most else f"{least} to {most}"
        return f"{data['name']}{stand_in}, {plan['profile']} profile, n = {n} seeds"

    @cached_property
    def seeds(self) -> dict[str, int]:
        """How many final runs of each experiment are planned."""
        return {one["id"]: int(one.get("seeds", self.plan["seeds"])) for one in self.plan["experiments"]}

    @property
    def other_protocol(self) -> bool:
        """Whether anything differs from what the published numbers were measured with."""
        data = self.plan["data"]
        return bool(self.plan["differences"]) or data["name"] != data["asked"]

    @property
    def planned(self) -> int:
        """How many final runs the plan has."""
        return sum(self.seeds.values())

    @cached_property
    def headline(self) -> Metric:
        """The test error that the claims speak of: over all images alike, or the mean over classes."""
        balanced: Metric = "test_balanced_error"
        spoken = [claim.metric for claim in self.claims if isinstance(claim, Trained)]
        return balanced if spoken.count(balanced) > spoken.count("test_error") else "test_error"

    @cached_property
    def claims(self) -> list[Claim]:
        """All claims of the suite."""
        return [parse(one) for one in self.plan["claims"]]

    @cached_property
    def decided(self) -> list[Claim]:
        """The claims that this profile decides."""
        ids = {*self.experiments, *self.networks, *self.pools}
        return [claim for claim in self.claims if ids.issuperset(claim.experiments())]

    @cached_property
    def references(self) -> list[Reference]:
        """The published numbers that may be shown: found ones, not those from memory."""
        found = [Reference.model_validate(one) for one in self.plan["references"]]
        return [reference for reference in found if reference.status != "M"]

    def values(self, experiment: str, metric: Metric) -> Sample:
        """One value a seed, in seed order, or a set of members of an ensemble; shape (seeds,)."""
        if any(one.id == experiment for one in self.averaged):
            return self._averaged(experiment, metric)
        runs = self.runs[self.runs["experiment"] == experiment].sort_values("seed")
        if isinstance(metric, (EpochsTo, After)):
            along: Sample = np.array([self._along(metric, run) for _, run in runs.iterrows()], dtype=float)
            finite: Sample = along[np.isfinite(along)]
            return finite
        return runs[metric].to_numpy(dtype=float) if metric in runs else np.array([])

    def _averaged(self, ensemble: str, metric: Metric) -> Sample:
        if self.ensembles.empty or metric not in self.ensembles:
            return np.array([])
        rows = self.ensembles[self.ensembles["ensemble"] == ensemble].sort_values("replicate")
        return rows[metric].to_numpy(dtype=float)

    def _along(self, metric: EpochsTo | After, run: "pd.Series[Any]") -> float:
        """A figure of a run's curve."""
        spec = next(one["spec"] for one in self.plan["experiments"] if one["id"] == run["experiment"])
        planned, diverged = int(spec["recipe"]["epochs"]), run["status"] == "diverged"
        curves = self.curves
        curve = curves[(curves["experiment"] == run["experiment"]) & (curves["seed"] == run["seed"])]
        curve = curve.sort_values("epoch")
        if isinstance(metric, EpochsTo):
            errors = curve["train_error"].to_list()
            return float(planned + 1) if diverged else epochs_to(metric.level, errors, planned)
        at = curve[curve["epoch"] == max(1, math.ceil(metric.share * planned))]
        if len(at) and math.isfinite(at[metric.curve].iloc[0]):
            return float(at[metric.curve].iloc[0])
        classes = int(self.plan["data"]["classes"])
        chance = {"error": 100.0 * (1 - 1 / classes), "loss": math.log(classes)}
        return chance[metric.curve.partition("_")[2]] if diverged else math.nan

    def count(self, experiment: str, quantity: str) -> int | None:
        """An exact count of an experiment's network; None if it was not counted."""
        rows = self.counts[self.counts["experiment"] == experiment]
        if rows.empty or quantity not in rows:
            return None
        return int(rows[quantity].iloc[0])


def _halves(experiment: Mapping[str, Any]) -> str:
    return "halves of the classes" if experiment["spec"].get("data", {}).get("half") else ""


def write(results: Results, folder: Path) -> None:
    """Write a results folder, each file whole or not at all."""
    put(folder / "suite.json", as_json(results.plan))
    for name in _TABLES:
        put(folder / f"{name}.csv", getattr(results, name).to_csv(index=False, lineterminator="\n"))
    for name in _MORE:
        table = getattr(results, name)
        if table.empty:
            (folder / f"{name}.csv").unlink(missing_ok=True)
        else:
            put(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    put(folder / "provenance.json", as_json(results.provenance))
    if results.sheet:
        with written_whole(folder / SHEET) as file:
            file.write(results.sheet)


def read(folder: Path) -> Results:
    """Read a results folder. Raises UserError where a file is missing or broken."""
    try:
        plan = json.loads((folder / "suite.json").read_text(encoding="utf-8"))
        there = [name for name in _MORE if (folder / f"{name}.csv").is_file()]
        tables = {name: _table(folder / f"{name}.csv") for name in (*_TABLES, *there)}
        provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        sheet = (folder / SHEET).read_bytes() if (folder / SHEET).is_file() else b""
    except FileNotFoundError as error:
        raise UserError(f"{folder}: no results here ({Path(error.filename).name} is missing)") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: results cannot be read: {error}") from error
    if not isinstance(plan, dict):
        raise UserError(f"{folder}: results cannot be read: suite.json holds no plan")
    if plan.get("format") != FORMAT:
        raise UserError(
            f"{folder}: results of format {plan.get('format')}, where this version reads {FORMAT}; "
            "give the run command again (finished runs are kept)"
        )
    for name in _ids(plan):  # tables are named after them, and the folder may come from anywhere
        if not usable_as_file(name):
            raise UserError(f"{folder / 'suite.json'}: the id {name!r} cannot be a file's name")
    return Results(plan, **tables, provenance=provenance, sheet=sheet)


def _ids(plan: Mapping[str, Any]) -> list[str]:
    """The ids of what a plan names, and its own name."""
    kinds = ("experiments", "sources", "networks", "ensembles", "claims")
    return [str(plan["name"]), *(str(one["id"]) for kind in kinds for one in plan.get(kind, ()))]


def as_json(data: Any) -> str:
    """JSON as results files hold it: sorted, indented, with an end of line."""
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def put(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises UserError where the folder cannot be written."""
    with written_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
