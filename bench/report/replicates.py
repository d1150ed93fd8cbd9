"""Replicates side by side: whether all of it, done again with other seeds, gives the same verdicts."""

from collections.abc import Sequence
from itertools import combinations

from bench.claims.again import WORDS, Tally, tally, verdict_again
from bench.claims.kinds import Trained
from bench.claims.verdicts import Outcome
from bench.report.protocol import halves
from bench.report.table import Table, interval
from bench.results.tables import Results


def replicates_table(results: Results) -> Table | None:
    """Every claim's verdict and estimates in each replicate; None where there is one alone."""
    if not results.replicates:
        return None
    every = [results, *results.replicates]
    found = [_trained(one.outcomes) for one in every]
    shared = [claim for claim in found[0] if all(claim in one for one in found)]
    rows = []
    for claim in shared:
        outcomes = [one[claim] for one in found]
        kinds = {verdict_again(a.verdict, b.verdict) for a, b in combinations(outcomes, 2)}
        told = (
            "turned round" if "turned" in kinds else "came out again" if kinds == {"again"} else "not always"
        )
        rows.append((claim, *(cell(one) for one in outcomes), told))
    names = ("first", *(f"replicate {one.replicate}" for one in results.replicates))
    drawn = (
        "other halves of the classes, whose test images are others out of the same ones"
        if halves(results)
        else "other draws from the same training images, the same test images"
    )
    caption = (
        f"Replicates: {results.label}. All was trained again with other seeds, {drawn} and, where settings "
        f"are searched, other searches. Of all pairs: {agreement(results).line}"
    )
    return Table("replicates", caption, ("claim", *names, "verdict"), tuple(rows))


def not_again(results: Results) -> list[str]:
    """The claims that were decided, but not so in every replicate."""
    again = [_trained(one.outcomes) for one in results.replicates]
    return [
        claim
        for claim, one in _trained(results.outcomes).items()
        if one.verdict != "undecided"
        and any(other[claim].verdict != one.verdict for other in again if claim in other)
    ]


def alike(results: Results) -> tuple[int, int]:
    """How many claims have one verdict in every replicate, and of how many."""
    found = [_trained(one.outcomes) for one in (results, *results.replicates)]
    shared = [claim for claim in found[0] if all(claim in one for one in found)]
    return sum(len({one[claim].verdict for one in found}) == 1 for claim in shared), len(shared)


def agreement(results: Results) -> Tally:
    """How often the claims of some results, and of their replicates, came out again, over all pairs."""
    found = [_trained(one.outcomes) for one in (results, *results.replicates)]
    pairs = [(a[claim], b[claim]) for a, b in combinations(found, 2) for claim in a if claim in b]
    return tally(pairs)


def verdicts_side_by_side(a: Results, b: Results) -> tuple[Table, str]:
    """The claims that two results folders decide, and in one line how often they agree."""
    one, other = _trained(a.outcomes), _trained(b.outcomes)
    shared = [claim for claim in one if claim in other]
    rows = tuple(
        (
            claim,
            cell(one[claim]),
            cell(other[claim]),
            WORDS[verdict_again(one[claim].verdict, other[claim].verdict)],
        )
        for claim in shared
    )
    table = Table("verdicts", f"A: {a.label}. B: {b.label}", ("claim", "A", "B", "verdict"), rows)
    return table, tally([(one[claim], other[claim]) for claim in shared]).line


def cell(outcome: Outcome) -> str:
    """A verdict with the estimates that it rests on."""
    assert isinstance(outcome.claim, Trained)
    shown = "; ".join(interval(found) for _, found in outcome.contrasts[: outcome.claim.shown()])
    return f"{outcome.verdict}: {shown}" if shown else outcome.verdict


def _trained(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {one.claim.id: one for one in outcomes if isinstance(one.claim, Trained)}
