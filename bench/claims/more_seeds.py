"""How many more seeds an open claim is expected to need."""

from collections.abc import Mapping

from bench.claims import stats
from bench.claims.evidence import Evidence
from bench.spec import LOOKS


def seeds_needed(
    found: Evidence, look: int, levels: Mapping[int, float], undecided: int
) -> tuple[str, int | None]:
    """At which look the effect seen would be found with a power of 80 %, by that look's own level.

    Holm's correction is taken to be for as many claims as are undecided now. More seeds make no smaller what
    test images add, where they are few. An effect on the other side of the bound would contradict the claim.
    """
    later = {other: level for other, level in levels.items() if other > look}
    if not later:
        return f"still open at the last look of {look} seeds", None
    if not all(one.se > 0 for _, one in found.contrasts):
        return "no spread between seeds to judge by", None
    asked = [  # any contrast that is reversed will do to contradict
        (contrast.bound, one, own, max(0.0, one.se**2 - own.se**2))
        for (contrast, one), own in zip(found.contrasts, found.by_seeds, strict=True)
        if found.supports or one.value < contrast.bound
    ]
    shares = undecided * (1 if found.supports else len(found.contrasts))
    will_do, side = (all, "") if found.supports else (any, ", as contradicted")
    for other, level in later.items():
        if will_do(
            stats.seeds_for_power(own, bound, level / shares, limit=other * one.n // found.n, fixed=fixed)
            for bound, one, own, fixed in asked
        ):
            return f"about {other - found.n} more seeds needed to decide{side}", other - found.n
    if not will_do(
        stats.within_reach(one.value - bound, fixed, level / shares) for bound, one, _, fixed in asked
    ):
        return f"no number of seeds decides an effect of the size seen on {found.few} test images{side}", None
    return f"more than {LOOKS[-1]} seeds would be needed to decide an effect of the size seen{side}", None
