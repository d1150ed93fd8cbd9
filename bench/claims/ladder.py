"""How a claim's contrasts change with the training budget: what its verdict says beside the budget it names.

A rung k of a ladder is trained for b_k steps, by a whole schedule. Through the contrasts there, Δ_k, a
straight line is drawn over the doublings of the budget, x_k = log2(b_k), by least squares. Its slope
Σ a_k Δ_k, with a_k = (x_k − x̄) / Σ (x_k − x̄)², and its height at any budget, Σ (1/K + a_k (x − x̄)) Δ_k, are
contrasts of the rungs' means themselves, so they have intervals as these have. Seeds of one rung share
nothing with those of another, unless both begin with one source: then the line is drawn seed by seed.

What the line says beyond the longest budget describes, and decides nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from bench.claims import stats
from bench.claims.evidence import Asked, Seen
from bench.claims.kinds import Contrast, Pools, Trained
from bench.claims.metrics import Values
from bench.claims.pairing import Block
from bench.claims.stats import Estimate, Sample
from bench.spec.metrics import EpochsTo

FAR = 3  # doublings beyond the longest budget that a line may be drawn for
LEFT_OUT = ". Left out: contrasts on epochs to a level that some run never reached"
_GRID = 200  # places at which the line is held against a bound

Trend = Literal["closing", "stable", ""]


@dataclass(frozen=True)
class Rung:
    """What was measured at one budget: training steps by experiment, metrics by seed, and what was seen.

    `epochs` are those that the runs of an experiment have; `frozen` experiments train some layers alone, so
    that a high training error says nothing of how long they were trained. `images` tells how many are trained
    on, where experiments differ in it; `edges` which settings of an experiment are from the edge of what
    was tried.
    """

    steps: Mapping[str, int]
    values: Values
    seen: Seen = field(default_factory=Seen)
    epochs: Mapping[str, int] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    images: Mapping[str, int] = field(default_factory=dict)
    edges: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Climb:
    """A contrast along a ladder, from the shortest budget to that of the verdict.

    `crossing` is the budget at which the line meets the bound, with those at which it could (95 %), as far as
    the ladder and three doublings more reach; None where it does not meet it there.
    """

    contrast: Contrast
    steps: tuple[int, ...]
    estimates: tuple[Estimate, ...]
    slope: Estimate  # a doubling
    projected: Estimate  # three doublings beyond
    line: tuple[tuple[float, Estimate], ...]  # its height by budget
    crossing: tuple[float | None, float, float] | None
    trend: Trend
    early: bool  # one more doubling gains some contender more than the contrast is worth


def climb(claim: Trained, rungs: Sequence[Rung], pools: Pools) -> tuple[Climb, ...]:
    """The contrasts of a claim over at least two rungs, shortest first; none where a rung lacks any.

    Those on epochs to a level that some run never reached are left out.
    """
    if len(rungs) < 2:
        return ()
    asked = [Asked.of(claim, rung.values, pools, rung.seen) for rung in rungs]
    if any(not sets for one in asked for _, parts in one.contrasts for _, sets in parts):
        return ()
    if any(one.missing() for one in asked):
        return ()
    capped = {name for rung in rungs for name in never_there(claim, rung)}  # which are no measure
    return tuple(
        _climb(asked, rungs, place, pools)
        for place, contrast in enumerate(claim.contrasts())
        if capped.isdisjoint(contrast.experiments)
    )


def _climb(asked: Sequence[Asked], rungs: Sequence[Rung], place: int, pools: Pools) -> Climb:
    contrast = asked[0].contrasts[place][0]
    steps = tuple(max(rung.steps[name] for name in contrast.experiments) for rung in rungs)
    doublings = [math.log2(one) for one in steps]
    estimates = tuple(one.estimates()[place][1] for one in asked)

    def along(weights: Sequence[float], offset: float) -> Estimate:
        return _over(asked, place, weights, pools).shifted(offset * contrast.offset)

    slope = along(slopes(doublings), 0.0)
    last = float(doublings[-1])
    projected = along(heights(doublings, last + FAR), 1.0)
    line = [
        (2 ** float(at), along(heights(doublings, float(at)), 1.0))
        for at in np.linspace(doublings[0], last + FAR, _GRID)
    ]
    top, bound = estimates[-1].value, contrast.bound
    heading = slope.high < 0 if top > bound else slope.low > 0
    reaches = projected.low <= bound if top > bound else projected.high >= bound
    trend: Trend = "closing" if heading and reaches else "" if reaches else "stable"
    gains = [abs(_gain(asked, name, doublings)) for name in contrast.experiments]
    return Climb(
        contrast,
        steps,
        estimates,
        slope,
        projected,
        tuple(line),
        _crossing(line, bound),
        trend if math.isfinite(slope.low) else "",
        max(gains) > abs(top - bound),
    )


def never_there(claim: Trained, rung: Rung) -> dict[str, tuple[int, int]]:
    """How many runs never reached the level of a claim on `EpochsTo`, of how many, by experiment with any."""
    if not isinstance(claim.metric, EpochsTo):
        return {}
    found = {}
    for name in claim.experiments():
        values, epochs = rung.values(name, claim.metric), rung.epochs.get(name, math.inf)
        if never := sum(value > epochs for value in values.values()):
            found[name] = never, len(values)
    return found


def slopes(doublings: Sequence[float]) -> list[float]:
    """The weights of the rungs in the slope of the least-squares line; they sum to 0."""
    apart = np.asarray(doublings) - np.mean(doublings)
    return [float(one) for one in apart / np.sum(apart**2)]


def heights(doublings: Sequence[float], at: float) -> list[float]:
    """The weights of the rungs in the height of that line at a place; they sum to 1."""
    aside = at - float(np.mean(doublings))
    return [1 / len(doublings) + one * aside for one in slopes(doublings)]


def _over(asked: Sequence[Asked], place: int, weights: Sequence[float], pools: Pools) -> Estimate:
    """A weighted sum of one contrast's estimates over the rungs."""
    rungs = [one.contrasts[place][1] for one in asked]
    samples: list[Sample] = []
    shares: list[float] = []
    for part in range(len(rungs[0])):
        blocks = [(rung[part][0], rung[part][1]) for rung in rungs]
        if _by_seed(blocks[0][0], pools):
            sets = sorted(set(blocks[0][1]).intersection(*(own for _, own in blocks)))
            drawn = [
                (sample * share * weight)
                for weight, (block, _), one in zip(weights, blocks, asked, strict=True)
                for sample, share in [one._sample(block, sets)]
            ]
            samples.append(np.sum(drawn, axis=0))
            shares.append(1.0)
            continue
        for weight, (block, sets), one in zip(weights, blocks, asked, strict=True):
            sample, share = one._sample(block, sets)
            samples.append(sample)
            shares.append(share * weight)
    return stats.contrast(samples, shares)


