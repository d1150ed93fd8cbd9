"""Claims that exact arithmetic on architectures decides: no training, no seeds, no p.

A number that is printed `rounded`, or cut off, agrees with a count within one of its last digit, and within
5 %. Where it disagrees, `remark` tells the reader why.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

from pydantic import Field

from bench.spec import Claim
from bench.spec.base import Several, Table

_MOST = 0.05  # the share of a rounded number that a count may be away: "60 K" has one digit, or two

Counter = Callable[[str, str], int | None]  # (network, quantity) -> the count


class Exact(Claim):
    """A claim about one quantity of several networks (`bench.models.counts` says which there are)."""

    quantity: str
    remark: str | None = None

    def holds(self, found: Mapping[str, int]) -> bool:
        """Whether it is so, given each network's count."""
        raise NotImplementedError


class Count(Exact):
    """Each network's count equals the value said, which may be `rounded`."""

    kind: Literal["count"] = "count"
    values: Table[int]
    rounded: bool = False

    def experiments(self) -> tuple[str, ...]:
        return tuple(self.values)

    def holds(self, found: Mapping[str, int]) -> bool:
        return all(_near(found[name], value, self.rounded) for name, value in self.values.items())


class CountGap(Exact):
    """The count of the networks `more` (their sum) exceeds that of `fewer` by so much."""

    kind: Literal["count-gap"] = "count-gap"
    more: Several
    fewer: Several
    by: int
    rounded: bool = False

    def experiments(self) -> tuple[str, ...]:
        return (*self.more, *self.fewer)

    def gap(self, found: Mapping[str, int]) -> int:
        """How much more it is."""
        return sum(found[name] for name in self.more) - sum(found[name] for name in self.fewer)

    def holds(self, found: Mapping[str, int]) -> bool:
        return _near(self.gap(found), self.by, self.rounded)


class CountRatio(Exact):
    """Each network's count is so many times that of `base`."""

    kind: Literal["count-ratio"] = "count-ratio"
    base: str
    times: Table[int]

    def experiments(self) -> tuple[str, ...]:
        return (self.base, *self.times)

    def holds(self, found: Mapping[str, int]) -> bool:
        return all(found[name] == factor * found[self.base] for name, factor in self.times.items())


class CountShare(Exact):
    """Each network's count is at most a share of that of `base`."""

    kind: Literal["count-share"] = "count-share"
    base: str
    at_most: Table[float]

    def experiments(self) -> tuple[str, ...]:
        return (self.base, *self.at_most)

    def holds(self, found: Mapping[str, int]) -> bool:
        return all(found[name] <= share * found[self.base] for name, share in self.at_most.items())


class CountOrder(Exact):
    """The count falls from each network to the next."""

    kind: Literal["count-order"] = "count-order"
    falling: tuple[str, ...] = Field(min_length=2)

    def experiments(self) -> tuple[str, ...]:
        return self.falling

    def holds(self, found: Mapping[str, int]) -> bool:
        counts = [found[name] for name in self.falling]
        return all(one > other for one, other in pairwise(counts))


class SameCount(Exact):
    """Within each group the networks have the same count."""

    kind: Literal["same-count"] = "same-count"
    groups: tuple[tuple[str, ...], ...]

    def experiments(self) -> tuple[str, ...]:
        return tuple(name for group in self.groups for name in group)

    def holds(self, found: Mapping[str, int]) -> bool:
        return all(len({found[name] for name in group}) == 1 for group in self.groups)


def _near(found: int, said: int, rounded: bool) -> bool:
    printed = str(abs(said))
    digit = 10 ** (len(printed) - len(printed.rstrip("0")))
    return abs(found - said) <= (min(digit, _MOST * abs(said)) if rounded else 0)


def judge(claim: Exact, count: Counter) -> tuple[bool | None, str]:
    """Whether a claim holds (None where something was not counted), and the counts in words."""
    found = {}
    for name in claim.experiments():
        value = count(name, claim.quantity)
        if value is None:
            return None, f"{claim.quantity} of {name} not counted"
        found[name] = value
    note = "exact count: " + ", ".join(f"{name} {value:,}" for name, value in found.items())
    if isinstance(claim, CountGap):
        note += f"; difference {claim.gap(found):,}"
    if isinstance(claim, (Count, CountGap)) and claim.rounded:
        off = f"at most one of the last digit, zeros aside, and {100 * _MOST:g} %"
        note += f" (rounded: right is what is off by {off})"
    return claim.holds(found), note + (f". {claim.remark}" if claim.remark else "")
