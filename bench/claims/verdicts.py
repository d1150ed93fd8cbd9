"""Verdicts: how numbers decide claims. No input or output.

A claim about trained networks is *supported* when all its contrasts lie above their bounds,
*contradicted* when any lies below, significantly; else it is *undecided*. The rules (looks, Holm's
correction, sets of members) are written down with reasons in `docs/statistics.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.claims import stats
from bench.claims.counts import Counter, Exact, judge
from bench.claims.evidence import Asked, Evidence, Seen, evidence
from bench.claims.kinds import Contrast, Pools, Trained
from bench.claims.ladder import Climb, Rung, climb, words
from bench.claims.metrics import Values
from bench.claims.more_seeds import seeds_needed
from bench.claims.pairing import blocks
from bench.claims.remarks import EDGE, UNREACHED, at_an_edge, budget_told, learning_speed, unreached
from bench.claims.stats import Estimate
from bench.claims.weak_points import doubts, weak_points
from bench.spec import LOOKS, Claim
from bench.spec.metrics import METRICS, At

Verdict = Literal["supported", "contradicted", "undecided"]
Environments = Mapping[str, frozenset[str]]  # by experiment or ensemble: the classes of its runs' machines
MIN_SETS = 3  # disjoint sets of members that a verdict needs


@dataclass(frozen=True)
class Outcome:
    """A claim with what the numbers say about it.

    `n` is the number of seeds that the verdict and the estimates rest on, `p` the two-sided p value
    after Holm's correction over the suite's claims, `look` the declared look at which it was given, `more`
    how many seeds an open claim is expected to need beside those, where the looks allow so many; before the
    first look, those that lack for it. `budget` is what was trained for it, in words, `climbs` its contrasts
    over the ladder, where there is one; `remarks` qualify the verdict wherever it stands.
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
    budget: str = ""
    remarks: tuple[str, ...] = ()
    climbs: tuple[Climb, ...] = ()

    @property
    def holds_at(self) -> str:
        """The budget of the verdict, and what is known of others: "at 1,404 steps, closing"."""
        return ", ".join(filter(None, [self.budget and f"at {self.budget}", *self.remarks]))

    @property
    def at(self) -> str:
        """The verdict with that: "contradicted at 1,404 steps, closing"."""
        return f"{self.verdict} {self.holds_at}".strip()


def decide(
    claims: Sequence[Claim],
    values: Values,
    count: Counter,
    pools: Pools | None = None,
    environments: Environments | None = None,
    seen: Seen | None = None,
    rungs: Sequence[Rung] = (),
    first_look: int = LOOKS[0],
) -> list[Outcome]:
    """Verdicts on all claims of a suite that a profile decides, in their order.

    `pools` tells of names that are ensembles, or share something by seed; `environments` tells where runs
    were made, `seen` which runs diverged, and which test images they got right. `rungs` are the budgets of
    the ladder, that of the verdicts last; `first_look` is the number of seeds below which none is given.
    """
    asked = [claim for claim in claims if isinstance(claim, Trained)]
    trained = decide_trained(asked, values, pools or {}, seen or Seen(), first_look)
    for one in asked:
        if unlike := _unlike(one, environments or {}):
            trained[one.id] = replace(trained[one.id], note=f"{trained[one.id].note}; {unlike}")
        if rungs:
            trained[one.id] = _with_budget(trained[one.id], one, rungs, pools or {})
    return [trained[claim.id] if claim.id in trained else _decide_count(claim, count) for claim in claims]


def _with_budget(outcome: Outcome, claim: Trained, rungs: Sequence[Rung], pools: Pools) -> Outcome:
    """The outcome with the budget that it holds at, and what is known of others."""
    top, note = rungs[-1], outcome.note
    climbs = climb(claim, rungs, pools)
    whole = climbs if len(climbs) == len(claim.contrasts()) else ()
    remarks, (never, measured) = words(outcome.verdict, whole), unreached(claim, top, outcome.contrasts)
    edge = at_an_edge(claim, top) if outcome.verdict != "undecided" else ""
    if not climbs and outcome.verdict != "undecided" and (slow := learning_speed(claim, top)):
        note, remarks = f"{note}; {slow}", ["learning speed"]
    note = "; ".join(filter(None, [note, never, edge]))
    remarks += [UNREACHED] * bool(never) + [EDGE] * bool(edge)
    budget = budget_told(top, claim.experiments())
    remarks = [*remarks, *outcome.remarks]
    return replace(
        outcome, note=note, budget=budget, remarks=tuple(remarks), climbs=climbs, contrasts=measured
    )


def _unlike(claim: Trained, environments: Environments) -> str:
    """That sides of a contrast come from unlike classes of machines, where they do and it is known."""
    for contrast in claim.contrasts():
        sides = {environments.get(name, frozenset()) for name in contrast.experiments} - {frozenset()}
        if len(sides) > 1:
            classes = sorted(frozenset[str]().union(*sides))
            return f"its sides were run on different machines: {' / '.join(classes)}"
    return ""