def _by_seed(block: Block, pools: Pools) -> bool:
    """Whether runs of one seed share something at different rungs: a source, halves of the classes."""
    shared = (pools[name] for name, _, _ in block.entries if name in pools)
    return any(one.members == 1 and len(one.experiments) > 1 for one in shared)


def _gain(asked: Sequence[Asked], name: str, doublings: Sequence[float]) -> float:
    """What a doubling of the budget changes of one experiment's own mean."""
    means = [float(np.mean(list(one.found[name].values()))) for one in asked]
    return float(np.dot(slopes(doublings), means))


def _crossing(
    line: Sequence[tuple[float, Estimate]], bound: float
) -> tuple[float | None, float, float] | None:
    """Where a line meets a bound: its own budget, and the least and largest at which it could (Fieller 1954).

    Those are the budgets at which the line's interval holds the bound.
    """
    within = [at for at, found in line if found.low <= bound <= found.high]
    if not within:
        return None
    sides = [found.value > bound for _, found in line]
    turns = [line[i][0] for i in range(1, len(line)) if sides[i] != sides[i - 1]]
    return (turns[0] if turns else None), within[0], within[-1]


def words(verdict: str, climbs: Sequence[Climb]) -> list[str]:
    """What a verdict that was given adds to its budget: that its contrasts close, or stay; and are early."""
    if verdict == "undecided" or not climbs:
        return []
    if verdict == "contradicted":  # the contrast that lies furthest below its bound has decided
        carrying = [min(climbs, key=lambda one: one.estimates[-1].p_below(one.contrast.bound))]
    else:
        carrying = list(climbs)
    trends = {one.trend for one in carrying}
    told = ["closing"] if "closing" in trends else ["stable"] if trends == {"stable"} else []
    return told + (["early"] if any(one.early for one in carrying) else [])
