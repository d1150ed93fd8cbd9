"""Results of a plan in memory: what reports and verdicts ask of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bench.claims.evidence import Seen
from bench.claims.kinds import Pool, Trained, parse
from bench.claims.ladder import Rung
from bench.claims.stats import Sample
from bench.claims.verdicts import Outcome, decide
from bench.results.pools import as_computed, classes_in, diverged_in, environments_of, pools_of, right_in
from bench.results.scale import images_of, steps_in, steps_of, trained_on
from bench.results.search import edges
from bench.results.values import Index, along_curves, indexed, of_ensemble, of_runs
from bench.spec import LOOKS, Claim, Ensemble, Reference
from bench.spec.metrics import METRICS, After, EpochsTo, Metric


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
    measures: pd.DataFrame
    ensembles: pd.DataFrame = field(default_factory=pd.DataFrame)
    sampled: pd.DataFrame = field(default_factory=pd.DataFrame)
    right: pd.DataFrame = field(default_factory=pd.DataFrame)  # which test images a run got right, as text
    sheet: bytes = b""  # a PNG: what each augmentation does, where the suite compares them
    pictures: Mapping[str, bytes] = field(default_factory=dict)  # PNGs of looks, by file name
    rungs: tuple["Results", ...] = ()  # the same at the shorter budgets of a ladder, shortest first
    replicates: tuple["Results", ...] = ()  # all of it again with other seeds, in order

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
        """What the values of ensembles, and of experiments that share something by seed, are drawn from."""
        return pools_of(self.plan, self.averaged)

    @cached_property
    def environments(self) -> dict[str, frozenset[str]]:
        """The known classes of machines that runs were made on, by experiment and ensemble."""
        return environments_of(self.runs, self.averaged)

    @cached_property
    def seen(self) -> Seen:
        """Which runs diverged, and which test images the others got right."""
        return Seen(
            diverged_in(self.runs, self.averaged),
            right_in(self.right, self.plan["experiments"], self.averaged),
            classes_in(self.plan["data"]),
        )

    @property
    def first_look(self) -> int:
        """The number of seeds below which no verdict is given: the profile's own, as it was declared."""
        return int(self.plan.get("first_look", LOOKS[0]))

    @property
    def replicate(self) -> int:
        """Which replicate it is; 0 is the first."""
        return int(self.plan.get("replicate", 0))

    @property
    def share(self) -> float:
        """Of the budget at which verdicts are given; below 1 for a rung of a ladder."""
        return float(self.plan.get("share", 1.0))

    @cached_property
    def steps(self) -> dict[str, int]:
        """Steps of each experiment's runs, of those that a look is at, of each ensemble's members."""
        return steps_in(self.runs, self.plan, self.averaged)

    @cached_property
    def epochs(self) -> dict[str, int]:
        """Epochs of each experiment."""
        return {one["id"]: int(one["spec"]["recipe"]["epochs"]) for one in self.plan["experiments"]}

    @property
    def ladder(self) -> list[Rung]:
        """What was measured at each budget of the ladder, that of the verdicts last."""
        frozen = frozenset(
            one["id"] for one in self.plan["experiments"] if one["spec"].get("start", {}).get("frozen")
        )
        return [
            Rung(
                one.steps,
                one.by_seed,
                one.seen,
                one.epochs,
                frozen,
                trained_on(one.plan),
                edges(one.plan, one.trials),
            )
            for one in (*self.rungs, self)
        ]

    @property
    def label(self) -> str:
        """What every table and figure says: data set, profile, n."""
        if not self.experiments:
            return "exact counts, no data"
        data, plan = self.plan["data"], self.plan
        stand_in = "" if data["name"] == data["asked"] else f" standing in for {data['asked']}"
        most, least = max(self.seeds.values()), min(self.seeds.values())
        n = f"{most}" if least == most else f"{least} to {most}"
        again = f", replicate {self.replicate}" if self.replicate else ""
        seen = ", ".join(filter(None, [images_of(plan), steps_of(plan["experiments"])]))
        what = f"{data['name']}{stand_in}" + (f" ({seen})" if seen else "")
        return f"{what}, {plan['profile']} profile{again}, n = {n} seeds"

    @cached_property
    def seeds(self) -> dict[str, int]:
        """How many final runs of each experiment are planned."""
        return {one["id"]: int(one.get("seeds", self.plan["seeds"])) for one in self.plan["experiments"]}

    @cached_property
    def differences(self) -> list[dict[str, str]]:
        """Rows of (what, here, published) in which the runs departed from the published protocol."""
        return as_computed(self.plan["differences"], frozenset[str]().union(*self.environments.values()))

    @property
    def other_protocol(self) -> bool:
        """Whether anything differs from what the published numbers were measured with."""
        data = self.plan["data"]
        return bool(self.differences) or data["name"] != data["asked"]

    @property
    def planned(self) -> int:
        """How many final runs the plan has."""
        return sum(self.seeds.values())

    @cached_property
    def headline(self) -> str:
        """The figure of test images that most claims speak of; where none do, the first of the table."""
        spoken = [claim.metric for claim in self.claims if isinstance(claim, Trained)]
        return max((row.name for row in METRICS.values() if row.headline), key=spoken.count)

    @cached_property
    def claims(self) -> list[Claim]:
        """All claims of the suite."""
        return [parse(one) for one in self.plan["claims"]]

    @cached_property
    def decided(self) -> list[Claim]:
        """The claims that this profile asks about."""
        ids, profile = {*self.experiments, *self.networks, *self.pools}, self.plan["profile"]
        return [
            claim
            for claim in self.claims
            if ids.issuperset(claim.experiments()) and (claim.profiles is None or profile in claim.profiles)
        ]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The verdicts on them."""
        return decide(
            self.decided,
            self.by_seed,
            self.count,
            self.pools,
            self.environments,
            self.seen,
            self.ladder,
            self.first_look,
        )

    @cached_property
    def references(self) -> list[Reference]:
        """The published numbers that may be shown: found ones, not those from memory."""
        found = [Reference.model_validate(one) for one in self.plan["references"]]
        return [reference for reference in found if reference.status != "M"]

    def plan_of(self, experiment: str) -> Mapping[str, Any]:
        """What the plan says of an experiment."""
        found: Mapping[str, Any] = next(one for one in self.plan["experiments"] if one["id"] == experiment)
        return found

    @cached_property
    def index(self) -> Index:
        """The measures, to be looked up."""
        return indexed(self.measures)

    def by_seed(self, experiment: str, metric: Metric) -> dict[int, float]:
        """The metric of an experiment's runs by seed, or of an ensemble's sets of members by replicate.

        NaN where a run has ended without it.
        """
        if any(one.id == experiment for one in self.averaged):
            return of_ensemble(self.ensembles, experiment, metric)
        runs = self.runs[self.runs["experiment"] == experiment].sort_values("seed")
        if isinstance(metric, (EpochsTo, After)):
            return along_curves(runs, self.curves, metric, self.plan)
        return of_runs(runs, self.index, metric)

    def values(self, experiment: str, metric: Metric) -> Sample:
        """The same without seeds, in their order, as far as there is a number; shape (seeds,)."""
        found: Sample = np.array(list(self.by_seed(experiment, metric).values()), dtype=float)
        finite: Sample = found[np.isfinite(found)]
        return finite

    def test_images(self, experiment: str) -> dict[int, int]:
        """How many test images each run of an experiment has seen, by seed; empty where that is not known."""
        runs = self.runs[self.runs["experiment"] == experiment].sort_values("seed")
        if "test_images" in runs:
            seen = runs["test_images"].to_list()
        else:  # older results; a half of the classes has about half of the images
            images = self.plan["data"].get("test")
            half = self.plan_of(experiment)["spec"].get("data", {}).get("half")
            seen = [images // 2 if half and images else images] * len(runs)
        return {int(seed): int(n) for seed, n in zip(runs["seed"], seen, strict=True) if n}

    def count(self, experiment: str, quantity: str) -> int | None:
        """An exact count of an experiment's network; None if it was not counted."""
        rows = self.counts[self.counts["experiment"] == experiment]
        if rows.empty or quantity not in rows or rows[quantity].isna().iloc[0]:
            return None
        return int(rows[quantity].iloc[0])
