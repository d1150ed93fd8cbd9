"""How many seeds a claim needs for the smallest effect that matters, by the spread of earlier results."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.claims import stats
from bench.claims.kinds import Trained
from bench.claims.verdicts import looks
from bench.results.tables import Results
from bench.spec import Claim

POWER = 0.8


@dataclass(frozen=True)
class Needed:
    """The look at which a claim would find what matters to it; None where none of them does."""

    claim: Trained
    look: int | None


def seeds_needed(results: Results, claims: Iterable[Claim]) -> list[Needed]:
    """For every one of the claims that says what matters to it, where some earlier results have its spread.

    A look finds an effect where a test by its level, divided by the number of claims as Holm's correction is
    at worst, has a power of 80 %.
    """
    trained = [one for one in results.decided if isinstance(one, Trained)]
    levels = looks(trained, results.pools, results.first_look)
    wishes = {one.id: one for one in claims if isinstance(one, Trained) and one.matters is not None}
    found = []
    for outcome in (one for one in results.outcomes if one.claim.id in wishes and one.contrasts):
        claim = wishes[outcome.claim.id]
        assert claim.matters is not None
        if not all(one.se > 0 for _, one in outcome.contrasts):
            continue
        meant = [(c, replace(one, value=c.bound + claim.matters)) for c, one in outcome.contrasts]
        enough = (
            look
            for look, level in levels.items()
            if all(
                stats.seeds_for_power(
                    one, c.bound, level / len(trained), POWER, limit=look * one.n // outcome.n
                )
                for c, one in meant
            )
        )
        found.append(Needed(claim, next(enough, None)))
    return found
