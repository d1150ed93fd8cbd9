"""Claims about ensembles: sets of seeds that share no run."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy import stats as scipy_stats

from bench.claims import Difference, stats
from bench.claims.kinds import Pool, Trained
from bench.claims.verdicts import Outcome, decide, looks
from tests.claims.made import Table, Welch, from_table, less, seeds, uncounted


def averaged(claims: Sequence[Trained], table: Table, pools: Mapping[str, Pool]) -> list[Outcome]:
    return decide(claims, from_table(table), uncounted, pools)


FOUR = {"4 nets": Pool(("net",), 4)}


def groups_of_four(singles: Sequence[float], gains: Sequence[float]) -> list[float]:
    """Errors of ensembles that gain so much over the mean of their own four members."""
    return list(np.reshape(singles, (-1, 4)).mean(1) - gains)


def test_an_ensemble_is_paired_with_its_own_members():
    """The members differ by far more than the gain does: only pairing sees it."""
    singles = [40.0] * 4 + [50.0] * 4 + [60.0] * 4
    gains = [2.0, 2.1, 1.9]
    table = {"net": singles, "4 nets": groups_of_four(singles, gains)}
    (outcome,) = averaged([less("4 nets", "net")], table, FOUR)
    assert outcome.verdict == "supported"
    ((_, found),) = outcome.contrasts
    expected = scipy_stats.ttest_1samp(gains, 0)
    assert outcome.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()))
    assert (outcome.n, found.n, outcome.look) == (12, 3, 12)


def test_ensembles_of_unlike_size_are_paired_in_the_larger_s_sets():
    rng = np.random.default_rng(0)
    pools = {**FOUR, "2 nets": Pool(("net",), 2)}
    table = {"net": rng.normal(40, 1, 12), "2 nets": rng.normal(38, 1, 6), "4 nets": rng.normal(36, 1, 3)}
    (outcome,) = averaged([less("4 nets", "2 nets")], table, pools)
    differences = table["2 nets"].reshape(3, 2).mean(1) - table["4 nets"]
    assert outcome.p == pytest.approx(scipy_stats.ttest_1samp(differences, 0).pvalue)


def test_ensembles_that_share_no_run_are_independent_samples():
    rng = np.random.default_rng(1)
    pools = {**FOUR, "4 others": Pool(("other",), 4)}
    table = {"4 nets": rng.normal(36, 1, 3), "4 others": rng.normal(40, 2, 3)}
    (outcome,) = averaged([less("4 nets", "4 others")], table, pools)
    assert outcome.p == pytest.approx(Welch(table["4 others"], table["4 nets"]).pvalue())


def test_ensembles_of_several_experiments_are_paired_where_they_share_one():
    rng = np.random.default_rng(2)
    pools = {"mixed": Pool(("a", "b"), 1), "pair": Pool(("a",), 2)}
    table = {"mixed": rng.normal(36, 1, 8), "pair": rng.normal(38, 1, 4), "b": rng.normal(40, 1, 8)}
    interaction = Difference(
        id="m", text="", metric="test_error", lower=("mixed", "mixed"), higher=("pair", "b")
    )
    (outcome,) = averaged([interaction], table, pools)
    with_pair = table["pair"] - table["mixed"].reshape(4, 2).mean(1)
    expected = [
        scipy_stats.ttest_1samp(with_pair, 0),
        scipy_stats.ttest_1samp(table["b"] - table["mixed"], 0),
    ]
    assert outcome.p == pytest.approx(max(one.pvalue for one in expected))


def test_looks_that_come_too_early_for_an_ensemble_give_their_level_to_the_next():
    plain, large = less("a", "b"), less("4 nets", "net")
    assert looks([plain], FOUR) == stats.LOOK_ALPHA
    assert looks([plain, large], FOUR) == pytest.approx({12: 0.045, 20: 0.005})
    assert looks([less("p", "a")], {"p": Pool(("a",), 2)}) == pytest.approx({8: 0.04, 12: 0.005, 20: 0.005})
    assert sum(looks([large], FOUR).values()) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("first", "levels"),
    [
        (2, stats.LOOK_ALPHA),
        (8, {8: 0.04, 12: 0.005, 20: 0.005}),
        (12, {12: 0.045, 20: 0.005}),
        (20, {20: 0.05}),
    ],
)
def test_a_profile_of_more_seeds_spends_at_its_own_look_what_the_earlier_ones_would_have(first, levels):
    assert looks([less("net", "other")], {}, first) == pytest.approx(levels)


def test_before_the_first_look_that_is_declared_no_verdict_is_given():
    table = {"low": seeds(1, 8, 0.1), "high": seeds(9, 8, 0.1)}
    for n, verdict in ((5, "undecided"), (8, "supported")):
        values = from_table({name: own[:n] for name, own in table.items()})
        (found,) = decide([less("low", "high")], values, uncounted, first_look=8)
        assert (found.verdict, found.alpha) == (verdict, None if n == 5 else pytest.approx(0.04))


def test_too_few_sets_are_undecided_and_say_so():
    singles = [40.0, 41.0, 42.0, 43.0] * 2
    table = {"net": singles, "4 nets": groups_of_four(singles, [2.0, 2.1])}
    (outcome,) = averaged([less("4 nets", "net")], table, FOUR)
    assert (outcome.verdict, outcome.n) == ("undecided", 8)
    assert outcome.note == "needs 12 seeds of each experiment, has 8"


@pytest.mark.usefixtures("silent")
def test_false_verdicts_on_ensembles_are_rare_under_the_null():
    """Ensembles without any gain, three sets of four: at most 5 % of suites say anything."""
    rng = np.random.default_rng(3)
    pools = {**FOUR, "2 nets": Pool(("net",), 2)}
    claims = [
        less("4 nets", "net", id="four"),
        less("2 nets", "net", id="two"),
        less("4 nets", "2 nets", id="more"),
        less("other", "4 nets", id="other"),
    ]
    false = 0
    for _ in range(1000):
        singles = rng.normal(40, 1, 12)
        table = {
            "net": singles,
            "other": rng.normal(40, 1, 12),
            "2 nets": singles.reshape(6, 2).mean(1) + rng.normal(0, 0.3, 6),
            "4 nets": singles.reshape(3, 4).mean(1) + rng.normal(0, 0.3, 3),
        }
        false += any(outcome.verdict != "undecided" for outcome in averaged(claims, table, pools))
    assert false / 1000 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)


def test_pairs_are_joined_on_the_seed():
    """Without seed 0 of one side, seeds 1 to 4 of both are compared, and not seed 1 with seed 0."""
    levels = {0: 20.0, 1: 40.0, 2: 30.0, 3: 50.0, 4: 10.0, 5: 60.0}
    gains = [2.0, 2.1, 1.9, 2.05, 1.95]
    lower = {seed: levels[seed] - gain for seed, gain in zip(range(1, 6), gains, strict=True)}
    table = {"a": levels, "b": lower}
    pools = {name: Pool((name, "source"), 1) for name in table}
    (outcome,) = decide([less("b", "a")], lambda name, metric: table[name], uncounted, pools)
    assert (outcome.verdict, outcome.n) == ("supported", 5)
    assert outcome.p == pytest.approx(scipy_stats.ttest_1samp(gains, 0).pvalue)


def test_only_shared_seeds_count():
    table = {"a": dict.fromkeys(range(5), 40.0), "b": {seed: 30.0 + seed for seed in range(1, 6)}}
    pools = {name: Pool((name, "source"), 1) for name in table}
    (outcome,) = decide([less("b", "a")], lambda name, metric: table[name], uncounted, pools)
    assert (outcome.verdict, outcome.n, outcome.more) == ("undecided", 4, 1)
    assert outcome.note == "needs 5 seeds of each experiment, has 4"


def test_an_ensemble_is_joined_with_its_own_members_where_a_set_is_missing():
    singles = {seed: 40.0 + 10 * (seed // 4) for seed in range(16)}
    sets = {k: singles[4 * k] - gain for k, gain in ((1, 2.0), (2, 2.1), (3, 1.9))}
    table = {"net": singles, "4 nets": sets}
    (outcome,) = decide([less("4 nets", "net")], lambda name, metric: table[name], uncounted, FOUR)
    assert outcome.p == pytest.approx(scipy_stats.ttest_1samp([2.0, 2.1, 1.9], 0).pvalue)
