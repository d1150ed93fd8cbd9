"""Whether verdicts and estimates came out again."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.claims import Difference, stats
from bench.claims.again import apart, tally, verdict_again
from bench.claims.verdicts import decide
from tests.claims.made import by_seed

CLAIM = Difference(id="x", text="x", metric="test_error", lower="b", higher="a")


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("supported", "supported", "again"),
        ("undecided", "undecided", "again"),
        ("supported", "contradicted", "turned"),
        ("contradicted", "undecided", "opened"),
        ("undecided", "contradicted", "closed"),
    ],
)
def test_what_becomes_of_a_verdict(first, second, word):
    assert verdict_again(first, second) == word


def outcome(rng, difference=3.0):
    found = {"a": by_seed(difference + rng.normal(size=5)), "b": by_seed(rng.normal(size=5))}
    (one,) = decide([CLAIM], lambda name, metric: found[name], None)
    return one


def test_replicates_of_one_truth_lie_about_one_variance_apart():
    rng = np.random.Generator(np.random.PCG64(3))
    found = tally([(outcome(rng), outcome(rng)) for _ in range(400)])
    assert 1.05 < found.expected < 1.4, "five seeds a side: a little above 1, as variances are estimated"
    assert 0.8 <= found.squared / found.expected <= 1.25
    assert 0.92 <= found.agree / len(found.apart) <= 0.985
    assert found.verdicts["turned"] == 0
    assert "none turned round" in found.line


def test_replicates_that_hide_something_lie_further_apart():
    rng = np.random.Generator(np.random.PCG64(4))
    found = tally([(outcome(rng, 3 + rng.normal()), outcome(rng, 3 + rng.normal())) for _ in range(200)])
    assert found.squared > 2


def test_without_spread_there_is_no_distance():
    flat, found = stats.mean(np.ones(5)), stats.mean(np.arange(5.0))
    assert apart(flat, found) is None
    assert apart(found, found).agree


def test_undecided_both_times_is_told_apart_and_estimates_without_interval_are_not_compared():
    rng = np.random.Generator(np.random.PCG64(5))
    one, other = outcome(rng, 0.0), outcome(rng, 0.0)
    assert one.verdict == other.verdict == "undecided"
    assert tally([(one, other)]).line.startswith(
        "1 of 1 verdicts came out again (1 of them undecided both times)"
    )
    (contrast, estimate), *_ = other.contrasts
    bare = replace(other, contrasts=((contrast, replace(estimate, low=math.nan, high=math.nan)),))
    assert "1 of 1 estimates agree" in tally([(one, one), (one, bare)]).line


def test_nothing_in_common_is_said():
    assert tally([]).line == "no claim in common"
