"""Verdicts: how numbers decide claims. No input or output.

A claim about trained networks is *supported* when all its contrasts lie above their bounds,
*contradicted* when any lies below, significantly; else it is *undecided*. The rules (looks, Holm's
correction, sets of members) are written down with reasons in `docs/how-it-works.md`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.claims import stats
from bench.claims.counts import Counter, Exact, judge
from bench.claims.kinds import Contrast, Pool, Pools, Trained
from bench.claims.metrics import Values
from bench.claims.stats import Estimate, Sample
from bench.spec import LOOKS, Claim

Verdict = Literal["supported", "contradicted", "undecided"]
MIN_SETS = 3  # disjoint sets of members that a verdict needs


@dataclass(frozen=True)
class Outcome:
    """A claim with what the numbers say about it.

    `n` is the number of seeds that the verdict and the estimates rest on, `p` the two-sided p value
    after Holm's correction over the suite's claims, `look` the declared look at which it was given, `more`
    how many seeds an open claim is expected to need beside those, where the looks allow so many.
    """

    claim: Claim
    verdict: Verdict
    note: str
    n: int = 0
    look: int | None = None
    p: float | None = None
    alpha: float | None = None
    contrasts: tuple[tuple[Contrast, Estimate], ...] = ()
    more: int | None = None


def decide(
    claims: Sequence[Claim], values: Values, count: Counter, pools: Pools | None = None
) -> list[Outcome]:
    """Verdicts on all claims of a suite that a profile decides, in their order.

    `pools` tells of names that are ensembles, not experiments.
    """
    asked = [claim for claim in claims if isinstance(claim, Trained)]
    trained = decide_trained(asked, values, pools or {})
    return [trained[claim.id] if claim.id in trained else _decide_count(claim, count) for claim in claims]


def decide_trained(
    claims: Sequence[Trained], values: Values, pools: Pools | None = None
) -> dict[str, Outcome]:
    """Verdicts at the declared looks, each on the first so many seeds; the first verdict stands."""
    outcomes: dict[str, Outcome] = {}
    levels = looks(claims, pools or {})
    for look in levels:
        evidence = [_evidence(claim, values, pools or {}, look) for claim in claims]
        for claim, adjusted, found in zip(
            claims, stats.holm([max(1e-300, one.p) for one in evidence]), evidence, strict=True
        ):
            if claim.id in outcomes and (outcomes[claim.id].verdict != "undecided" or found.n < look):
                continue
            outcomes[claim.id] = _outcome(claim, found, float(adjusted), look, levels)
    return outcomes


def looks(claims: Sequence[Trained], pools: Pools) -> dict[int, float]:
    """The looks at which verdicts on these claims may be given, and the level of each.

    A look at which some ensemble has fewer than three disjoint sets of members is passed over, for all
    claims alike; its level goes to the next. So the levels' sum stays, and nothing seen decides it.
    """
    most = max(
        (block.seeds for claim in claims for one in claim.contrasts() for block in _blocks(one, pools)),
        default=1,
    )
    levels, saved = {}, 0.0
    for look, alpha in stats.LOOK_ALPHA.items():
        saved += alpha
        if most == 1 or look // most >= MIN_SETS:
            levels[look], saved = saved, 0.0
    return levels or {LOOKS[-1]: saved}


@dataclass(frozen=True)
class _Block:
    """Names of a contrast that share seeds, with their weights: one value for every so many seeds."""

    entries: tuple[tuple[str, float, int], ...]  # name, weight, members
    seeds: int

    def sample(self, values: Callable[[str], Sample], look: int) -> tuple[Sample, float]:
        """The block's values over the first seeds, and the weight that they still need."""
        parts, weight = [], 1.0
        for name, weighing, members in self.entries:
            found = values(name)[: look // members]
            each = self.seeds // members
            whole = found[: len(found) // each * each].reshape(-1, each).mean(axis=1) if each > 1 else found
            if len(self.entries) == 1:
                parts, weight = [whole], weighing
            else:
                parts.append(weighing * whole)
        n = min(len(part) for part in parts)
        return np.sum([part[:n] for part in parts], axis=0) if len(parts) > 1 else parts[0][:n], weight


def _blocks(contrast: Contrast, pools: Pools) -> list[_Block]:
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
    return [_Block(tuple(entries), math.lcm(*(one[2] for one in entries))) for _, entries in parts]


@dataclass(frozen=True)
class _Evidence:
    contrasts: tuple[tuple[Contrast, Estimate], ...]
    n: int  # seeds
    p: float  # two-sided; 1 while the look has not been reached
    supports: bool  # the side that p speaks for


def _evidence(claim: Trained, values: Values, pools: Pools, look: int) -> _Evidence:
    members = {name: pools[name].members if name in pools else 1 for name in claim.experiments()}
    samples = {name: values(name, claim.metric) for name in members}
    seeds = {name: len(samples[name]) * members[name] for name in members}
    enough = all(len(samples[name]) >= look // members[name] for name in members)
    n = look if enough else min(look, *seeds.values())
    if min(len(sample[: n // members[name]]) for name, sample in samples.items()) == 0:
        return _Evidence((), 0, 1.0, True)

    def compared(name: str) -> Sample:
        sample = samples[name][: n // members[name]]
        return stats.deviations(sample) if claim.over == "spread" else sample

    estimates = tuple((one, _estimate(one, compared, pools, n)) for one in claim.contrasts())
    if any(found.n == 0 for _, found in estimates):
        return _Evidence((), 0, 1.0, True)
    p_for = max(estimate.p_above(one.bound) for one, estimate in estimates)
    p_against = len(estimates) * min(estimate.p_below(one.bound) for one, estimate in estimates)
    p = min(1.0, 2 * min(p_for, p_against)) if n >= look else 1.0
    return _Evidence(estimates, n, p, p_for <= p_against)


def _estimate(contrast: Contrast, values: Callable[[str], Sample], pools: Pools, n: int) -> Estimate:
    drawn = [block.sample(values, n) for block in _blocks(contrast, pools)]
    if any(len(sample) == 0 for sample, _ in drawn):
        return Estimate(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    found = stats.contrast([sample for sample, _ in drawn], [weight for _, weight in drawn])
    return found.shifted(contrast.offset)


def _outcome(claim: Trained, found: _Evidence, p: float, look: int, levels: Mapping[int, float]) -> Outcome:
    if found.n < look:
        note = f"needs {look} seeds of each experiment, has {found.n}"
        return Outcome(claim, "undecided", note, found.n, contrasts=found.contrasts)
    alpha, more = levels[look], None
    if p <= alpha:
        verdict: Verdict = "supported" if found.supports else "contradicted"
        note = f"decided at the look of {look} seeds"
    else:
        verdict, (note, more) = "undecided", _seeds_needed(found, look, levels)
    return Outcome(claim, verdict, note, found.n, look, p, alpha, found.contrasts, more)


def _seeds_needed(found: _Evidence, look: int, levels: Mapping[int, float]) -> tuple[str, int | None]:
    later = [other for other in levels if other > look]
    if not later:
        return f"still open at the last look of {look} seeds", None
    if not all(one.se > 0 for _, one in found.contrasts):
        return "no spread between seeds to judge by", None
    alpha = levels[later[0]]
    if not found.supports:  # any contrast that is reversed will do
        alpha /= len(found.contrasts)
    needed = [
        (stats.seeds_for_power(one, contrast.bound, alpha, limit=LOOKS[-1]) or math.inf) * found.n / one.n
        for contrast, one in found.contrasts
        if found.supports or one.value < contrast.bound
    ]
    most = max(needed) if found.supports else min(needed, default=math.inf)
    enough = next((n for n in later if most <= n), None)
    if enough is None:
        return f"more than {LOOKS[-1]} seeds would be needed for an effect of this size", None
    return f"about {enough - found.n} more seeds needed", enough - found.n


def _decide_count(claim: Claim, count: Counter) -> Outcome:
    if not isinstance(claim, Exact):
        raise TypeError(f"claim {claim.id!r}: {type(claim).__name__} is no kind of claim")
    holds, note = judge(claim, count)
    if holds is None:
        return Outcome(claim, "undecided", note)
    return Outcome(claim, "supported" if holds else "contradicted", note)
