"""A experiment of a plan, and its runs: what it needs is a pure function of the results so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bench.data.split import halves
from bench.plan.pretrained import PretrainedWeights
from bench.plan.tuning import Study, Trial
from bench.spec import SOURCE_SEEDS, Experiment, RunSpec
from bench.spec.run import settled
from bench.train.records import Result

Phase = Literal["source", "tune", "final"]


@dataclass(frozen=True)
class PlannedRun:
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
    def needs(self) -> str | None:
        """The key of the run whose weights it begins with."""
        return self.spec.start.key if self.spec.start else None

    @property
    def label(self) -> str:
        """What to call it on the screen."""
        trial = self.spec.trial
        return f"trial {trial.number}" if trial else f"seed {self.spec.seed}"


@dataclass(frozen=True)
class PlannedExperiment:
    """An experiment in the plan: its run specification (untuned, seed 0), study, counts and code.

    `source` is the experiment whose runs of the same seeds its own begin with, or the weights given.
    """

    experiment: Experiment
    spec: RunSpec
    study: Study | None
    seeds: tuple[int, ...]
    counts: Mapping[str, int]
    code: str
    images: int  # a training epoch's
    classes: int  # of its data set
    channels: int
    source: "PlannedExperiment | PretrainedWeights | None" = None
    phase: Phase = "final"
    # asking Optuna takes milliseconds, and `ready` is called after every run
    _memo: dict[int, tuple[list[tuple[Trial, Result]] | None, list[Trial]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def id(self) -> str:
        """The experiment's."""
        return self.experiment.id

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

    def finals(self, results: Mapping[str, Result]) -> list[PlannedRun]:
        """All final runs, finished or not; none while tuning is not at its end."""
        spec = self.chosen(results)
        if spec is None:
            return []
        specs = [seeded(spec, seed, self) for seed in self.seeds]
        return [PlannedRun(one, self.experiment.id, self.phase, self._price(one)) for one in specs]

    def trials(self, results: Mapping[str, Result]) -> list[PlannedRun]:
        """All trials that have been asked for so far, finished or not."""
        if self.study is None:
            return []
        jobs = []
        for trial, _ in (pair for generation in self.asked(results) for pair in generation):
            spec = self.study.spec(trial)
            jobs.append(PlannedRun(spec, self.experiment.id, "tune", self._price(spec), trial.limits))
        return jobs

    def missing(self, results: Mapping[str, Result]) -> list[PlannedRun]:
        """The runs that are missing, of those that are known: tuning decides on others."""
        jobs = [*self.trials(results), *self.finals(results)]
        return [job for job in jobs if job.key not in results]

    def ready(self, results: Mapping[str, Result]) -> list[PlannedRun]:
        """The runs that are missing and could start now: what they begin with is there."""
        waits = isinstance(self.source, PlannedExperiment)
        return [job for job in self.missing(results) if not waits or job.needs in results]

    def price_left(self, results: Mapping[str, Result]) -> float:
        """Multiply-accumulates still to do, what cannot start yet included."""
        left = sum(job.price for job in self.missing(results))
        if self.study and self.chosen(results) is None:
            asked = len(self.trials(results))
            shortened = self.spec.recipe.replace(epochs=self.study.tuning.epochs)
            trial = self._price(self.spec.replace(recipe=shortened))
            left += (self.study.tuning.trials - asked) * trial + len(self.seeds) * self._price(self.spec)
        return left

    def key_of(self, seed: int) -> str:
        """The key of its run for a seed: what others for that seed begin with."""
        return seeded(self.spec, seed, self).key

    @property
    def training_macs(self) -> int:
        """Multiply-accumulates of one final run's training."""
        return int(self._price(self.spec))

    def _price(self, spec: RunSpec) -> float:
        if spec.probe:
            return float(self.counts["macs"] * self.images)
        backward = 3  # a training step costs about three forward passes
        return float(self.counts["macs"] * backward * self.images * spec.recipe.epochs)


def seeded(spec: RunSpec, seed: int, experiment: PlannedExperiment) -> RunSpec:
    """A experiment's specification for a seed, and what follows from it: classes, and the source's run.

    A source's run for a seed sees that seed's halves, but its own seed is another.
    """
    own = seed + SOURCE_SEEDS if experiment.phase == "source" else seed
    changes: dict[str, object] = {"seed": own}
    if spec.data.half:
        classes = halves(experiment.classes, seed)[spec.data.half]
        changes["data"] = spec.data.replace(classes=classes)
    if spec.start and experiment.source:
        changes["start"] = spec.start.replace(key=experiment.source.key_of(seed))
    return spec.replace(**changes)
