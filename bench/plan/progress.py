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


class Progress:
    """A plan with the results so far, by key. What a study asks is asked of Optuna once."""

    def __init__(self, plan: Plan, results: Mapping[str, Result] | None = None) -> None:
        self.plan = plan
        self.results = dict(results or {})
        self._asked: dict[tuple[str, int], list[Trial]] = {}  # by experiment and generation
        self._finals: dict[str, list[PlannedRun]] = {}

    def __contains__(self, run: PlannedRun) -> bool:
        return run.key in self.results

    def add(self, run: PlannedRun, result: Result) -> None:
        """A run has its result."""
        self.results[run.key] = result

    # ---- tuning -----------------------------------------------------------------------------

    def generations(self, one: PlannedExperiment) -> Iterator[list[tuple[Trial, Result | None]]]:
        """The trials of every generation that can be asked, with the results that are there."""
        if one.study is None:
            return
        told: list[tuple[Trial, Result]] = []
        for number in range(one.study.generations):
            place = (one.id, number)
            if place not in self._asked:  # the generations before it have ended, so it stays as it is
                self._asked[place] = one.study.ask(number, told)
            pairs = [(trial, self.results.get(one.study.spec(trial).key)) for trial in self._asked[place]]
            yield pairs
            ended = _ended(pairs)
            if len(ended) < len(pairs):
                return
            told += ended

    def told(self, one: PlannedExperiment) -> list[tuple[Trial, Result]]:
        """The trials of all finished generations, in order, with their results."""
        whole = (pairs for pairs in self.generations(one) if len(_ended(pairs)) == len(pairs))
        return [pair for pairs in whole for pair in _ended(pairs)]

    def chosen(self, one: PlannedExperiment) -> RunSpec | None:
        """The specification of the final runs (seed 0); None while tuning is not at its end."""
        if one.study is None:
            return one.spec
        told = self.told(one)
        return one.study.chosen(one.spec, told) if len(told) == one.study.tuning.trials else None

    # ---- runs -------------------------------------------------------------------------------

    def trials(self, one: PlannedExperiment) -> list[PlannedRun]:
        """All trials that have been asked for so far, finished or not."""
        if one.study is None:
            return []
        asked = (trial for pairs in self.generations(one) for trial, _ in pairs)
        return [one.run(one.study.spec(trial), "tune", trial.limits) for trial in asked]

    def finals(self, one: PlannedExperiment) -> list[PlannedRun]:
        """All final runs, finished or not; none while tuning is not at its end."""
        if one.id not in self._finals:
            specs = self._looks(one) if one.spec.look else self._seeded(one)
            if not specs:
                return []
            self._finals[one.id] = [one.run(spec, one.phase) for spec in specs]
        return self._finals[one.id]

    def _seeded(self, one: PlannedExperiment) -> list[RunSpec]:
        spec = self.chosen(one)
        return [seeded(spec, seed, one) for seed in one.seeds] if spec else []

    def _looks(self, one: PlannedExperiment) -> list[RunSpec]:
        """Looks at the final runs of another experiment, seed by seed, once it is known what they are."""
        assert isinstance(one.source, PlannedExperiment)
        looked_at = dict(zip(one.source.seeds, self.finals(one.source), strict=False))
        own = {name: getattr(one.spec, name) for name in LOOKED}
        return [
            looked_at[seed].spec.replace(**own, of=looked_at[seed].key, seed=seed)
            for seed in one.seeds
            if seed in looked_at
        ]

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
        finals = [self.finals(one) for one in self.plan.experiments]
        return all(runs and all(run in self for run in runs) for runs in finals)

    def price_left(self, one: PlannedExperiment) -> float:
        """Multiply-accumulates still to do for an experiment, what cannot start yet included."""
        left = sum(run.price for run in self.missing(one))
        if one.study and self.chosen(one) is None:
            shortened = one.spec.recipe.replace(epochs=one.study.tuning.epochs)
            trial = one.price(one.spec.replace(recipe=shortened))
            left += (one.study.tuning.trials - len(self.trials(one))) * trial
        if not self.finals(one):
            left += len(one.seeds) * one.price(one.spec)
        return left


def _ended(pairs: list[tuple[Trial, Result | None]]) -> list[tuple[Trial, Result]]:
    return [(trial, result) for trial, result in pairs if result is not None]
