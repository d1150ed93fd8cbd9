"""What the seeds of a look say of a claim: estimates and p values, and what these hang on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.claims import stats
from bench.claims.kinds import Contrast, Pools, Trained
from bench.claims.metrics import Values
from bench.claims.pairing import Block, Found, blocks
from bench.claims.stats import Estimate, Sample
from bench.spec.metrics import title

Parts = tuple[tuple[Block, list[int]], ...]  # a contrast's independent parts, each with its sets of seeds
Diverged = Mapping[
    str, frozenset[int]
]  # by experiment or ensemble: the seeds, or sets, of which a run diverged
NOMINAL = 0.05  # the level, not corrected, at which a verdict must hold without any one seed
UNEVEN = 3.0  # a ratio of standard deviations beyond which levels are not what they are said to be


@dataclass(frozen=True)
class Asked:
    """A claim with the values of its experiments, and of each contrast the parts with their whole sets."""

    claim: Trained
    found: Found
    contrasts: tuple[tuple[Contrast, Parts], ...]
    diverged: Diverged

    @classmethod
    def of(cls, claim: Trained, values: Values, pools: Pools, diverged: Diverged) -> "Asked":
        """The claim asked of such values."""
        found = {name: values(name, claim.metric) for name in claim.experiments()}
        parts = tuple((one, blocks(one, pools)) for one in claim.contrasts())
        return cls(claim, found, _whole(parts, found), diverged)

    def seeds(self, look: int) -> int:
        """How many seeds of every experiment there are to use at a look."""
        there = [(block.seeds, len(sets)) for _, parts in self.contrasts for block, sets in parts]
        enough = all(n >= look // seeds for seeds, n in there)
        return look if enough else min(look, *(seeds * n for seeds, n in there))

    def first(self, n: int) -> "Asked":
        """The same of the first n seeds."""
        return replace(
            self,
            contrasts=tuple(
                (one, tuple((block, sets[: n // block.seeds]) for block, sets in parts))
                for one, parts in self.contrasts
            ),
        )

    def without(self, seed: int) -> "Asked":
        """The same without a seed, of whatever experiment."""
        return replace(
            self,
            contrasts=tuple(
                (one, tuple((block, [k for k in sets if k != seed // block.seeds]) for block, sets in parts))
                for one, parts in self.contrasts
            ),
        )

    def converged(self) -> "Asked":
        """The same without the runs that diverged, and what is paired with them."""
        there = {
            name: {one: value for one, value in values.items() if one not in self.diverged.get(name, ())}
            for name, values in self.found.items()
        }
        kept = tuple(
            (one, tuple((block, sorted({*sets}.intersection(block.sets(there)))) for block, sets in parts))
            for one, parts in self.contrasts
        )
        return replace(self, contrasts=kept)

    def places(self) -> dict[str, list[int]]:
        """The seeds (of ensembles, the sets) whose values are used, by name."""
        used: dict[str, set[int]] = {}
        for block, sets in (part for _, parts in self.contrasts for part in parts):
            for name, places in block.places(sets).items():
                used.setdefault(name, set()).update(places)
        return {name: sorted(places) for name, places in used.items()}

    def missing(self) -> str:
        """Which experiments ended without the metric, or with a NaN; empty where none did."""
        told = []
        for name, places in self.places().items():
            some = sum(not math.isfinite(self.found[name][one]) for one in places)
            told += [f"{some} of {len(places)} values of {name}"] if some else []
        return f"no {title(self.claim.metric)}: {', '.join(told)} are missing" if told else ""

    def estimates(self) -> tuple[tuple[Contrast, Estimate], ...]:
        """Every contrast's."""
        return tuple((one, self._estimate(one, parts)) for one, parts in self.contrasts)

    def _estimate(self, contrast: Contrast, parts: Parts) -> Estimate:
        drawn = [self._sample(block, sets) for block, sets in parts]
        found = stats.contrast([sample for sample, _ in drawn], [weight for _, weight in drawn])
        return found.shifted(contrast.offset)

    def _sample(self, block: Block, sets: list[int]) -> tuple[Sample, float]:
        return block.sample(self.found, sets, spread=self.claim.over == "spread")

    def unevenness(self) -> float:
        """The largest ratio of standard deviations among the independent parts of a contrast."""
        ratios = [1.0]
        for _, parts in self.contrasts:
            spreads = [np.std(sample, ddof=1) for sample, _ in (self._sample(*part) for part in parts)]
            if len(spreads) > 1 and min(spreads) > 0:
                ratios.append(float(max(spreads) / min(spreads)))
        return max(ratios)


