"""How a network is trained, and how its settings are searched for. Frozen, validated, plain data."""

import math
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from bench.common.errors import suggest
from bench.common.optimizers import OPTIMIZERS
from bench.common.schedules import SCHEDULES
from bench.spec.base import Scalar, Spec, Table


class Warmup(Spec):
    """A small learning rate until the running training error of an epoch falls below a level."""

    lr: float = Field(gt=0)
    until_train_error: float = Field(gt=0, le=100)


class Recipe(Spec):
    """How a network is trained. The learning rate is per step, the schedule's points are fractions.

    `schedule` is a name in `bench.common.schedules`: `milestones` belong to the step schedule, where the rate
    is divided by `decay` at each; `cycles` to the cyclic one; `patience` (epochs without a better validation
    error before the rate is divided) to "plateau". During `warmup_epochs` the rate rises linearly.
    `optimizer` is a name in `bench.common.optimizers`; None is SGD with momentum. `label_smoothing` is the
    share of each label that all classes alike get (Szegedy et al. 2016, arXiv 1512.00567, §7).

    `precision` is that of convolutions and products; weights, sums and losses are float32. "bf16" is float32
    on cores that have no instructions for it: a run's environment class says so.
    `acceleration` says how steps are launched. None is the fastest way that does the same operations: on a
    GPU a CUDA graph of the whole step ("graph"), on cores one operation after the other ("eager"). "compile"
    has torch fuse operations first, which rounds otherwise, and on a GPU records what it made.
    """

    epochs: int = Field(ge=1)
    batch_size: int = Field(default=128, ge=1)
    lr: float = Field(default=0.1, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=1e-4, ge=0)
    schedule: str = "step"
    milestones: tuple[float, ...] = (0.5, 0.75)
    decay: float = Field(default=10.0, gt=1)
    cycles: int | None = Field(default=None, ge=1)
    warmup: Warmup | None = None
    precision: Literal["bf16", "fp32"] = "bf16"
    acceleration: Literal["eager", "graph", "compile"] | None = None
    optimizer: str | None = None
    label_smoothing: float | None = Field(default=None, gt=0, lt=1)
    patience: int | None = Field(default=None, ge=1)
    warmup_epochs: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if self.schedule not in SCHEDULES:
            raise ValueError(f"there is no schedule {self.schedule!r}: {suggest(self.schedule, SCHEDULES)}")
        if self.optimizer is not None and self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"there is no optimizer {self.optimizer!r}: {suggest(self.optimizer, OPTIMIZERS)}"
            )
        return self

    @model_validator(mode="after")
    def _whole_cycles(self) -> Self:
        if (self.patience is not None) != (self.schedule == "plateau"):
            raise ValueError("the schedule plateau, and no other, has `patience`")
        if (self.cycles is not None) != (self.schedule == "cyclic"):
            raise ValueError("a cyclic schedule, and no other, has `cycles`")
        if self.cycles and self.epochs % self.cycles:
            raise ValueError(f"{self.cycles} cycles do not divide {self.epochs} epochs")
        return self


class Range(Spec):
    """A tunable number between two ends, drawn on a logarithmic scale unless said otherwise."""

    low: float
    high: float
    log: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high or (self.log and self.low <= 0):
            raise ValueError("a range needs low < high, and low > 0 on a logarithmic scale")
        return self

    def some(self) -> tuple[float, ...]:
        """Its ends, and a number between them that is hardly a whole one."""
        return self.low, self.high, self.low + (self.high - self.low) / math.e


class Choice(Spec):
    """A tunable choice among values."""

    values: tuple[Scalar, ...] = Field(min_length=2)

    def some(self) -> tuple[Scalar, ...]:
        """All of it."""
        return self.values


class Tuning(Spec):
    """The search that every experiment gets: same space, trials, epochs and pruning rule.

    An experiment may add a `space` of its own (its augmentation's strength), as large as the others'. Where
    its training is longer or shorter than the profile's, so are its trials, in proportion.
    Trial 0 is the recipe as it stands. Trials are asked in generations of a fixed size. A trial ends
    early at an epoch listed in `prune_at` if its validation error there is worse than the median of
    the finished generations' at that epoch.
    """

    space: Table[Range | Choice]
    trials: int = Field(ge=1)
    generation: int = Field(ge=1)
    epochs: int = Field(ge=1)
    prune_at: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _tunable(self) -> Self:
        all_tunable(name for name in self.space if "." not in name)
        return self


def all_tunable(names: Iterable[str]) -> None:
    """Raises ValueError for a name that is no tunable field of a recipe."""
    allowed = set(Recipe.model_fields) - {"epochs", "cycles"}
    for name in names:
        if name not in allowed:
            raise ValueError(f"space: cannot tune {name!r}: {suggest(name, allowed)}")
