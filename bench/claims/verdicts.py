"""Verdicts: how numbers decide claims. No input or output.

A claim about trained networks is *supported* when all its contrasts lie above their bounds,
*contradicted* when any lies below, significantly; else it is *undecided*. The rules (looks, Holm's
correction, sets of members) are written down with reasons in `docs/how-it-works.md`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench.claims import stats
from bench.claims.counts import Counter, Exact, judge
from bench.claims.kinds import Contrast, Pools, Trained
from bench.claims.metrics import Values
from bench.claims.pairing import Block, Found, blocks
from bench.claims.stats import Estimate, Sample
from bench.spec import LOOKS, Claim
from bench.spec.metrics import title

Verdict = Literal["supported", "contradicted", "undecided"]
Environments = Mapping[str, frozenset[str]]  # by experiment or ensemble: the classes of its runs' machines
MIN_SETS = 3  # disjoint sets of members that a verdict needs


@dataclass(frozen=True)
class Outcome:
    """A claim with what the numbers say about it.

    `n` is the number of seeds that the verdict and the estimates rest on, `p` the two-sided p value
    after Holm's correction over the suite's claims, `look` the declared look at which it was given, `more`
    how many seeds an open claim is expected to need beside those, where the looks allow so many; before the
    first look, those that lack for it.
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
    claims: Sequence[Claim],
    values: Values,
    count: Counter,
    pools: Pools | None = None,
    environments: Environments | None = None,
) -> list[Outcome]:
    """Verdicts on all claims of a suite that a profile decides, in their order.

    `pools` tells of names that are ensembles, or share something by seed; `environments` tells where runs
    were made.
    """
    asked = [claim for claim in claims if isinstance(claim, Trained)]
    trained = decide_trained(asked, values, pools or {})
    for one in asked:
        if unlike := _unlike(one, environments or {}):
            trained[one.id] = replace(trained[one.id], note=f"{trained[one.id].note}; {unlike}")
    return [trained[claim.id] if claim.id in trained else _decide_count(claim, count) for claim in claims]


def _unlike(claim: Trained, environments: Environments) -> str:
    """That sides of a contrast come from unlike classes of machines, where they do and it is known."""
    for contrast in claim.contrasts():
        sides = {environments.get(name, frozenset()) for name in contrast.experiments} - {frozenset()}
        if len(sides) > 1:
            classes = sorted(frozenset[str]().union(*sides))
            return f"its sides were run on different machines: {' / '.join(classes)}"
    return ""


def decide_trained(
    claims: Sequence[Trained], values: Values, pools: Pools | None = None
) -> dict[str, Outcome]:
    """Verdicts at the declared looks, each on the first so many seeds; the first verdict stands."""
    outcomes: dict[str, Outcome] = {}
    levels = looks(claims, pools or {})
    asked = [_asked(claim, values, pools or {}) for claim in claims]
    for look in levels:
        evidence = [_evidence(one, look) for one in asked]
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
        (block.seeds for claim in claims for one in claim.contrasts() for block in blocks(one, pools)),
        default=1,
    )
    levels, saved = {}, 0.0
    for look, alpha in stats.LOOK_ALPHA.items():
        saved += alpha
        if most == 1 or look // most >= MIN_SETS:
            levels[look], saved = saved, 0.0
    return levels or {LOOKS[-1]: saved}


@dataclass(frozen=True)
class _Asked:
    """A claim with the values of its experiments, and of each contrast the blocks with their whole sets."""

    claim: Trained
    found: Found
    contrasts: tuple[tuple[Contrast, tuple[tuple[Block, list[int]], ...]], ...]

    def seeds(self, look: int) -> int:
        """How many seeds of every experiment there are to use at a look."""
        there = [(block.seeds, len(sets)) for _, parts in self.contrasts for block, sets in parts]
        enough = all(n >= look // seeds for seeds, n in there)
        return look if enough else min(look, *(seeds * n for seeds, n in there))

    def missing(self, n: int) -> str:
        """Which experiments' first n seeds ended without the metric, or with a NaN; empty where none did."""
        used: dict[str, Sample] = {}
        for block, sets in (part for _, parts in self.contrasts for part in parts):
            used |= block.used(self.found, sets[: n // block.seeds])
        lacking = {name: (int(np.sum(~np.isfinite(one))), len(one)) for name, one in used.items()}
        told = [f"{some} of {n} values of {name}" for name, (some, n) in lacking.items() if some]
        return f"no {title(self.claim.metric)}: {', '.join(told)} are missing" if told else ""


def _asked(claim: Trained, values: Values, pools: Pools) -> _Asked:
    found = {name: values(name, claim.metric) for name in claim.experiments()}
    parts = [(one, blocks(one, pools)) for one in claim.contrasts()]
    return _Asked(
        claim, found, tuple((one, tuple((block, block.sets(found)) for block in own)) for one, own in parts)
    )


@dataclass(frozen=True)
class _Evidence:
    contrasts: tuple[tuple[Contrast, Estimate], ...]
    n: int  # seeds
    p: float  # two-sided; 1 while the look has not been reached
    supports: bool  # the side that p speaks for
    missing: str = ""  # which values are not there, though the runs are


def _evidence(asked: _Asked, look: int) -> _Evidence:
    n = asked.seeds(look)
    if any(n < block.seeds for _, parts in asked.contrasts for block, _ in parts):
        return _Evidence((), 0, 1.0, True)
    if missing := asked.missing(n):
        return _Evidence((), n, 1.0, True, missing)
    estimates = tuple((one, _estimate(asked, one, parts, n)) for one, parts in asked.contrasts)
    p_for = max(estimate.p_above(one.bound) for one, estimate in estimates)
    p_against = len(estimates) * min(estimate.p_below(one.bound) for one, estimate in estimates)
    p = min(1.0, 2 * min(p_for, p_against)) if n >= look else 1.0
    return _Evidence(estimates, n, p, p_for <= p_against)


def _estimate(
    asked: _Asked, contrast: Contrast, parts: Sequence[tuple[Block, list[int]]], n: int
) -> Estimate:
    spread = asked.claim.over == "spread"
    drawn = [block.sample(asked.found, sets[: n // block.seeds], spread=spread) for block, sets in parts]
    found = stats.contrast([sample for sample, _ in drawn], [weight for _, weight in drawn])
    return found.shifted(contrast.offset)


def _outcome(claim: Trained, found: _Evidence, p: float, look: int, levels: Mapping[int, float]) -> Outcome:
    if found.missing:
        return Outcome(claim, "undecided", found.missing, found.n)
    if found.n < look:
        note = f"needs {look} seeds of each experiment, has {found.n}"
        return Outcome(claim, "undecided", note, found.n, contrasts=found.contrasts, more=look - found.n)
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
