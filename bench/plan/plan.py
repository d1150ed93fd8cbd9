"""The plan: a suite resolved for a profile and a data set. Nothing of it is stored."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.common.errors import UserError
from bench.models.counts import Counted
from bench.plan.check import check_quantities
from bench.plan.dataset import NO_DATA, DataSummary, find_data, summary_of
from bench.plan.planned import PlannedExperiment
from bench.plan.pretrained import PretrainedWeights
from bench.plan.resolve import given, known_options, network_counts, planned
from bench.spec import Ensemble, Experiment, Network, Profile, Suite
from bench.spec.seeds import SeedNumbers


@dataclass(frozen=True)
class Plan:
    """A suite at one size, on one data set, in one replicate.

    `rungs` are the same at shorter budgets, a plan for each rung of the profile's ladder, shortest first.
    """

    suite: Suite
    profile_name: str
    profile: Profile
    data: DataSummary
    experiments: tuple[PlannedExperiment, ...]
    networks: tuple[tuple[Network, Counted], ...]
    seeds: int  # the most that an experiment has
    sources: tuple[PlannedExperiment, ...] = ()
    given: tuple[PretrainedWeights, ...] = ()
    replicate: int = 0
    share: float = 1.0  # of the profile's epochs
    rungs: tuple[Plan, ...] = ()
    elsewhere: Mapping[str, str] = field(
        default_factory=dict
    )  # sources' other data sets: where they are from

    @property
    def ensembles(self) -> tuple[Ensemble, ...]:
        """The ensembles whose experiments are all planned."""
        ids = {one.experiment.id for one in self.experiments}
        return tuple(one for one in self.suite.ensembles if ids.issuperset(one.of))

    @property
    def runs_total(self) -> int:
        """Sources, trials and final runs together."""
        trials = sum(len(one.studies) * one.tuning.trials for one in self.everyone if one.tuning)
        return trials + sum(len(one.seeds) for one in self.everyone)

    @property
    def everyone(self) -> tuple[PlannedExperiment, ...]:
        """All that have runs: sources first, then the experiments, those of rungs last."""
        return (*self.sources, *self.experiments, *(one for rung in self.rungs for one in rung.experiments))

    @property
    def begun_with(self) -> tuple[PlannedExperiment, ...]:
        """Those whose final weights others begin with or look at."""
        ids = {one.source.id for one in self.everyone if one.source}
        return tuple(one for one in self.everyone if one.id in ids)

    @property
    def occasion(self) -> str:
        """Profile, replicate where it is not the first, and data set, in a line."""
        again = (f"replicate {self.replicate}",) if self.replicate else ()
        return " · ".join((self.profile_name, *again, self.data.name))

    def code_of(self, experiment: str) -> str:
        """The code hash under which an experiment's runs are made."""
        return next(one.code for one in self.everyone if one.id == experiment)


def make_plan(
    suite: Suite,
    profile_name: str,
    data_dir: Path,
    *,
    seeds: int | Mapping[str, int] | None = None,
    replicate: int = 0,
    only: Callable[[str], bool] = lambda experiment: True,
    tune: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Resolve a suite. Raises UserError for anything asked wrongly, before a run is started.

    `seeds` are final seeds, of all experiments alike or by id; those of another `replicate` draw everything
    anew. `only` chooses experiments by id; without `tune` the recipes run as they stand. `say` is told where
    `shapes` stands in for the suite's data set.
    """
    profile = suite.profile(profile_name)
    standing = [one for one in suite.standing(profile_name) if only(one.id)]
    if not standing and suite.experiments:
        ids = [one.id for one in suite.standing(profile_name)]
        raise UserError(f"no experiment of {suite.name} ({profile_name}) fits; there are: {', '.join(ids)}")
    if not tune:
        profile = profile.replace(tuning=None)
    own = seeds if isinstance(seeds, Mapping) else {}
    shared = profile.seeds if seeds is None or isinstance(seeds, Mapping) else seeds
    wanted = {one.id: own.get(one.id, shared) for one in standing}
    most = max(wanted.values(), default=shared)
    networks = tuple((one, network_counts(suite, one)) for one in suite.networks)
    if not standing:
        check_quantities(suite.claims, [one.counts for _, one in networks])
        return Plan(suite, profile_name, profile, NO_DATA, (), networks, most)
    images = find_data(suite, suite.data, profile_name, data_dir, say)
    together = math.lcm(*(one.members for one in suite.averaged(profile_name)))
    numbers = SeedNumbers(replicate=replicate, together=together, edition=profile.edition or 0)
    begun = {one.start.source if one.start else one.of for one in standing}
    needed = [one for one in suite.needed(profile_name) if one.id in begun]
    sources: dict[str, PlannedExperiment | PretrainedWeights] = {}
    used = {images.name: images.provenance}
    for one in needed:
        if one.weights:
            sources[one.id] = given(profile, one, data_dir, say)
        else:
            seen = find_data(suite, one.dataset, profile_name, data_dir, say) if one.dataset else images
            used[seen.name] = seen.provenance
            untuned = profile.replace(tuning=None)
            longest = max(wanted[each.id] for each in standing if _begins(each, one.id))
            sources[one.id] = planned(suite, untuned, one, seen, range(longest), numbers)
    experiments: list[PlannedExperiment] = []
    for one in sorted(standing, key=lambda one: one.look is not None):  # looks after what they look at
        known = sources | {made.id: made for made in experiments}
        experiments.append(planned(suite, profile, one, images, range(wanted[one.id]), numbers, known))
    experiments.sort(key=lambda made: standing.index(made.experiment))
    known_options(suite, profile_name)
    check_quantities(suite.claims, [one.counts for one in experiments])
    plan = Plan(
        suite,
        profile_name,
        profile,
        summary_of(images, suite.data),
        tuple(experiments),
        networks,
        most,
        sources=tuple(one for one in sources.values() if isinstance(one, PlannedExperiment)),
        given=tuple(one for one in sources.values() if isinstance(one, PretrainedWeights)),
        replicate=replicate,
        elsewhere={name: told for name, told in used.items() if name != images.name},
    )
    return replace(plan, rungs=_rungs(plan))


def _rungs(plan: Plan) -> tuple[Plan, ...]:
    """The plan at the shorter budgets of its profile's ladder, shortest first: of all that is trained.

    Where there are sources, all rungs begin with the same ones, and keep to the splits that these have seen.
    """
    trained = [one for one in plan.experiments if not (one.spec.look or one.spec.probe)]
    rungs = []
    for rung, share in sorted(enumerate(plan.profile.ladder or (), 1), reverse=True):
        own = [
            one.at(share, replace(one.numbers, rung=rung, splits=0 if plan.sources else rung))
            for one in trained
        ]
        rungs.append(replace(plan, share=share, experiments=tuple(own)))
    return tuple(rungs)


def _begins(experiment: Experiment, source: str) -> bool:
    return source in (experiment.start.source if experiment.start else "", experiment.of)