def _whole(
    contrasts: Sequence[tuple[Contrast, list[Block]]], found: Found
) -> tuple[tuple[Contrast, Parts], ...]:
    return tuple((one, tuple((block, block.sets(found)) for block in own)) for one, own in contrasts)


@dataclass(frozen=True)
class Evidence:
    """What the seeds of a look say; `hinders` is why they can say nothing, though runs are there."""

    contrasts: tuple[tuple[Contrast, Estimate], ...]
    n: int  # seeds
    p: float  # two-sided; 1 while the look has not been reached, or something hinders
    supports: bool  # the side that p speaks for
    hinders: str = ""


def evidence(asked: Asked, look: int) -> Evidence:
    """What a claim's first so many seeds say."""
    n = asked.seeds(look)
    if any(n < block.seeds for _, parts in asked.contrasts for block, _ in parts):
        return Evidence((), 0, 1.0, True)
    used = asked.first(n)
    if missing := used.missing():
        return Evidence((), n, 1.0, True, missing)
    estimates = used.estimates()
    if diverged := _diverged(used, estimates):
        return Evidence(estimates, n, 1.0, True, diverged)
    p, supports = _two_sided(estimates)
    return Evidence(estimates, n, p if n >= look else 1.0, supports)


def _two_sided(estimates: Sequence[tuple[Contrast, Estimate]]) -> tuple[float, bool]:
    """The p of a claim, and whether it speaks for it: all contrasts above their bounds, or any below."""
    p_for = max(estimate.p_above(one.bound) for one, estimate in estimates)
    p_against = len(estimates) * min(estimate.p_below(one.bound) for one, estimate in estimates)
    return min(1.0, 2 * min(p_for, p_against)), p_for <= p_against


def _diverged(used: Asked, estimates: Sequence[tuple[Contrast, Estimate]]) -> str:
    """That runs diverged, how often on each side, and what the estimates are with and without them."""
    places = used.places()
    runs = {
        name: (len(used.diverged.get(name, frozenset()).intersection(own)), len(own))
        for name, own in places.items()
    }
    if not any(some for some, _ in runs.values()):
        return ""
    told = [f"{some} of {n} runs of {name} diverged" for name, (some, n) in runs.items() if some]
    if len(runs) == len(used.contrasts[0][1]) == 2:  # sides that share nothing
        told[-1] += f" (both sides alike: p = {stats.fisher(*runs.values()):.2g}, Fisher's exact test)"
    for (contrast, counted), (_, parts) in zip(estimates, used.converged().contrasts, strict=True):
        if all(sets for _, sets in parts):
            left = used._estimate(contrast, parts).value
            if left != counted.value:
                told.append(
                    f"{contrast.label} is {counted.value:.2f} with them at chance, {left:.2f} without"
                )
    return "; ".join(told)


def weak_points(asked: Asked, found: Evidence) -> list[str]:
    """What a verdict hangs on: single seeds that carry it, spreads too uneven for its level."""
    used, notes = asked.first(found.n), []
    carrying = [str(seed) for seed in _seeds(used) if not _stands(used.without(seed), found.supports)]
    if carrying:
        seeds = f"seed {carrying[0]}" if len(carrying) == 1 else f"any one of the seeds {', '.join(carrying)}"
        notes.append(f"fragile: it would not stand without {seeds}")
    if (ratio := used.unevenness()) > UNEVEN:
        notes.append(f"its sides spread unevenly, 1:{ratio:.1f}")
    return notes


def _stands(left: Asked, supports: bool) -> bool:
    if any(not sets for _, parts in left.contrasts for _, sets in parts):
        return False
    p, still = _two_sided(left.estimates())
    return p <= NOMINAL and still == supports


def _seeds(used: Asked) -> list[int]:
    """Every seed that some part uses."""
    parts = [part for _, parts in used.contrasts for part in parts]
    return sorted({k * block.seeds + i for block, sets in parts for k in sets for i in range(block.seeds)})
