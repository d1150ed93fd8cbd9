"""The plan: a suite resolved for a profile and a data set. Nothing of it is stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from bench import models
from bench.common.code_hash import code_hash
from bench.common.errors import UserError, suggest
from bench.data.checkpoints import as_named_by, find_weights
from bench.data.sets import ImageSet
from bench.data.split import choose, halves
from bench.models.counts import Counted
from bench.plan.check import check_augmentation, check_quantities, counted, counted_network
from bench.plan.dataset import NO_DATA, DataSummary, find_data, summary_of
from bench.plan.planned import PlannedExperiment, seeded
from bench.plan.pretrained import PretrainedWeights
from bench.plan.tuning import Study
from bench.spec import TUNING_SEEDS, Ensemble, Experiment, Network, Profile, RunSpec, Suite, Tuning, resolve
from bench.spec.base import Named, digest
from bench.train.layers import after
from bench.train.transfer import to_copy


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
    networks = tuple((one, _counted(suite, one)) for one in suite.networks)
    if not standing:
        check_quantities(suite.claims, [one.counts for _, one in networks])
        return Plan(suite, profile_name, profile, NO_DATA, (), networks, wanted)
    images = find_data(suite, suite.data, profile_name, data_dir, say)
    begun = {one.start.source for one in standing if one.start}
    needed = [one for one in suite.needed(profile_name) if one.id in begun]
    sources: dict[str, PlannedExperiment | PretrainedWeights] = {}
    for one in needed:
        if one.weights:
            sources[one.id] = _given(profile, one, data_dir, say)
        else:
            seen = find_data(suite, one.dataset, profile_name, data_dir, say) if one.dataset else images
            untuned = profile.replace(tuning=None)
            most = max(own.get(each.id, shared) for each in standing if _begins(each, one.id))
            sources[one.id] = _contender(suite, untuned, one, seen, _seeds(most, profile))
    experiments = tuple(
        _contender(suite, profile, one, images, tuple(range(own.get(one.id, shared))), sources)
        for one in standing
    )
    _known_options(suite, profile, experiments)
    check_quantities(suite.claims, [one.counts for one in experiments])
    facts = summary_of(images, suite.data)
    return Plan(
        suite,
        profile_name,
        profile,
        facts,
        experiments,
        networks,
        wanted,
        sources=tuple(one for one in sources.values() if isinstance(one, PlannedExperiment)),
        given=tuple(one for one in sources.values() if isinstance(one, PretrainedWeights)),
    )


def _begins(experiment: Experiment, source: str) -> bool:
    return experiment.start is not None and experiment.start.source == source


def _seeds(wanted: int, profile: Profile) -> tuple[int, ...]:
    """The seeds of a source: those of the final runs, and one for all trials that begin with it."""
    return (*range(wanted), *([TUNING_SEEDS] if profile.tuning else []))


def _given(
    profile: Profile, experiment: Experiment, data_dir: Path, say: Callable[[str], None]
) -> PretrainedWeights:
    """The weights of a source that is a file, by the names that its network has for them."""
    state, sha256 = find_weights(experiment.weights, data_dir, say)
    model = experiment.model or profile.network
    assert model is not None  # a suite is validated
    family = models.member(model.name)
    own = _own_options(model.replace(options={**profile.model, **model.options}), family, profile)
    key = digest(f"{sha256} {own}")
    return PretrainedWeights(
        experiment.id, experiment.weights, sha256, key, as_named_by(_outline(own, 3), state)
    )


def _contender(
    suite: Suite,
    profile: Profile,
    experiment: Experiment,
    images: ImageSet,
    seeds: tuple[int, ...],
    sources: Mapping[str, PlannedExperiment | PretrainedWeights] | None = None,
) -> PlannedExperiment:
    """An experiment as a experiment; without `sources` it is one itself."""
    spec = resolve(suite, profile, experiment, images.name, images.fingerprint)
    source = sources[experiment.start.source] if sources is not None and experiment.start else None
    try:
        family = models.member(spec.model.name)
        spec = spec.replace(model=_own_options(spec.model, family, profile))
        classes, labels = len(images.classes), images.y_train
        if spec.data.half:
            one_half = halves(classes, 0)[spec.data.half]
            classes, labels = len(one_half), labels[np.isin(labels, one_half)]
        chosen, _ = choose(labels, spec.data)
        size = (spec.data.size, spec.data.size) if spec.data.size else images.size
        _divides(images.size, spec.data.size)
        channels = spec.data.channels or images.channels
        found = counted(spec.model, classes=classes, channels=channels, size=size)
        check_augmentation(spec, experiment.space, channels, size)
        if len(chosen) < spec.recipe.batch_size:
            raise UserError(
                f"batches of {spec.recipe.batch_size} are larger than the {len(chosen)} training images"
            )
        _layers_there(spec, channels, source)
    except UserError as error:
        raise UserError(f"{suite.name}, experiment {experiment.id}: {error}") from error
    made = PlannedExperiment(
        experiment=experiment,
        spec=spec,
        study=None,
        seeds=seeds,
        counts=found.counts,
        code=code_hash(models.source(spec.model.name)),
        images=len(chosen),
        classes=len(images.classes),
        channels=channels,
        source=source,
        phase="final" if sources is not None else "source",
    )
    if not profile.tuning:
        return made
    share = spec.recipe.epochs / profile.recipe.epochs
    base = seeded(spec, TUNING_SEEDS, made)  # all trials begin with one run of the source
    return replace(made, study=_study(base, profile.tuning, experiment, share))


def _layers_there(spec: RunSpec, channels: int, source: PlannedExperiment | PretrainedWeights | None) -> None:
    """Raises UserError where the layers that a run begins with or probes are not there, or do not fit."""

    if spec.start and source:
        if isinstance(source, PretrainedWeights):
            state = source.state
        else:
            state = _outline(source.spec.model, source.channels).state_dict()
        to_copy(_outline(spec.model, channels), spec.start, state)
    if spec.probe:
        after(_outline(spec.model, channels), spec.probe.layer)


def _outline(model: Named, channels: int) -> torch.nn.Module:
    """A network without values, for the names and shapes of its layers."""
    with torch.device("meta"):
        return models.build(model.name, num_classes=2, in_channels=channels, **model.options)


def _study(spec: RunSpec, tuning: Tuning, experiment: Experiment, share: float) -> Study:
    """The profile's tuning with the experiment's own space, and as much longer as its training is.

    Trials keep no predictions; those of a cyclic schedule have whole cycles.
    """
    cycles = spec.recipe.cycles or 1
    search = tuning.replace(
        space={**tuning.space, **experiment.space},
        epochs=cycles * max(1, round(tuning.epochs * share / cycles)),
        prune_at=[max(1, round(epoch * share)) for epoch in tuning.prune_at],
    )
    return Study(spec.replace(predict=None), search)


def _own_options(model: Named, family: models.Member, profile: Profile) -> Named:
    """The model by its proper name, with those of the profile's options that it has."""
    shared = set(profile.model) - set(family.options())
    options = {name: value for name, value in model.options.items() if name not in shared}
    return Named(name=family.name, options=options)


def _known_options(suite: Suite, profile: Profile, experiments: Sequence[PlannedExperiment]) -> None:
    """Raises UserError for an option of the profile that none of its models has."""
    known = {option for one in experiments for option in models.member(one.spec.model.name).options()}
    for name in profile.model:
        if name not in known:
            raise UserError(f"{suite.name}: no model has the option {name!r}: {suggest(name, known)}")


def _counted(suite: Suite, network: Network) -> Counted:
    try:
        return counted_network(network)
    except UserError as error:
        raise UserError(f"{suite.name}, network {network.id}: {error}") from error


def _divides(own: tuple[int, int], size: int | None) -> None:
    if size and (own[0] != own[1] or own[0] % size):
        raise UserError(f"images of {own[1]}×{own[0]} pixels cannot be shrunk to {size}×{size}")
