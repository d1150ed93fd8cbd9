"""Tuning in generations, reproducible on any number of workers, killed and resumed or not.

Every seed has a study of its own. Its first generation is spread: one trial from each of as many equal parts
of every range, at places that the seed draws, alike for all contenders. Later ones Optuna asks for.

A study is never stored: what it asks next is a pure function of its key, its settings and the results
of its earlier generations, told to Optuna in order. The journal beside it is an export for reading.
"""

import logging
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.spec import Choice, Range, RunSpec, Tuning
from bench.spec.base import Scalar, digest
from bench.spec.run import settled
from bench.spec.seeds import SeedNumbers
from bench.train.records import Result

if TYPE_CHECKING:
    import optuna

_DIGITS = 4  # significant digits of a tuned value: enough, and a person can type them


@dataclass(frozen=True)
class Trial:
    """One setting to try: its number in the study, the tuned values, and the pruning limits (%)."""

    number: int
    values: Mapping[str, Any]
    limits: Mapping[int, float]


@dataclass(frozen=True)
class Study:
    """The tuning of one experiment for one seed: what it starts from (any number), its settings, the seed."""

    base: RunSpec
    tuning: Tuning
    numbers: SeedNumbers
    seed: int

    @property
    def key(self) -> str:
        """Identity: another budget, space, experiment or seed is another study."""
        base = self.base.model_copy(update={"seed": self.numbers.of(self.seed, "search")}).canonical()
        return digest(base + self.tuning.canonical())

    @property
    def generations(self) -> int:
        """How many generations there are; the last may be smaller."""
        return -(-self.tuning.trials // self.tuning.generation)

    def spec(self, trial: Trial) -> RunSpec:
        """The run of a trial: the shortened schedule, the tuned values, a seed that no final run has."""
        chosen = settled(self.base, trial.values)
        recipe = chosen.recipe.replace(epochs=self.tuning.epochs)
        mark = {"study": self.key, "number": trial.number}
        number = self.numbers.of_trial(self.seed, trial.number)
        return chosen.replace(recipe=recipe, seed=number, trial=mark)

    def ask(self, generation: int, told: Sequence[tuple[Trial, Result]]) -> list[Trial]:
        """The trials of a generation, given all trials of the earlier ones in order."""
        first = generation * self.tuning.generation
        size = min(self.tuning.generation, self.tuning.trials - first)
        limits = self._limits([result for _, result in told])
        if generation == 0:
            return [Trial(number, values, limits) for number, values in enumerate(self._spread(size))]
        study, trials = self._rebuilt(generation, told), []
        for number in range(first, first + size):
            asked = study.ask()
            values = {name: _suggest(asked, name, space) for name, space in self.tuning.space.items()}
            trials.append(Trial(number, values, limits))
        return trials

    def _spread(self, trials: int) -> list[dict[str, Scalar]]:
        """Settings that lie one in each of as many equal parts of every range (a Latin hypercube).

        Places depend on the seed and on where a setting stands in the space, not on what it is.
        """
        drawn = random.Random(self.numbers.of(self.seed, "search"))
        found: list[dict[str, Scalar]] = [{} for _ in range(trials)]
        for name, space in self.tuning.space.items():
            parts = drawn.sample(range(trials), trials)
            for values, part in zip(found, parts, strict=True):
                values[name] = _at(space, (part + drawn.random()) / trials)
        return found

    def chosen(self, spec: RunSpec, told: Sequence[tuple[Trial, Result]]) -> RunSpec:
        """A specification with the settings of the best trial."""
        return settled(spec, self.best(told)[0].values)

    def best(self, told: Sequence[tuple[Trial, Result]]) -> tuple[Trial, Result]:
        """The trial with the lowest validation error of those that ran to their end (else trial 0)."""
        ended = [one for one in told if one[1].status == "finished"]
        return min(ended, key=lambda one: one[1].metrics["validation_error"], default=told[0])

    def export(self, folder: Path, told: Sequence[tuple[Trial, Result]]) -> None:
        """Write an Optuna journal for optuna-dashboard; it is never read back."""
        import optuna
        from optuna.storages.journal import JournalFileBackend

        _hush()
        folder.mkdir(parents=True, exist_ok=True)
        network = self.base.model.name if self.base.model else "none"
        path = folder / f"{network}-{self.key[:12]}.journal"
        path.unlink(missing_ok=True)
        storage = optuna.storages.JournalStorage(JournalFileBackend(str(path)))
        study = optuna.create_study(
            storage=storage, study_name=f"{self.base.model} {self.key[:12]}", direction="minimize"
        )
        study.add_trials([self._frozen(trial, result) for trial, result in told])

    def _limits(self, results: Sequence[Result]) -> dict[int, float]:
        limits = {}
        for epoch in self.tuning.prune_at:
            seen = [
                error
                for result in results
                if len(result.curve) >= epoch
                and (error := result.curve[epoch - 1].validation_error) is not None
            ]
            if seen:
                limits[epoch] = median(seen)
        return limits

    def _rebuilt(self, generation: int, told: Sequence[tuple[Trial, Result]]) -> "optuna.Study":
        import optuna

        _hush()
        sampler = optuna.samplers.TPESampler(
            seed=int(digest(f"{self.key}/{generation}")[:8], 16),
            n_startup_trials=self.tuning.generation,
        )
        study = optuna.create_study(sampler=sampler, direction="minimize")
        study.add_trials([self._frozen(trial, result) for trial, result in told])
        return study

    def _frozen(self, trial: Trial, result: Result) -> "optuna.trial.FrozenTrial":
        import optuna

        curve = {
            epoch.epoch: epoch.validation_error
            for epoch in result.curve
            if epoch.validation_error is not None
        }
        pruned = result.status == "pruned"
        return optuna.trial.create_trial(
            state=optuna.trial.TrialState.PRUNED if pruned else optuna.trial.TrialState.COMPLETE,
            params=dict(trial.values),
            distributions={name: _distribution(s) for name, s in self.tuning.space.items()},
            intermediate_values=curve,
            value=None if pruned else result.metrics["validation_error"],
        )


def _hush() -> None:
    """Leave words on studies to the bench's own log; Optuna's would tell of every rebuilt trial."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("optuna").propagate = False


def _distribution(space: Range | Choice) -> "optuna.distributions.BaseDistribution":
    import optuna

    if isinstance(space, Choice):
        return optuna.distributions.CategoricalDistribution(space.values)
    return optuna.distributions.FloatDistribution(space.low, space.high, log=space.log)


def _suggest(trial: "optuna.Trial", name: str, space: Range | Choice) -> Any:
    if isinstance(space, Choice):
        return trial.suggest_categorical(name, space.values)
    return _short(trial.suggest_float(name, space.low, space.high, log=space.log), space)


def _at(space: Range | Choice, place: float) -> Scalar:
    """The value at a place of a space, from 0 to below 1; of choices each has an equal part of it."""
    if isinstance(space, Choice):
        return space.values[int(place * len(space.values))]
    low, high = (math.log(end) if space.log else end for end in (space.low, space.high))
    value = low + place * (high - low)
    return _short(math.exp(value) if space.log else value, space)


def _short(value: float, space: Range) -> float:
    return min(max(float(f"{value:.{_DIGITS}g}"), space.low), space.high)
