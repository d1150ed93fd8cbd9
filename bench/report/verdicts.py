"""The table of verdicts, and a verdict in words."""

from collections.abc import Sequence

from bench.claims.evidence import FEW, Asked
from bench.claims.kinds import Contrast, Equivalence, Trained
from bench.claims.verdicts import Outcome
from bench.report.table import Table, interval, p_value
from bench.results.tables import Results
from bench.spec import Claim
from bench.spec.metrics import unit


def verdict_table(results: Results, outcomes: Sequence[Outcome]) -> Table:
    """All claims of the suite: verdicts on those that the profile decides, the others as not run."""
    by_id = {one.claim.id: one for one in outcomes}
    rows = []
    for claim in results.claims:
        said = f"{claim.said} ({claim.source})" if claim.source else claim.said
        outcome = by_id.get(claim.id)
        if outcome is None:
            there = _there(results, claim)
            what = "not asked" if there else "not run"
            note = f"{what} in {results.plan['profile']}{': left to a longer profile' * there}"
            note += measured(results, claim)
            rows.append((claim.id, claim.text, what, "–", "–", "–", "–", "–", said, note))
            continue
        n = _seeds(outcome) if isinstance(claim, Trained) else "–"
        rows.append(
            (
                claim.id,
                claim.text,
                outcome.verdict,
                outcome.holds_at.removeprefix("at ") or "–",
                estimates(outcome),
                p_value(outcome.p),
                "–" if outcome.alpha is None else f"{outcome.alpha:g}",
                n,
                said,
                outcome.note,
            )
        )
    trained = sum(isinstance(one.claim, Trained) for one in outcomes)
    images = " and of test images" if few_images(results) else ""
    source = "the source says" + (" (other protocol!)" if results.other_protocol else "")
    return Table(
        "verdicts",
        f"Verdicts: {results.label}. Estimates are differences of means over n seeds (of ensembles over "
        f"disjoint sets of them), with 95 % intervals for the choice of seeds{images}, one at a time. p is "
        "two-sided, for any difference at all or beyond the bound that is asked; of several differences that "
        "of the weakest, or, where any is reversed, of the strongest reversed one times their number. It is "
        f"corrected for {trained} claims (Holm). A claim is decided where p is at most the level of its look",
        ("claim", "text", "verdict", "budget", "estimate", "p", "level", "n", source, "why"),
        tuple(rows),
        frozenset({"p", "level", "n"}),
    )


def few_images(results: Results) -> bool:
    """Whether runs are tested on so few images that the interval for other ones, too, decides."""
    return any(n < FEW for name in results.experiments for n in results.test_images(name).values())


def _there(results: Results, claim: Claim) -> bool:
    """Whether the profile trains all that a claim speaks of."""
    return bool(claim.experiments()) and {*claim.experiments()} <= {*results.experiments, *results.pools}


def measured(results: Results, claim: Claim) -> str:
    """What is measured of a claim that is not asked, so that nothing is passed over in silence."""
    if not isinstance(claim, Trained) or not _there(results, claim):
        return ""
    asked = Asked.of(claim, results.by_seed, results.pools, results.seen)
    if not all(len(found) for found in asked.found.values()) or asked.missing():
        return ""
    told = [f"{one.label} {found.value:.2f}" for one, found in asked.estimates()[: claim.shown()]]
    return f" (measured, not tested: {'; '.join(told)})"


def estimates(outcome: Outcome) -> str:
    """The contrasts of a claim in one cell."""
    if not isinstance(outcome.claim, Trained) or not outcome.contrasts:
        return "–"
    metric = outcome.claim.metric
    points = "points" if unit(metric) == "%" else unit(metric)
    told = outcome.contrasts[: outcome.claim.shown()]
    within = isinstance(outcome.claim, Equivalence)
    shown = [f"{one.label}: {interval(found)}{_bound(one, within)}" for one, found in told]
    return f"{outcome.claim.quantity}{points and f', {points}'}: " + "; ".join(shown)


def _bound(one: Contrast, within: bool) -> str:
    """What a contrast was asked to be, where that is not above 0."""
    if not one.bound:
        return ""
    return f" (asked: within ±{-one.bound:g})" if within else f" (asked: above {one.bound:g})"


def conclusion(outcome: Outcome) -> str:
    """What a verdict rests on, in one line."""
    measured = estimates(outcome)
    if measured == "–":
        return outcome.note
    equals = "" if outcome.p is None or outcome.p < 1e-4 else "= "
    p = ""
    if outcome.p is not None:
        p = f"; p {equals}{p_value(outcome.p)}, corrected for the number of claims (level {outcome.alpha:g})"
    return f"{measured}; n = {_seeds(outcome)}{p}; {outcome.note}"


def _seeds(outcome: Outcome) -> str:
    """How many seeds a verdict rests on, and in how many sets where ensembles take several each."""
    sets = sorted({found.n for _, found in outcome.contrasts} or {outcome.n}, reverse=True)
    return str(outcome.n) if sets == [outcome.n] else f"{outcome.n} in {' and '.join(map(str, sets))} sets"
