"""What a verdict hangs on: single seeds, and spreads that are too uneven for its level."""

from collections.abc import Sequence

from bench.claims.evidence import Asked, Evidence, two_sided
from bench.spec.metrics import DIVERGED

NOMINAL = 0.05  # the level, not corrected, at which a verdict must hold without any one seed
UNEVEN = 3.0  # a ratio of standard deviations beyond which levels are not what they are said to be


def weak_points(asked: Asked, found: Evidence) -> list[tuple[str, str]]:
    """What a verdict hangs on: its mark, or none, and the words."""
    if asked.claim.metric == DIVERGED:
        return [("", "by Fisher's exact test")]
    used = asked.first(found.n)
    carrying = [seed for seed in _seeds(used) if not _stands(used.without(seed), found.supports)]
    fragile = (
        f"fragile: leave out {_any_of(carrying)} and its own p rises above {NOMINAL:g}, or its sign turns"
    )
    return [*([("fragile", fragile)] if carrying else []), *(("uneven spread", one) for one in _uneven(used))]


def doubts(asked: Asked, found: Evidence, level: float) -> list[str]:
    """Why an open claim's sides are uneven: single seeds without which its own p would be at most this level.

    None where they are even: a run that did not learn makes its side's spread many times the other's.
    """
    used = asked.first(found.n)
    if asked.claim.metric == DIVERGED or not (uneven := _uneven(used)):
        return []
    hiding = [seed for seed in _seeds(used) if (p := _own_p(used.without(seed))) is not None and p <= level]
    told = f"it hangs on one seed: leave out {_any_of(hiding)} and its own p is at most {level:.2g}"
    return [*uneven, *([told] if hiding else [])]


def _any_of(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"any one of the seeds {', '.join(map(str, seeds))}"


def _uneven(used: Asked) -> list[str]:
    ratio = used.unevenness()
    return [f"its sides spread unevenly, 1:{ratio:.1f}"] if ratio > UNEVEN else []


def _stands(left: Asked, supports: bool) -> bool:
    if _empty(left):
        return False
    p, still = two_sided(left.estimates())
    return p <= NOMINAL and still == supports


def _own_p(left: Asked) -> float | None:
    """Its p, not corrected; None where a side has no seed left."""
    return None if _empty(left) else two_sided(left.estimates())[0]


def _empty(left: Asked) -> bool:
    return any(not sets for _, parts in left.contrasts for _, sets in parts)


def _seeds(used: Asked) -> list[int]:
    """Every seed that some part uses."""
    parts = [part for _, parts in used.contrasts for part in parts]
    return sorted({k * block.seeds + i for block, sets in parts for k in sets for i in range(block.seeds)})
