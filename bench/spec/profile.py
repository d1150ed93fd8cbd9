"""Profiles: how big the experiments of a suite are, and how many seeds they have."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bench.spec.base import FrozenDict, Named, Options, Spec
from bench.spec.recipe import Recipe, Tuning
from bench.spec.run import Data

ProfileName = Literal["smoke", "quick", "overnight", "paper"]
PROFILES: tuple[ProfileName, ...] = ("smoke", "quick", "overnight", "paper")
LOOKS = (5, 8, 12, 20)  # the numbers of seeds at which verdicts may be given
TUNING_SEEDS = 1000  # trials take seeds from here on: final seeds, 0 to 19, are fresh
SOURCE_SEEDS = 100_000  # and sources: new layers must not begin as those of the source began


class Profile(Spec):
    """How big: what all experiments of a suite share when they run at this size.

    `network` is the model of the experiments that name none; `model` holds options for all models that
    have such an option.
    """

    data: Data = Data()
    network: Named | None = None
    model: Options = Field(default_factory=FrozenDict)
    recipe: Recipe
    augment: tuple[Named, ...] | None = None  # in place of the suite's, where sizes differ
    tuning: Tuning | None = None
    seeds: int = Field(default=LOOKS[0], ge=1, le=LOOKS[-1])
    stand_in: bool = True  # may `shapes` stand in where the suite's data set cannot be had?

    @model_validator(mode="after")
    def _firewall(self) -> Self:
        if self.tuning and not self.data.validation:
            raise ValueError("tuning needs a validation split; with validation=0 leave tuning out")
        for name in self.tuning.space if self.tuning else ():
            if "." in name:
                raise ValueError(f"space: {name!r} belongs into the space of an experiment that has it")
        return self