def decide_trained(
    claims: Sequence[Trained],
    values: Values,
    pools: Pools | None = None,
    seen: Seen | None = None,
    first_look: int = LOOKS[0],
) -> dict[str, Outcome]:
    """Verdicts at the declared looks, each on the first so many seeds; the first verdict stands."""
    outcomes: dict[str, Outcome] = {}
    levels = looks(claims, pools or {}, first_look)
    asked = [Asked.of(claim, values, pools or {}, seen or Seen()) for claim in claims]
    for look in levels:
        heard = [evidence(one, look) for one in asked]
        adjusted = stats.holm([max(1e-300, one.p) for one in heard])
        elsewhere = stats.holm(
            [max(1e-300, one.p if one.elsewhere is None else one.elsewhere) for one in heard]
        )
        undecided = sum(p > levels[look] for p in adjusted)
        for one, found, p, wider in zip(asked, heard, adjusted, elsewhere, strict=True):
            name = one.claim.id
            if name in outcomes and (outcomes[name].verdict != "undecided" or found.n < look):
                continue
            outcomes[name] = _outcome(one, found, float(p), float(wider), look, levels, undecided)
    return outcomes


def looks(claims: Sequence[Trained], pools: Pools, first: int = LOOKS[0]) -> dict[int, float]:
    """The looks at which verdicts on these claims may be given, and the level of each.

    Looks before the first that a profile declares are passed over, and those at which some ensemble has fewer
    than three disjoint sets of members, for all claims alike; their levels go to the next. So the levels' sum
    stays, and nothing seen decides it.
    """
    most = max(
        (block.seeds for claim in claims for one in claim.contrasts() for block in blocks(one, pools)),
        default=1,
    )
    levels, saved = {}, 0.0
    for look, alpha in stats.LOOK_ALPHA.items():
        saved += alpha
        if look >= first and (most == 1 or look // most >= MIN_SETS):
            levels[look], saved = saved, 0.0
    return levels or {LOOKS[-1]: saved}


def _outcome(
    asked: Asked,
    found: Evidence,
    p: float,
    wider: float,
    look: int,
    levels: Mapping[int, float],
    undecided: int,
) -> Outcome:
    claim = asked.claim
    if found.hinders:
        return Outcome(claim, "undecided", found.hinders, found.n, contrasts=found.contrasts)
    if found.n < look:
        note = f"needs {look} seeds of each experiment, has {found.n}"
        return Outcome(claim, "undecided", note, found.n, contrasts=found.contrasts, more=look - found.n)
    alpha, more, remarks = levels[look], None, list[str]()
    if p <= alpha:
        verdict: Verdict = "supported" if found.supports else "contradicted"
        weak = weak_points(asked, found)
        notes = [f"decided at the look of {look} seeds{_by(found)}", *(told for _, told in weak)]
        notes += _of_other_images(claim, found, wider, alpha)
        note = "; ".join(notes)
        remarks += [mark for mark, _ in weak if mark]
        if found.elsewhere is not None and not found.few and wider > alpha:
            remarks.append("for these test images")
    else:
        verdict, (needed, more) = "undecided", seeds_needed(found, look, levels, undecided)
        note = "; ".join([needed, *doubts(asked, found, alpha / undecided)])
    return Outcome(
        claim, verdict, note, found.n, look, p, alpha, found.contrasts, more, remarks=tuple(remarks)
    )


def _by(found: Evidence) -> str:
    """Which of several contrasts contradicts a claim."""
    if found.supports or len(found.contrasts) == 1:
        return ""
    one, _ = min(found.contrasts, key=lambda pair: pair[1].p_below(pair[0].bound))
    return f", by {one.label}"


def _of_other_images(claim: Trained, found: Evidence, p: float, alpha: float) -> list[str]:
    """What a verdict on these test images says of other ones."""
    if found.elsewhere is None:
        metric = claim.metric.metric if isinstance(claim.metric, At) else claim.metric
        of_test_images = isinstance(metric, str) and METRICS[metric].tested
        return ["not known for other test images"] if of_test_images else []
    if found.few:
        return [f"for other test images too, of which there are few ({found.few})"]
    return ["for other test images too" if p <= alpha else f"undecided for other test images (p = {p:.2g})"]


def _decide_count(claim: Claim, count: Counter) -> Outcome:
    if not isinstance(claim, Exact):
        raise TypeError(f"claim {claim.id!r}: {type(claim).__name__} is no kind of claim")
    holds, note = judge(claim, count)
    if holds is None:
        return Outcome(claim, "undecided", note)
    return Outcome(claim, "supported" if holds else "contradicted", note)
