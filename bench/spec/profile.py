"""Profiles: how big the experiments of a suite are, and how many seeds they have."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bench.spec.base import FrozenDict, Named, Options, Spec, Table
from bench.spec.recipe import Recipe, Tuning
from bench.spec.run import Data
from bench.spec.seeds import MOST_EDITIONS, MOST_RUNGS, MOST_TRIALS

ProfileName = Literal["smoke", "quick", "overnight", "paper"]
PROFILES: tuple[ProfileName, ...] = ("smoke", "quick", "overnight", "paper")
LOOKS = (5, 8, 12, 20)  # the numbers of seeds at which verdicts may be given


class Profile(Spec):
    """How big: what all experiments of a suite share when they run at this size.

    `network` is the model of the experiments that name none; `model` holds options for all models that
    have such an option.

    Verdicts are given at the budget of `recipe`. `ladder` names shorter ones, as shares of its epochs, the
    longest first (1/2, 1/4): what is compared is trained at those too, each with a whole schedule and seeds
    of its own, and the report shows how the claims' contrasts change with the budget.

    `edges` tells of which experiments a setting is from the edge of what a probe tried before any final run:
    `{"full": "lr, low"}`, so that a better one may lie beyond it; their verdicts are marked.

    `edition` counts how often the profile was changed after final runs of it had been seen: each draws all
    its seeds and splits anew, so that nothing was chosen by what they show.
    """

    data: Data = Data()
    network: Named | None = None
    model: Options = Field(default_factory=FrozenDict)
    recipe: Recipe
    augment: tuple[Named, ...] | None = None  # in place of the suite's, where sizes differ
    tuning: Tuning | None = None
    ladder: tuple[float, ...] | None = None
    seeds: int = Field(default=LOOKS[0], ge=1, le=LOOKS[-1])
    edition: int | None = Field(default=None, ge=1, lt=MOST_EDITIONS)
    edges: Table[str] | None = None
    stand_in: bool = True  # may `shapes` stand in where the suite's data set cannot be had?

    @model_validator(mode="after")
    def _rungs(self) -> Self:
        ladder = self.ladder or ()
        if len(ladder) >= MOST_RUNGS or any(not 0 < share < 1 for share in ladder):
            raise ValueError(f"ladder: at most {MOST_RUNGS - 1} shares of the epochs, between 0 and 1")
        if list(ladder) != sorted(set(ladder), reverse=True):
            raise ValueError("ladder: give the longest budget first, and each once")
        if self.tuning and self.tuning.trials > MOST_TRIALS:
            raise ValueError(f"tuning: at most {MOST_TRIALS} trials")
        return self

    @model_validator(mode="after")
    def _firewall(self) -> Self:
        if self.tuning and not self.data.validation:
            raise ValueError("tuning needs a validation split; with validation=0 leave tuning out")
        for name in self.tuning.space if self.tuning else ():
            if "." in name:
                raise ValueError(f"space: {name!r} belongs into the space of an experiment that has it")
        return self
