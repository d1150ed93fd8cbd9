"""How often runs diverge, as a metric of its own: 100 for a run that did, 0 for another; tested exactly."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import scipy  # its parts are loaded when they are first used

from bench.claims.kinds import Contrast

Share = tuple[int, int]  # how many did, of how many


def fisher(
    one: Share, other: Share, alternative: Literal["two-sided", "less", "greater"] = "two-sided"
) -> float:
    """p of "both alike" by Fisher's exact test.

    The alternative is that the first did more often ("greater"), less often, or either.
    """
    table = np.array([[some, n - some] for some, n in (one, other)])
    return float(scipy.stats.fisher_exact(table, alternative=alternative).pvalue)


def two_sided(contrasts: Sequence[Contrast], values: Mapping[str, Sequence[float]]) -> tuple[float, bool]:
    """The p of a claim on divergence by Fisher's exact test, and whether it speaks for it.

    Each contrast is of two experiments, the first of which is said to diverge more often (a claim says
    nothing else of divergence). The claim's p is the worst contrast's; against it, the best one's times their
    number.
    """
    more, less = [], []
    for one in contrasts:
        first, second = (
            (sum(value > 0 for value in values[name]), len(values[name])) for name in one.experiments
        )
        more.append(fisher(first, second, "greater"))
        less.append(fisher(first, second, "less"))
    p_for, p_against = max(more), len(contrasts) * min(less)
    return min(1.0, 2 * min(p_for, p_against)), p_for <= p_against
