"""How often verdicts are false by chance, and how often true effects are found."""

from collections.abc import Sequence

import numpy as np
import pytest

from bench.claims.kinds import Trained
from bench.claims.verdicts import Outcome, decide
from bench.spec import LOOKS
from tests.claims.made import falls, from_table, gains, less, uncounted


def ten_claims() -> list[Trained]:
    pairs = [("a", "b"), ("c", "a"), ("a", "d"), ("b", "c"), ("d", "b"), ("c", "d")]
    return [
        *(less(*pair, id=" < ".join(pair)) for pair in pairs),
        less(("a", "b"), ("c", "d"), id="two pairs"),
        falls("a", "b", "d"),
        gains(("a", "b"), ("c", "d")),
        gains(("a", "c"), ("d", "b")).replace(id="gains too"),
    ]


def simulated(suites: int, means: Sequence[float]) -> list[list[Outcome]]:
    """Outcomes of suites of four experiments with 20 seeds each, so that all looks are taken."""
    rng = np.random.default_rng(0)
    tables = (dict(zip("abcd", rng.normal(means, 1, (20, 4)).T, strict=True)) for _ in range(suites))
    return [decide(ten_claims(), from_table(table), uncounted) for table in tables]


@pytest.mark.usefixtures("silent")
def test_at_most_five_percent_of_suites_say_anything_false_under_the_null():
    """With three binomial standard errors of 400 suites, 3.3 points. All looks, ten dependent claims."""
    suites = simulated(400, [10, 10, 10, 10])
    false = np.mean([any(outcome.verdict != "undecided" for outcome in suite) for suite in suites])
    assert false <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.usefixtures("silent")
def test_true_large_effects_are_found_at_the_first_look():
    """At least eight standard deviations each; the simulated means are 26, 18, 44 and 10."""
    wrong = {"a < b", "c < a", "a < d", "c < d", "two pairs"}
    wanted = ["contradicted" if claim.id in wrong else "supported" for claim in ten_claims()]
    for suite in simulated(20, [26, 18, 44, 10]):
        assert [outcome.verdict for outcome in suite] == wanted
        assert {outcome.look for outcome in suite} == {LOOKS[0]}
