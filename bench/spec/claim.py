"""Claims and published numbers, as a suite states them."""

from typing import Literal

from pydantic import Field

from bench.spec.base import Spec
from bench.spec.metrics import MetricName
from bench.spec.profile import ProfileName


class Claim(Spec):
    """A sentence about experiments. Its kinds (order, difference, …) stand in `bench.claims.kinds`.

    `profiles` are those that are fair to it, where that are not all in which its experiments stand.
    """

    id: str
    text: str
    said: str = ""  # what the lecture or paper prints
    source: str = ""  # where it prints it
    profiles: tuple[ProfileName, ...] | None = None

    def experiments(self) -> tuple[str, ...]:
        """The ids of all experiments (or counted networks) that the claim speaks of."""
        raise NotImplementedError


class Reference(Spec):
    """A published number for one experiment, in the units of the metric.

    `data` names the data set that it was measured on where that is not the suite's. Status: F found in
    the source named, F2 in a secondary source, M from memory (never shown).
    """

    experiment: str
    metric: MetricName
    value: float
    paper: str
    where: str
    data: str | None = None
    statistic: Literal["mean", "median", "best", "single"]
    n: int = Field(default=1, ge=1)
    spread: float | None = None
    status: Literal["F", "F2", "M"]
