"""The plan: a suite resolved for a profile and a data set. Nothing of it is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.common.errors import UserError
from bench.models.counts import Counted
from bench.plan.check import check_quantities
from bench.plan.dataset import NO_DATA, DataSummary, find_data, summary_of
from bench.plan.planned import PlannedExperiment
from bench.plan.pretrained import PretrainedWeights
from bench.plan.resolve import given, known_options, network_counts, planned
from bench.spec import TUNING_SEEDS, Ensemble, Experiment, Network, Profile, Suite


@dataclass(frozen=True)
class Plan:
    """A suite at one size, on one data set."""

    suite: Suite
    profile_name: str
    profile: Profile
    data: DataSummary
    experiments: tuple[PlannedExperiment, ...]
    networks: tuple[tuple[Network, Counted], ...]
    seeds: int  # the most that an experiment has
    sources: tuple[PlannedExperiment, ...] = ()
    given: tuple[PretrainedWeights, ...] = ()

    @property
    def ensembles(self) -> tuple[Ensemble, ...]:
        """The ensembles whose experiments are all planned."""
        ids = {one.experiment.id for one in self.experiments}
        return tuple(one for one in self.suite.ensembles if ids.issuperset(one.of))

    @property
    def runs_total(self) -> int:
        """Sources, trials and final runs together."""
        trials = sum(one.study.tuning.trials for one in self.experiments if one.study)
        return trials + sum(len(one.seeds) for one in self.everyone)

    @property
    def everyone(self) -> tuple[PlannedExperiment, ...]:
        """All that have runs: sources first, then the experiments."""
        return (*self.sources, *self.experiments)

    @property
    def begun_with(self) -> tuple[PlannedExperiment, ...]:
        """Those whose final weights others begin with or look at."""
        ids = {one.source.id for one in self.experiments if one.source}
        return tuple(one for one in self.everyone if one.id in ids)

    def code_of(self, experiment: str) -> str:
        """The code hash under which an experiment's runs are made."""
        return next(one.code for one in self.everyone if one.experiment.id == experiment)


def make_plan(
    suite: Suite,
    profile_name: str,
    data_dir: Path,
    *,
    seeds: int | Mapping[str, int] | None = None,
    only: Callable[[str], bool] = lambda experiment: True,
    tune: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Resolve a suite. Raises UserError for anything asked wrongly, before a run is started.

    `seeds` are final seeds, of all experiments alike or by id. `only` chooses experiments by id; without
    `tune` the recipes run as they stand. `say` is told where `shapes` stands in for the suite's data set.
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
    wanted = max((own.get(one.id, shared) for one in standing), default=shared)
    networks = tuple((one, network_counts(suite, one)) for one in suite.networks)
    if not standing:
        check_quantities(suite.claims, [one.counts for _, one in networks])
        return Plan(suite, profile_name, profile, NO_DATA, (), networks, wanted)
    images = find_data(suite, suite.data, profile_name, data_dir, say)
    begun = {one.start.source if one.start else one.of for one in standing}
    needed = [one for one in suite.needed(profile_name) if one.id in begun]
    sources: dict[str, PlannedExperiment | PretrainedWeights] = {}
    for one in needed:
        if one.weights:
            sources[one.id] = given(profile, one, data_dir, say)
        else:
            seen = find_data(suite, one.dataset, profile_name, data_dir, say) if one.dataset else images
            untuned = profile.replace(tuning=None)
            most = max(own.get(each.id, shared) for each in standing if _begins(each, one.id))
            sources[one.id] = planned(suite, untuned, one, seen, _seeds(most, profile))
    experiments: list[PlannedExperiment] = []
    for one in sorted(standing, key=lambda one: one.look is not None):  # looks after what they look at
        known = sources | {made.id: made for made in experiments}
        replicates = tuple(range(own.get(one.id, shared)))
        experiments.append(planned(suite, profile, one, images, replicates, known))
    experiments.sort(key=lambda made: standing.index(made.experiment))
    known_options(suite, profile, experiments)
    check_quantities(suite.claims, [one.counts for one in experiments])
    facts = summary_of(images, suite.data)
    return Plan(
        suite,
        profile_name,
        profile,
        facts,
        tuple(experiments),
        networks,
        wanted,
        sources=tuple(one for one in sources.values() if isinstance(one, PlannedExperiment)),
        given=tuple(one for one in sources.values() if isinstance(one, PretrainedWeights)),
    )


def _begins(experiment: Experiment, source: str) -> bool:
    return source in (experiment.start.source if experiment.start else "", experiment.of)


def _seeds(wanted: int, profile: Profile) -> tuple[int, ...]:
    """The seeds of a source: those of the final runs, and one for all trials that begin with it."""
    return (*range(wanted), *([TUNING_SEEDS] if profile.tuning else []))
