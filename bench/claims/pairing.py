"""Which values of a contrast are paired: those that share runs, a source or a network, joined on the seed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.claims import stats
from bench.claims.kinds import Contrast, Pool, Pools
from bench.claims.stats import Sample

Found = Mapping[str, Mapping[int, float]]  # by experiment or ensemble: its value by seed, or by replicate


@dataclass(frozen=True)
class Block:
    """Names of a contrast that share seeds, with their weights: one value for every set of so many seeds."""

    entries: tuple[tuple[str, float, int], ...]  # name, weight, members
    seeds: int

    def sets(self, found: Found) -> list[int]:
        """The sets of seeds of which every name has all values: set k holds seeds k × seeds and on."""
        first, *others = (self._whole(found[name], members) for name, _, members in self.entries)
        return sorted(first.intersection(*others))

    def _whole(self, values: Mapping[int, float], members: int) -> set[int]:
        each = self.seeds // members
        return {k for k in {one // each for one in values} if all(one in values for one in _of(k, each))}

    def used(self, found: Found, sets: list[int]) -> dict[str, Sample]:
        """The values of those sets by name, set by set; (sets × values of a set,) each."""
        return {
            name: np.array([found[name][one] for one in places], dtype=float)
            for name, places in self.places(sets).items()
        }

    def places(self, sets: list[int]) -> dict[str, list[int]]:
        """Where the values of those sets stand, by name: at seeds; an ensemble's at its own sets."""
        each = {name: self.seeds // members for name, _, members in self.entries}
        return {name: [one for k in sets for one in _of(k, n)] for name, n in each.items()}

    def sample(self, found: Found, sets: list[int], *, spread: bool) -> tuple[Sample, float]:
        """One value a set, shape (sets,), and the weight that they still need.

        With `spread`, of the distances from the median of the seeds in these sets.
        """
        parts, used = [], self.used(found, sets)
        for name, weighing, members in self.entries:
            values = stats.deviations(used[name]) if spread else used[name]
            each = self.seeds // members
            whole = values.reshape(-1, each).mean(axis=1) if each > 1 else values
            if len(self.entries) == 1:
                return whole, weighing
            parts.append(weighing * whole)
        return np.sum(parts, axis=0), 1.0


def _of(k: int, each: int) -> range:
    return range(k * each, (k + 1) * each)


def blocks(contrast: Contrast, pools: Pools) -> list[Block]:
    """The contrast in parts that share no run, so that their values are independent.

    Within a part values are paired: an ensemble of four is compared with the mean of its own four members.
    """
    parts: list[tuple[set[str], list[tuple[str, float, int]]]] = []
    for name, weight in zip(contrast.experiments, contrast.weights, strict=True):
        pool = pools.get(name, Pool((name,), 1))
        sources, entries = set(pool.experiments), [(name, weight, pool.members)]
        apart = []
        for part in parts:
            if part[0] & sources:
                sources, entries = part[0] | sources, part[1] + entries
            else:
                apart.append(part)
        parts = [*apart, (sources, entries)]
    return [Block(tuple(entries), math.lcm(*(one[2] for one in entries))) for _, entries in parts]
