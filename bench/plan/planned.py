"""What a plan is made of: experiments and their runs. Plain data; what is done of them is `Progress`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from bench.plan.tuning import Study
from bench.spec import Experiment, RunSpec, Tuning
from bench.spec.seeds import SeedNumbers
from bench.train.tasks import task_name, task_of

if TYPE_CHECKING:
    from bench.plan.pretrained import PretrainedWeights

Phase = Literal["source", "tune", "final"]


@dataclass(frozen=True)
class PlannedRun:
    """One run to do: what it is, for which experiment and seed, and its price in multiply-accumulates."""

    spec: RunSpec
    experiment: str
    seed: int
    phase: Phase
    price: float
    limits: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """The run's identity."""
        return self.spec.key

    @property
    def needs(self) -> str | None:
        """The key of the run whose weights it begins with or looks at."""
        return self.spec.start.key if self.spec.start else self.spec.of

    @property
    def task(self) -> str:
        """What kind of run it is."""
        return task_name(self.spec)

    @property
    def label(self) -> str:
        """What to call it on the screen."""
        trial = self.spec.trial
        return f"seed {self.seed}" + (f", trial {trial.number}" if trial else "")


@dataclass(frozen=True)
class PlannedExperiment:
    """An experiment in the plan: its run specification (untuned, seed 0), seeds, tuning, counts and code.

    `numbers` are what its seeds draw by. `source` is the experiment whose runs of the same seeds its own
    begin with or look at, or weights given.
    """

    experiment: Experiment
    spec: RunSpec
    tuning: Tuning | None
    seeds: tuple[int, ...]
    numbers: SeedNumbers
    counts: Mapping[str, int]
    code: str
    images: int  # a training epoch's
    classes: int  # of its data set
    channels: int
    source: PlannedExperiment | PretrainedWeights | None = None
    phase: Phase = "final"
    share: float = 1.0  # of the budget at which verdicts are given

    @property
    def id(self) -> str:
        """The experiment's, with the share of the budget where that is a lower rung of a ladder."""
        return self.experiment.id if self.share == 1 else f"{self.experiment.id} ×{self.share:g}"

    def at(self, share: float, numbers: SeedNumbers) -> PlannedExperiment:
        """The same at a share of the budget: a whole schedule, its own search, seeds that are fresh.

        What begins with a source's run keeps that run.
        """
        cycles = self.spec.recipe.cycles
        recipe = self.spec.recipe.replace(epochs=_epochs(self.spec.recipe.epochs * share, cycles))
        spec = self.spec.replace(recipe=recipe, predict=None, measures=None, keep=None)
        tuning = self.tuning and shortened_search(self.tuning, share, cycles)
        return replace(self, spec=spec, tuning=tuning, share=share, numbers=numbers)

    @cached_property
    def studies(self) -> Mapping[int, Study]:
        """The search for settings of every set of seeds, by its first seed; none where nothing is tuned."""
        if self.tuning is None:
            return {}
        firsts = dict.fromkeys(self.numbers.first(seed) for seed in self.seeds)
        kept = {"predict": None, "measures": None, "keep": None}  # trials keep nothing
        return {
            seed: Study(seeded(self.spec.replace(**kept), seed, self), self.tuning, self.numbers, seed)
            for seed in firsts
        }

    def run(
        self, spec: RunSpec, seed: int, phase: Phase, limits: Mapping[int, float] | None = None
    ) -> PlannedRun:
        """A run of it."""
        return PlannedRun(spec, self.id, seed, phase, self.price(spec), limits or {})

    def price(self, spec: RunSpec) -> float:
        """Multiply-accumulates of a run of it."""
        return task_of(spec).price(self.counts["macs"], self.images)

    @property
    def training_macs(self) -> int:
        """Multiply-accumulates of one final run's training."""
        return int(self.price(self.spec))

    def key_of(self, seed: int) -> str:
        """The key of its run for a seed, as a source: what others for that seed begin with."""
        return seeded(self.spec, seed, self).key


def _epochs(epochs: float, cycles: int | None) -> int:
    """A whole number of epochs, and of cycles."""
    return (cycles or 1) * max(1, round(epochs / (cycles or 1)))


def shortened_search(tuning: Tuning, share: float, cycles: int | None) -> Tuning:
    """The search of what is trained for a share of the profile's epochs: trials have that share of theirs."""
    return tuning.replace(
        epochs=_epochs(tuning.epochs * share, cycles),
        prune_at=[max(1, round(epoch * share)) for epoch in tuning.prune_at],
    )


def seeded(spec: RunSpec, seed: int, experiment: PlannedExperiment) -> RunSpec:
    """An experiment's specification for a seed, and what follows from it: split, classes, source's run.

    All experiments of a seed share its split and its halves of the classes. Where all images are trained on,
    there is nothing to choose.
    """
    numbers, source = experiment.numbers, experiment.source
    split = numbers.of(seed, "split")
    data = spec.data
    if data.train is not None or data.validation:
        data = data.replace(seed=split)
    if data.half:
        from bench.data.split import halves  # and with it torch, late

        data = data.replace(classes=halves(experiment.classes, split)[data.half])
    start = spec.start
    if start and source:
        start = start.replace(key=source.key_of(seed))
    role: Literal["source", "final"] = "source" if experiment.phase == "source" else "final"
    return spec.replace(seed=numbers.of(seed, role), data=data, start=start)
