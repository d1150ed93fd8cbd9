"""What a plan is made of: experiments and their runs. Plain data; what is done of them is `Progress`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from bench.spec import SOURCE_SEEDS, Experiment, RunSpec
from bench.train.tasks import task_name, task_of

if TYPE_CHECKING:
    from bench.plan.pretrained import PretrainedWeights
    from bench.plan.tuning import Study

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
        return f"trial {trial.number}" if trial else f"seed {self.spec.seed}"


@dataclass(frozen=True)
class PlannedExperiment:
    """An experiment in the plan: its run specification (untuned, seed 0), study, counts and code.

    `source` is the experiment whose runs of the same seeds its own begin with or look at, or weights given.
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
    source: PlannedExperiment | PretrainedWeights | None = None
    phase: Phase = "final"

    @property
    def id(self) -> str:
        """The experiment's."""
        return self.experiment.id

    def run(self, spec: RunSpec, phase: Phase, limits: Mapping[int, float] | None = None) -> PlannedRun:
        """A run of it."""
        return PlannedRun(spec, self.id, phase, self.price(spec), limits or {})

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


def seeded(spec: RunSpec, seed: int, experiment: PlannedExperiment) -> RunSpec:
    """An experiment's specification for a seed, and what follows from it: classes, and the source's run.

    A source's run for a seed sees that seed's halves, but its own seed is another.
    """
    own = seed + SOURCE_SEEDS if experiment.phase == "source" else seed
    changes: dict[str, object] = {"seed": own}
    if spec.data.half:
        from bench.data.split import halves  # and with it torch, late

        classes = halves(experiment.classes, seed)[spec.data.half]
        changes["data"] = spec.data.replace(classes=classes)
    if spec.start and experiment.source:
        changes["start"] = spec.start.replace(key=experiment.source.key_of(seed))
    return spec.replace(**changes)
