"""What a verdict hangs on: single seeds, and spreads that are too uneven for its level."""

from bench.claims.evidence import Asked, Evidence, two_sided
from bench.spec.metrics import DIVERGED

NOMINAL = 0.05  # the level, not corrected, at which a verdict must hold without any one seed
UNEVEN = 3.0  # a ratio of standard deviations beyond which levels are not what they are said to be


def weak_points(asked: Asked, found: Evidence) -> list[str]:
    """What a verdict hangs on: single seeds that carry it, spreads too uneven for its level."""
    if asked.claim.metric == DIVERGED:
        return ["by Fisher's exact test"]
    used, notes = asked.first(found.n), []
    carrying = [str(seed) for seed in _seeds(used) if not _stands(used.without(seed), found.supports)]
    if carrying:
        seeds = f"seed {carrying[0]}" if len(carrying) == 1 else f"any one of the seeds {', '.join(carrying)}"
        notes.append(f"fragile: without {seeds} its own p rises above {NOMINAL:g}, or its sign turns")
    if (ratio := used.unevenness()) > UNEVEN:
        notes.append(f"its sides spread unevenly, 1:{ratio:.1f}")
    return notes


def _stands(left: Asked, supports: bool) -> bool:
    if any(not sets for _, parts in left.contrasts for _, sets in parts):
        return False
    p, still = two_sided(left.estimates())
    return p <= NOMINAL and still == supports


def _seeds(used: Asked) -> list[int]:
    """Every seed that some part uses."""
    parts = [part for _, parts in used.contrasts for part in parts]
    return sorted({k * block.seeds + i for block, sets in parts for k in sets for i in range(block.seeds)})
