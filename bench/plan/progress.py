"""What is done of a plan and what comes next: it all follows from the plan and the results that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bench.plan.planned import PlannedExperiment, PlannedRun, seeded
from bench.spec.suite import LOOKED

if TYPE_CHECKING:
    from bench.plan.plan import Plan
    from bench.plan.tuning import Trial
    from bench.spec import RunSpec
    from bench.train.records import Result

    Asked = tuple[Trial, PlannedRun]


class Progress:
    """A plan with the results so far, by key. What a study asks is asked of Optuna once."""

    def __init__(self, plan: Plan, results: Mapping[str, Result] | None = None) -> None:
        self.plan = plan
        self.results = dict(results or {})
        self._asked: dict[tuple[str, int, int], list[Asked]] = {}  # by experiment, seed and generation
        self._finals: dict[tuple[str, int], PlannedRun] = {}  # by experiment and seed

    def __contains__(self, run: PlannedRun) -> bool:
        return run.key in self.results

    def add(self, run: PlannedRun, result: Result) -> None:
        """A run has its result."""
        self.results[run.key] = result

    # ---- tuning -----------------------------------------------------------------------------

    def generations(self, one: PlannedExperiment, seed: int) -> Iterator[list[Asked]]:
        """The trials of every generation of a seed's study that can be asked."""
        study = one.studies[seed]
        told: list[tuple[Trial, Result]] = []
        for number in range(study.generations):
            place = (one.id, seed, number)
            if place not in self._asked:  # the generations before it have ended, so it stays as it is
                trials = study.ask(number, told)
                self._asked[place] = [
                    (trial, one.run(study.spec(trial), seed, "tune", trial.limits)) for trial in trials
                ]
            asked = self._asked[place]
            yield asked
            ended = self._ended(asked)
            if len(ended) < len(asked):
                return
            told += ended

    def _ended(self, asked: list[Asked]) -> list[tuple[Trial, Result]]:
        return [(trial, self.results[run.key]) for trial, run in asked if run.key in self.results]

    def told(self, one: PlannedExperiment, seed: int) -> list[tuple[Trial, Result]]:
        """The trials of all finished generations of a seed's study, in order, with their results."""
        whole = [asked for asked in self.generations(one, seed) if len(self._ended(asked)) == len(asked)]
        return [pair for asked in whole for pair in self._ended(asked)]

    def chosen(self, one: PlannedExperiment, seed: int) -> RunSpec | None:
        """The specification with a seed's settings; None while their tuning is not at its end."""
        study = one.studies.get(one.numbers.first(seed))
        if study is None:
            return one.spec
        told = self.told(one, study.seed)
        return study.chosen(one.spec, told) if len(told) == study.tuning.trials else None

    # ---- runs -------------------------------------------------------------------------------

    def trials(self, one: PlannedExperiment) -> list[PlannedRun]:
        """All trials that have been asked for so far, finished or not."""
        studies = [asked for seed in one.studies for asked in self.generations(one, seed)]
        return [run for asked in studies for _, run in asked]

    def finals(self, one: PlannedExperiment) -> list[PlannedRun]:
        """The final runs of all seeds whose tuning is at its end, finished or not."""
        found = (self._final(one, seed) for seed in one.seeds)
        return [run for run in found if run is not None]

    def _final(self, one: PlannedExperiment, seed: int) -> PlannedRun | None:
        place = (one.id, seed)
        if place not in self._finals:
            spec = self._look(one, seed) if one.spec.look else self.chosen(one, seed)
            if spec is None:
                return None
            made = spec if one.spec.look else seeded(spec, seed, one)
            self._finals[place] = one.run(made, seed, one.phase)
        return self._finals[place]

    def _look(self, one: PlannedExperiment, seed: int) -> RunSpec | None:
        """A look at a seed's final run of another experiment, once it is known what that is."""
        assert isinstance(one.source, PlannedExperiment)
        looked_at = self._final(one.source, seed) if seed in one.source.seeds else None
        if looked_at is None:
            return None
        own = {name: getattr(one.spec, name) for name in LOOKED}
        return looked_at.spec.replace(**own, of=looked_at.key, seed=one.numbers.of(seed, "final"))

    def runs(self, one: PlannedExperiment) -> list[PlannedRun]:
        """All runs that are known: tuning decides on others."""
        return [*self.trials(one), *self.finals(one)]

    def missing(self, one: PlannedExperiment) -> list[PlannedRun]:
        """The known runs that have no result yet."""
        return [run for run in self.runs(one) if run not in self]

    def ready(self, one: PlannedExperiment) -> list[PlannedRun]:
        """The runs that are missing and could start now: what they begin with is there."""
        waits = isinstance(one.source, PlannedExperiment)
        return [run for run in self.missing(one) if not waits or run.needs in self.results]

    # ---- the whole --------------------------------------------------------------------------

    @property
    def left(self) -> int:
        """How many trials and final runs are still to be done."""
        return self.plan.runs_total - len(self.results)

    def complete(self) -> bool:
        """Every final run of the plan has its result."""
        finals = [(self.finals(one), len(one.seeds)) for one in self.plan.everyone]
        return all(len(runs) == seeds and all(run in self for run in runs) for runs, seeds in finals)

    def price_left(self, one: PlannedExperiment) -> float:
        """Multiply-accumulates still to do for an experiment, what cannot start yet included."""
        left = sum(run.price for run in self.missing(one))
        if one.tuning:
            shortened = one.spec.recipe.replace(epochs=one.tuning.epochs)
            trial = one.price(one.spec.replace(recipe=shortened))
            left += (len(one.studies) * one.tuning.trials - len(self.trials(one))) * trial
        return left + (len(one.seeds) - len(self.finals(one))) * one.price(one.spec)
