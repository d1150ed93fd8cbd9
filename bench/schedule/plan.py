"""The plan: a suite resolved for a profile and a data set, and what each contender still needs.

What there is to do is a pure function of the plan and of the results so far; nothing is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from bench import models
from bench.base import Named
from bench.code import code_hash
from bench.data.augment import compose
from bench.data.sets import ImageSet
from bench.data.split import choose
from bench.errors import UserError, suggest
from bench.models.counts import Counted, count
from bench.runspec import settled
from bench.schedule.facts import NO_DATA, DataFacts, facts_of, find_data
from bench.schedule.tuning import Study, Trial
from bench.spec import Ensemble, Experiment, Network, Profile, RunSpec, Suite, Tuning, resolve
from bench.train.records import Result

Phase = Literal["tune", "final"]


@dataclass(frozen=True)
class Job:
    """One run to do: what it is, for which experiment, and its price in multiply-accumulates."""

    spec: RunSpec
    experiment: str
    phase: Phase
    price: float
    limits: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """The run's identity."""
        return self.spec.key

    @property
    def label(self) -> str:
        """What to call it on the screen."""
        trial = self.spec.trial
        return f"trial {trial.number}" if trial else f"seed {self.spec.seed}"


@dataclass(frozen=True)
class Contender:
    """An experiment in the plan: its run specification (untuned, seed 0), study, counts and code."""

    experiment: Experiment
    spec: RunSpec
    study: Study | None
    seeds: int
    counts: Mapping[str, int]
    code: str
    images: int  # a training epoch's
    # asking Optuna takes milliseconds, and `ready` is called after every run
    _memo: dict[int, tuple[list[tuple[Trial, Result]] | None, list[Trial]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def asked(self, results: Mapping[str, Result]) -> list[list[tuple[Trial, Result | None]]]:
        """The trials of every generation that can be asked, with the results that are there."""
        generations: list[list[tuple[Trial, Result | None]]] = []
        if self.study is None:
            return generations
        told: list[tuple[Trial, Result]] = []
        for number in range(self.study.generations):
            before, trials = self._memo.get(number, (None, []))
            if before != told:
                trials = self.study.ask(number, told)
                self._memo[number] = (list(told), trials)
            generations.append([(one, results.get(self.study.spec(one).key)) for one in trials])
            ended = [(one, result) for one, result in generations[-1] if result is not None]
            if len(ended) < len(trials):
                break
            told += ended
        return generations

    def told(self, results: Mapping[str, Result]) -> list[tuple[Trial, Result]]:
        """The trials of all finished generations, in order, with their results."""
        told = []
        for generation in self.asked(results):
            ended = [(one, result) for one, result in generation if result is not None]
            if len(ended) == len(generation):
                told += ended
        return told

    def chosen(self, results: Mapping[str, Result]) -> RunSpec | None:
        """The specification of the final runs (seed 0); None while tuning is not at its end."""
        if self.study is None:
            return self.spec
        told = self.told(results)
        if len(told) < self.study.tuning.trials:
            return None
        values = self.study.best(told)[0].values
        return settled(self.spec, values)

    def finals(self, results: Mapping[str, Result]) -> list[Job]:
        """All final runs, finished or not; none while tuning is not at its end."""
        spec = self.chosen(results)
        if spec is None:
            return []
        specs = [spec.replace(seed=seed) for seed in range(self.seeds)]
        return [Job(one, self.experiment.id, "final", self._price(one)) for one in specs]

    def trials(self, results: Mapping[str, Result]) -> list[Job]:
        """All trials that have been asked for so far, finished or not."""
        if self.study is None:
            return []
        jobs = []
        for trial, _ in (pair for generation in self.asked(results) for pair in generation):
            spec = self.study.spec(trial)
            jobs.append(Job(spec, self.experiment.id, "tune", self._price(spec), trial.limits))
        return jobs

    def ready(self, results: Mapping[str, Result]) -> list[Job]:
        """The runs that are missing and could start now."""
        jobs = [*self.trials(results), *self.finals(results)]
        return [job for job in jobs if job.key not in results]

    def price_left(self, results: Mapping[str, Result]) -> float:
        """Multiply-accumulates still to do, what cannot start yet included."""
        left = sum(job.price for job in self.ready(results))
        if self.study and self.chosen(results) is None:
            asked = len(self.trials(results))
            shortened = self.spec.recipe.replace(epochs=self.study.tuning.epochs)
            trial = self._price(self.spec.replace(recipe=shortened))
            left += (self.study.tuning.trials - asked) * trial + self.seeds * self._price(self.spec)
        return left

    @property
    def training_macs(self) -> int:
        """Multiply-accumulates of one final run's training."""
        return int(self._price(self.spec))

    def _price(self, spec: RunSpec) -> float:
        backward = 3  # a training step costs about three forward passes
        return float(self.counts["macs"] * backward * self.images * spec.recipe.epochs)


@dataclass(frozen=True)
class Plan:
    """A suite at one size, on one data set."""

    suite: Suite
    profile_name: str
    profile: Profile
    data: DataFacts
    contenders: tuple[Contender, ...]
    networks: tuple[tuple[Network, Counted], ...]
    seeds: int

    @property
    def ensembles(self) -> tuple[Ensemble, ...]:
        """The ensembles whose experiments are all planned."""
        ids = {one.experiment.id for one in self.contenders}
        return tuple(one for one in self.suite.ensembles if ids.issuperset(one.of))

    @property
    def jobs_total(self) -> int:
        """Trials and final runs together."""
        trials = sum(one.study.tuning.trials for one in self.contenders if one.study)
        return trials + self.seeds * len(self.contenders)

    def code_of(self, experiment: str) -> str:
        """The code hash under which an experiment's runs are made."""
        return next(one.code for one in self.contenders if one.experiment.id == experiment)


def make_plan(
    suite: Suite,
    profile_name: str,
    data_dir: Path,
    *,
    seeds: int | None = None,
    only: Callable[[str], bool] = lambda experiment: True,
    tune: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Resolve a suite. Raises UserError for anything asked wrongly, before a run is started.

    `only` chooses experiments by id; without `tune` the recipes run as they stand. `say` is told
    where `shapes` stands in for the suite's data set.
    """
    profile = suite.profile(profile_name)
    standing = [one for one in suite.standing(profile_name) if only(one.id)]
    if not standing and suite.experiments:
        ids = [one.id for one in suite.standing(profile_name)]
        raise UserError(f"no experiment of {suite.name} ({profile_name}) fits; there are: {', '.join(ids)}")
    if not tune:
        profile = profile.replace(tuning=None)
    wanted = seeds or profile.seeds
    networks = tuple((one, _counted(suite, one)) for one in suite.networks)
    if not standing:
        return Plan(suite, profile_name, profile, NO_DATA, (), networks, wanted)
    images = find_data(suite, profile_name, data_dir, say)
    contenders = tuple(_contender(suite, profile, one, images, wanted) for one in standing)
    _known_options(suite, profile, contenders)
    facts = facts_of(images, suite.data)
    return Plan(suite, profile_name, profile, facts, contenders, networks, wanted)


def _contender(
    suite: Suite, profile: Profile, experiment: Experiment, images: ImageSet, seeds: int
) -> Contender:
    spec = resolve(suite, profile, experiment, images.name, images.fingerprint)
    try:
        family = models.member(spec.model.name)
        spec = spec.replace(model=_own_options(spec.model, family, profile))
        compose(spec.augment)
        chosen, _ = choose(images.y_train, spec.data)
        size = (spec.data.size, spec.data.size) if spec.data.size else images.size
        _divides(images.size, spec.data.size)
        counted = count(spec.model, num_classes=len(images.classes), in_channels=images.channels, size=size)
        if len(chosen) < spec.recipe.batch_size:
            raise UserError(
                f"batches of {spec.recipe.batch_size} are larger than the {len(chosen)} training images"
            )
    except UserError as error:
        raise UserError(f"{suite.name}, experiment {experiment.id}: {error}") from error
    share = spec.recipe.epochs / profile.recipe.epochs
    return Contender(
        experiment=experiment,
        spec=spec,
        study=_study(spec, profile.tuning, experiment, share) if profile.tuning else None,
        seeds=seeds,
        counts=counted.counts,
        code=code_hash(models.source(spec.model.name)),
        images=len(chosen),
    )


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


def _known_options(suite: Suite, profile: Profile, contenders: Sequence[Contender]) -> None:
    """Raises UserError for an option of the profile that none of its models has."""
    known = {option for one in contenders for option in models.member(one.spec.model.name).options()}
    for name in profile.model:
        if name not in known:
            raise UserError(f"{suite.name}: no model has the option {name!r}: {suggest(name, known)}")


def _counted(suite: Suite, network: Network) -> Counted:
    size = (network.size, network.size)
    try:
        return count(network.model, num_classes=network.classes, in_channels=network.channels, size=size)
    except UserError as error:
        raise UserError(f"{suite.name}, network {network.id}: {error}") from error


def _divides(own: tuple[int, int], size: int | None) -> None:
    if size and (own[0] != own[1] or own[0] % size):
        raise UserError(f"images of {own[1]}×{own[0]} pixels cannot be shrunk to {size}×{size}")
