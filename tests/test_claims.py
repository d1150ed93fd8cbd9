"""Verdicts on made-up numbers, each kind of claim both ways, and how often they are false by chance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats as scipy_stats

from bench import stats
from bench.claims import (
    Count,
    CountRatio,
    Difference,
    Equivalence,
    GainTrend,
    Interaction,
    Order,
    Pool,
    Reached,
    SameCount,
    Trained,
    Trend,
    parse,
)
from bench.metrics import After, EpochsTo, Metric, Values, epochs_to, title, unit
from bench.spec import LOOKS, Claim
from bench.verdicts import Outcome, decide, looks

Table = Mapping[str, Sequence[float]]
NOISE = np.array([1.0, -1.0, 0.0, 0.5, -0.5])  # of mean zero; a difference at five seeds has se 0.5


def seeds(mean: float, n: int = 5, spread: float = 1.0) -> list[float]:
    """Errors of n seeds about a mean."""
    return list(mean + spread * np.resize(NOISE, n))


def quietened(mean: float, n: int, spread: float = 2.0) -> list[float]:
    """Five noisy seeds and then exact ones, so that t grows with the square root of n (n − 1)."""
    return seeds(mean, spread=spread) + [mean] * (n - 5)


def from_table(table: Table) -> Values:
    """The same numbers whatever the metric."""
    return lambda experiment, metric: np.array(table[experiment], float)


def uncounted(experiment: str, quantity: str) -> int:
    raise AssertionError("claims about trained networks need no counts")


def verdicts(claims: Sequence[Claim], table: Table) -> list[str]:
    return [outcome.verdict for outcome in decide(claims, from_table(table), uncounted)]


def outcome_of(claim: Claim, table: Table) -> Outcome:
    return decide([claim], from_table(table), uncounted)[0]


def less(lower: str | tuple[str, ...], higher: str | tuple[str, ...], **more: object) -> Difference:
    return Difference(
        **{"id": "less", "text": "", "metric": "test_error", **more}, lower=lower, higher=higher
    )


def falls(*experiments: str) -> Order:
    return Order(id="order", text="", metric="test_error", falling=experiments)


def gains(smaller: tuple[str, str], larger: tuple[str, str]) -> Interaction:
    return Interaction(id="gains", text="", metric="test_error", smaller=smaller, larger=larger)


LEVELS = {"low": seeds(20), "middle": seeds(30), "high": seeds(40), "high too": seeds(40, spread=1.2)}


# each kind, each verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (less("low", "high"), "supported"),
        (less("high", "low"), "contradicted"),
        (less("high", "high too"), "undecided"),
        (less("low", "middle", by=5), "supported"),
        (less("low", "middle", by=10), "undecided"),
        (less("low", "middle", by=15), "contradicted"),
        (less("middle", "low", by=-15), "supported"),
    ],
)
def test_difference_of_one_pair(claim, verdict):
    assert verdicts([claim], LEVELS) == [verdict]


@pytest.mark.parametrize(
    ("lower", "higher", "verdict"),
    [
        (("low", "middle"), ("middle", "high"), "supported"),
        (("low", "high"), ("middle", "high too"), "undecided"),
        (("low", "high"), ("middle", "middle"), "contradicted"),
        (("high", "high too"), ("low", "low"), "contradicted"),
    ],
    ids=["all lower", "one open", "one higher", "all higher"],
)
def test_difference_of_several_pairs(lower, higher, verdict):
    assert verdicts([less(lower, higher)], LEVELS) == [verdict]


@pytest.mark.parametrize(
    ("order", "verdict"),
    [
        (("high", "low"), "supported"),
        (("high", "middle", "low"), "supported"),
        (("high", "high too", "low"), "undecided"),
        (("high", "low", "middle"), "contradicted"),
        (("middle", "high", "low"), "contradicted"),
        (("low", "high", "high too"), "contradicted"),
        (("low", "middle", "high"), "contradicted"),
    ],
)
def test_order_needs_all_neighbours_and_falls_with_any(order, verdict):
    assert verdicts([falls(*order)], LEVELS) == [verdict]


@pytest.mark.parametrize(
    ("large_gain", "verdict"), [(12.0, "supported"), (2.0, "contradicted"), (7.0, "undecided")]
)
def test_interaction_compares_gains(large_gain, verdict):
    """The smaller gain is 7; the two pairs lie far apart, which must not matter."""
    table = {"a": seeds(60), "b": seeds(53), "c": seeds(20), "d": seeds(20 - large_gain)}
    assert verdicts([gains(("a", "b"), ("c", "d"))], table) == [verdict]


PARAMETERS = {"plain": 269_722, "twice": 539_444, "resnet": 269_722, "wide": 1_000_000}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (Count(id="c", text="", quantity="p", values={"plain": 269_722}), "supported"),
        (Count(id="c", text="", quantity="p", values={"plain": 269_722, "wide": 999_999}), "contradicted"),
        (Count(id="c", text="", quantity="p", values={"plain": 269_722, "new": 3}), "undecided"),
        (SameCount(id="c", text="", quantity="p", groups=[["plain", "resnet"], ["wide"]]), "supported"),
        (
            SameCount(id="c", text="", quantity="p", groups=[["plain", "resnet"], ["plain", "wide"]]),
            "contradicted",
        ),
        (SameCount(id="c", text="", quantity="p", groups=[["plain", "new"]]), "undecided"),
        (CountRatio(id="c", text="", quantity="p", base="plain", times={"twice": 2}), "supported"),
        (CountRatio(id="c", text="", quantity="p", base="plain", times={"resnet": 2}), "contradicted"),
        (CountRatio(id="c", text="", quantity="p", base="plain", times={"new": 2}), "undecided"),
    ],
)
def test_counts_are_exact_and_need_no_seeds(claim, verdict):
    def count(experiment: str, quantity: str) -> int | None:
        return {"p": PARAMETERS}[quantity].get(experiment)

    outcome = decide([claim], from_table({}), count)[0]
    assert outcome.verdict == verdict
    assert outcome.note.startswith(
        "p of new not counted" if verdict == "undecided" else "exact count: plain 269,722"
    )
    assert (outcome.p, outcome.look, outcome.contrasts) == (None, None, ())


# ensembles: values that rest on several seeds


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
    welch = scipy_stats.ttest_ind(table["4 others"], table["4 nets"], equal_var=False)
    assert outcome.p == pytest.approx(welch.pvalue)


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


def test_too_few_sets_are_undecided_and_say_so():
    singles = [40.0, 41.0, 42.0, 43.0] * 2
    table = {"net": singles, "4 nets": groups_of_four(singles, [2.0, 2.1])}
    (outcome,) = averaged([less("4 nets", "net")], table, FOUR)
    assert (outcome.verdict, outcome.n) == ("undecided", 8)
    assert outcome.note == "needs 12 seeds of each experiment, has 8"


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


# what an outcome tells


def test_p_of_a_difference_is_welch_and_estimates_are_shown():
    table = {"low": seeds(20, spread=9), "high": seeds(29, spread=4)}
    outcome = outcome_of(less("low", "high", by=1.5), table)
    test = scipy_stats.ttest_ind(np.array(table["high"]) - 1.5, table["low"], equal_var=False)
    assert outcome.p == pytest.approx(test.pvalue)
    ((contrast, estimate),) = outcome.contrasts
    assert (contrast.label, contrast.bound) == ("high − low", 1.5)
    assert (estimate.value, estimate.n) == pytest.approx((9, 5))


@pytest.mark.parametrize(("order", "claimed"), [("abc", True), ("cba", False), ("acb", False)])
def test_p_of_an_order_is_its_worst_neighbour_or_its_most_reversed_one(order, claimed):
    """Speaking against, the smallest of two one-sided p is taken twice."""
    table = {"a": seeds(22, spread=2), "b": seeds(20, spread=3), "c": seeds(17, spread=2)}
    falls_by = [
        scipy_stats.ttest_ind(table[one], table[two], equal_var=False, alternative="greater").pvalue
        for one, two in pairwise(order)
    ]
    one_sided = max(falls_by) if claimed else 2 * min(1 - p for p in falls_by)
    assert outcome_of(falls(*order), table).p == pytest.approx(2 * one_sided)


def test_each_claim_is_asked_about_its_own_metric():
    def values(experiment: str, metric: Metric) -> stats.Sample:
        better = {"train_error": "b", EpochsTo(level=50): "a"}[metric]
        return np.array(seeds(10 if experiment == better else 20))

    claims = [
        less("a", "b", id="train", metric="train_error"),
        less("a", "b", id="speed", metric=EpochsTo(level=50)),
    ]
    assert [one.verdict for one in decide(claims, values, uncounted)] == ["contradicted", "supported"]


def test_outcomes_stand_in_the_order_of_claims():
    claims = [
        less("low", "high", id="z"),
        Count(id="m", text="", quantity="parameters", values={"low": 3}),
        less("high", "low", id="a"),
    ]
    found = decide(claims, from_table(LEVELS), lambda experiment, quantity: 3)
    assert [outcome.claim for outcome in found] == claims
    assert [outcome.verdict for outcome in found] == ["supported", "supported", "contradicted"]


def test_no_claims_no_outcomes():
    assert decide([], from_table({}), uncounted) == []


def test_no_spread_is_undecided():
    """All seeds at chance, or at nothing: exact in floating point, so no rounding stands in for spread."""
    assert verdicts([less("b", "a")], {"a": [90.0] * 5, "b": [0.0] * 5}) == ["undecided"]


def test_no_spread_is_undecided_where_the_mean_is_rounded():
    assert verdicts([less("b", "a")], {"a": [7.77] * 5, "b": [0.0] * 5}) == ["undecided"]


def test_an_experiment_on_both_sides_of_an_interaction_has_twice_its_weight():
    """(a − b) − (b − c) is a − 2b + c, whose variance has 4 var(b) / n."""
    table = {"a": seeds(30), "b": seeds(20, spread=4), "c": seeds(17)}
    ((_, found),) = outcome_of(gains(("b", "c"), ("a", "b")), table).contrasts
    wanted = stats.contrast([np.array(table[name]) for name in "abc"], [1, -2, 1])
    assert found.value == pytest.approx(wanted.value)
    assert (found.se, found.df) == pytest.approx((wanted.se, wanted.df))


# looks


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("claim", [less("low", "high"), falls("high", "low")])
def test_fewer_seeds_than_the_first_look_are_undecided(claim, n):
    table = {"low": seeds(20, n), "high": seeds(90, 12)}
    outcome = outcome_of(claim, table)
    assert (outcome.verdict, outcome.n) == ("undecided", n)
    assert outcome.note == f"needs 5 seeds of each experiment, has {n}"
    assert (outcome.look, outcome.p, outcome.alpha) == (None, None, None)


@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("later", [-1000.0, 1000.0])
@pytest.mark.parametrize("difference", [-20.0, 0.5, 20.0])
def test_between_looks_the_verdict_rests_on_the_first_five(n, later, difference):
    first = {"low": seeds(20), "high": seeds(20 + difference)}
    more = {"low": seeds(20, n), "high": first["high"] + seeds(20 + later, n - 5)}
    at_five, now = outcome_of(less("low", "high"), first), outcome_of(less("low", "high"), more)
    wanted = {-20.0: "contradicted", 0.5: "undecided", 20.0: "supported"}[difference]
    assert (now.verdict, now.look, now.n, now.alpha) == (wanted, 5, 5, stats.LOOK_ALPHA[5])
    assert replace(now, note="") == replace(at_five, note="")


@pytest.mark.parametrize("n", [6, 7])
def test_between_looks_nothing_is_decided_that_all_seeds_would_show(n):
    """Two more quiet seeds bring p from 5.5 % to below the 3 % of the first look."""
    table = {"low": quietened(20, n), "high": quietened(22.2, n)}
    assert scipy_stats.ttest_ind(table["high"], table["low"], equal_var=False).pvalue < 0.03
    assert verdicts([less("low", "high")], table) == ["undecided"]


@pytest.mark.parametrize(("look", "difference"), [(8, 2.2), (12, 1.45), (20, 0.8)])
@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_undecided_at_one_look_can_be_decided_at_a_later_one(look, difference, sign):
    table = {"low": quietened(20, 20), "high": quietened(20 + sign * difference, 20)}
    before = {name: values[: look - 1] for name, values in table.items()}
    claim = less("low", "high")
    assert verdicts([claim], before) == ["undecided"]
    found = outcome_of(claim, {name: values[:look] for name, values in table.items()})
    assert found.verdict == ("supported" if sign > 0 else "contradicted")
    assert (found.look, found.n, found.alpha) == (look, look, stats.LOOK_ALPHA[look])
    assert found.note == f"decided at the look of {look} seeds"
    assert outcome_of(claim, table) == found


@pytest.mark.parametrize("n", [8, 12, 20])
def test_the_first_verdict_stands_whatever_comes_later(n):
    first = {"low": seeds(20), "high": seeds(40)}
    table = {"low": first["low"] + seeds(90, n - 5), "high": first["high"] + seeds(0, n - 5)}
    assert outcome_of(less("low", "high"), table) == outcome_of(less("low", "high"), first)


def test_the_slowest_experiment_sets_the_look():
    table = {"low": seeds(20, 20), "high": seeds(20.5, 9), "other": seeds(30, 5)}
    found = decide([less("low", "high"), less("low", "other", id="other")], from_table(table), uncounted)
    assert [(outcome.look, outcome.n) for outcome in found] == [(8, 8), (5, 5)]


@pytest.mark.parametrize(
    ("n", "difference", "note"),
    [
        (5, 2.5, "about 7 more seeds needed"),
        (5, 0.0, "more than 20 seeds would be needed for an effect of this size"),
        (20, 0.1, "still open at the last look of 20 seeds"),
    ],
)
def test_undecided_says_how_many_more_seeds(n, difference, note):
    table = {"low": quietened(20, n), "high": quietened(20 + difference, n)}
    outcome = outcome_of(less("low", "high"), table)
    assert (outcome.verdict, outcome.note) == ("undecided", note)


# Holm


def several() -> list[Trained]:
    return [
        less("a", "b", id="one"),
        less("c", "a", id="two"),
        less("b", "c", id="three"),
        falls("b", "a", "c"),
        gains(("a", "b"), ("b", "c")),
    ]


OPEN = {"a": seeds(20, spread=2), "b": seeds(23, spread=2), "c": seeds(19, spread=3)}


def test_holm_is_applied_over_the_trained_claims():
    alone = [outcome_of(claim, OPEN).p for claim in several()]
    together = [outcome.p for outcome in decide(several(), from_table(OPEN), uncounted)]
    assert together == pytest.approx(stats.holm([p for p in alone if p is not None]))
    assert together != pytest.approx(alone)


def test_holm_does_not_count_counts():
    counts = [Count(id=f"count {i}", text="", quantity="p", values={"a": 3}) for i in range(20)]
    with_counts = decide([*counts, *several()], from_table(OPEN), lambda experiment, quantity: 3)
    assert with_counts[20:] == decide(several(), from_table(OPEN), uncounted)


def test_a_claim_that_stands_alone_may_fall_in_company():
    table = {"low": seeds(20, spread=2), "high": seeds(23.1, spread=2), "same": seeds(20, spread=2)}
    claim = less("low", "high")
    company = [less("low", "same", id=f"idle {i}") for i in range(3)]
    assert verdicts([claim], table) == ["supported"]
    assert verdicts([claim, *company], table) == ["undecided"] * 4


@pytest.mark.parametrize(("n", "verdict"), [(7, "undecided"), (8, "supported")])
def test_a_claim_short_of_a_look_does_not_ease_holm_for_the_others(n, verdict):
    """At eight seeds p is 0.6 %: enough for the level of 1 % only if the other claim is decided by then."""
    table = {"low": quietened(20, 8), "high": quietened(21.94, 8), "far": seeds(90, n)}
    claims = [less("low", "high"), less("low", "far", id="clear")]
    assert verdicts(claims, table) == [verdict, "supported"]


# epochs to a level


@pytest.mark.parametrize(
    ("errors", "level", "epochs"),
    [
        ([80, 60, 40], 50, 2.5),
        ([80, 60, 40], 60, 2),
        ([80, 60, 45], 57, 2.2),
        ([80, 60, 40], 80, 1),
        ([10, 60, 5], 50, 1),
        ([80, 40, 90, 10], 50, 1.75),
        ([80, 60, 40], 39, 4),
        ([90], 50, 2),
    ],
    ids=["between", "exactly", "interpolated", "at once", "at once, then lost", "first time", "never", "one"],
)
def test_epochs_to_a_level(errors, level, epochs):
    assert epochs_to(level, errors, len(errors)) == pytest.approx(epochs)


def test_a_curve_that_broke_off_counts_as_never_reached():
    """A diverged run must not look fast because its curve is short."""
    assert epochs_to(50, [80, 75], epochs=10) == 11


@given(errors=st.lists(st.integers(0, 100), min_size=1, max_size=20), level=st.integers(0, 100))
def test_epochs_to_lies_on_the_curve_at_its_first_crossing(errors, level):
    found = epochs_to(level, errors, len(errors))
    if min(errors) > level:
        assert found == len(errors) + 1
    else:
        assert all(error > level for error in errors[: int(np.ceil(found)) - 1])
        there = np.interp(found, np.arange(len(errors)) + 1, errors)
        assert there == pytest.approx(level) or (found == 1 and there < level)


@pytest.mark.parametrize(
    ("metric", "words", "of"),
    [
        ("train_error", "training error", "%"),
        ("test_error", "test error", "%"),
        ("test_loss", "test loss", ""),
        (EpochsTo(level=12.5), "epochs to 12.5 % running training error", "epochs"),
        (After(curve="train_error", share=0.5), "running training error after 50 % of the epochs", "%"),
        (After(curve="validation_loss", share=1), "validation loss after 100 % of the epochs", ""),
    ],
)
def test_metrics_in_words(metric, words, of):
    assert (title(metric), unit(metric)) == (words, of)


# claims as plain data


@pytest.mark.parametrize(
    "claim",
    [
        less("a", "b", by=1.5, said="printed", source="there"),
        less(("a", "b"), ("c", "d"), metric=EpochsTo(level=50)),
        falls("a", "b", "c"),
        gains(("a", "b"), ("c", "d")),
        Count(id="c", text="C.", quantity="parameters", values={"a": 3, "b": 4}),
        SameCount(id="s", text="S.", quantity="macs", groups=[["a", "b"], ["c", "d"]]),
        Equivalence(id="e", text="E.", metric="test_error", one="a", other="b", within=1),
        Trend(id="t", text="T.", metric=After(curve="train_loss", share=0.5), falling=("a", "b", "c")),
        GainTrend(id="g", text="G.", metric="test_error", pairs=(("a", "b"), ("c", "d"), ("e", "f"))),
        Reached(id="r", text="R.", metric=EpochsTo(level=30), of="a", at_most=12),
    ],
    ids=lambda claim: claim.id + type(claim).__name__,
)
def test_claims_survive_json(claim):
    back = parse(json.loads(json.dumps(claim.model_dump(mode="json"))))
    assert back == claim
    assert type(back) is type(claim)
    assert back.experiments() == claim.experiments()


def test_unknown_kind_of_claim_is_refused():
    with pytest.raises(ValidationError, match=r"'ordre' found.*'order'"):
        parse({"kind": "ordre", "id": "o", "text": "", "metric": "test_error", "falling": ["a", "b"]})


def test_experiments_are_named_once_each():
    assert less(("a", "b"), ("c", "c")).experiments() == ("c", "a", "b")
    assert falls("a", "b", "c").experiments() == ("a", "b", "c")


def test_one_alone_is_the_partner_of_all():
    assert less("a", ("b", "c")).contrasts() == less(("a", "a"), ("b", "c")).contrasts()
    assert less(("b", "c"), "a").contrasts() == less(("b", "c"), ("a", "a")).contrasts()


@pytest.mark.parametrize(("lower", "higher"), [(("a", "b"), ("c", "d", "e")), ((), "a"), ("a", ())])
def test_partners_must_be_equally_many(lower, higher):
    with pytest.raises(ValidationError, match="`lower` and `higher` must be equally long"):
        less(lower, higher)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Difference, {"lowr": "a"}, "unknown field 'lowr': did you mean 'lower'?"),
        (Order, {"fallin": ["a", "b"]}, "unknown field 'fallin': did you mean 'falling'?"),
        (Interaction, {"largr": ["a", "b"]}, "unknown field 'largr': did you mean 'larger'?"),
        (Count, {"value": {}}, "unknown field 'value': did you mean 'values'?"),
        (SameCount, {"group": []}, "unknown field 'group': did you mean 'groups'?"),
        (EpochsTo, {"levle": 3}, "unknown field 'levle': did you mean 'level'?"),
    ],
)
def test_unknown_field_names_the_nearest(kind, fields, message):
    with pytest.raises(ValidationError) as caught:
        kind(**fields)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "fields", "where"),
    [
        (Order, {"falling": ["a"]}, "falling"),
        (Interaction, {"smaller": ["a", "b", "c"], "larger": ["a", "b"]}, "smaller"),
        (Order, {"falling": ["a", "b"], "metric": "accuracy"}, "metric"),
        (Difference, {"lower": "a", "higher": "b", "by": float("inf")}, "by"),
    ],
)
def test_claims_that_say_nothing_are_refused(kind, fields, where):
    with pytest.raises(ValidationError) as caught:
        kind(**{"id": "x", "text": "", "metric": "test_error", **fields})
    assert {error["loc"][0] for error in caught.value.errors()} == {where}


# the other kinds of claim


def claimed(kind: type[Trained], **fields: object) -> Trained:
    return kind(**{"id": "x", "text": "", "metric": "test_error", **fields})


@pytest.mark.parametrize(
    ("other", "verdict"), [(10.1, "supported"), (10.9, "undecided"), (14.0, "contradicted")]
)
def test_equivalence_needs_both_one_sided_tests(other, verdict):
    claim = claimed(Equivalence, one="a", other="b", within=2.0)
    table = {"a": seeds(10), "b": seeds(other)}
    found = outcome_of(claim, table)
    assert found.verdict == verdict
    difference = stats.contrast([np.array(table["a"]), np.array(table["b"])], [1, -1])
    if verdict == "supported":
        assert found.p == pytest.approx(2 * stats.tost(difference, 2.0))
    assert claim.shown() == 1


@pytest.mark.parametrize(
    ("means", "verdict"), [((30, 27, 28, 20), "supported"), ((20, 24, 23, 30), "contradicted")]
)
def test_a_trend_is_the_slope_of_all(means, verdict):
    """Two neighbours are reversed, which an order would not forgive."""
    names = ("a", "b", "c", "d")
    table = {name: seeds(mean) for name, mean in zip(names, means, strict=True)}
    found = outcome_of(claimed(Trend, falling=names, places=(1, 2, 4, 8)), table)
    assert found.verdict == verdict
    slope = scipy_stats.linregress((1, 2, 4, 8), means).slope
    assert found.contrasts[0][1].value == pytest.approx(-slope)
    assert outcome_of(falls(*names), table).verdict != "supported"


@pytest.mark.parametrize(("gains_of", "verdict"), [((1, 6, 11), "supported"), ((11, 6, 1), "contradicted")])
def test_a_gain_that_grows_along_pairs(gains_of, verdict):
    pairs = tuple((f"plain-{i}", f"residual-{i}") for i in range(3))
    table = {name: seeds(30 - gain * k) for (a, b), gain in zip(pairs, gains_of, strict=True)
             for k, name in enumerate((a, b))}  # fmt: skip
    found = outcome_of(claimed(GainTrend, pairs=pairs), table)
    assert (found.verdict, found.contrasts[0][1].value) == (
        verdict,
        pytest.approx(5 * np.sign(gains_of[2] - 6)),
    )


@pytest.mark.parametrize(
    ("at_most", "verdict"), [(12, "supported"), (10.2, "undecided"), (8, "contradicted")]
)
def test_a_level_is_reached_or_not(at_most, verdict):
    table = {"a": seeds(10), "b": seeds(9.9)}
    found = outcome_of(claimed(Reached, of=("a", "b"), at_most=at_most), table)
    assert found.verdict == verdict
    estimate = found.contrasts[0][1]
    assert estimate.value == pytest.approx(at_most - 10)
    one = scipy_stats.ttest_1samp(table["a"], at_most, alternative="less").pvalue
    assert estimate.p_above(0) == pytest.approx(one)


def test_spreads_are_compared_by_distances_from_the_median():
    """Means far apart the wrong way round do not matter."""
    table = {"steady": seeds(50, n=20, spread=0.2), "loose": seeds(10, n=20, spread=4.0)}
    claim = less("steady", "loose", over="spread")
    found = outcome_of(claim, table)
    assert found.verdict == "supported"
    first = {name: np.array(values[: found.look]) for name, values in table.items()}
    away = {name: np.abs(values - np.median(values)) for name, values in first.items()}
    test = scipy_stats.ttest_ind(away["loose"], away["steady"], equal_var=False)
    assert found.p == pytest.approx(test.pvalue)
    assert claim.quantity == "spread over seeds of the test error"
    assert outcome_of(less("loose", "steady", over="spread"), table).verdict == "contradicted"


@pytest.mark.parametrize("places", [(1, 2), (1, 2, 2)])
def test_places_are_one_each(places):
    with pytest.raises(ValidationError, match="`places` needs 3 different numbers"):
        claimed(Trend, falling=("a", "b", "c"), places=places)


# how often verdicts are false by chance


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


@pytest.fixture
def silent(monkeypatch):
    """How many more seeds an undecided claim needs is only a note, and most of the time it takes."""
    monkeypatch.setattr(stats, "seeds_for_power", lambda *_, **options: None)


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


@pytest.mark.parametrize(
    "claim",
    [
        {"kind": "difference", "lower": "a", "higher": "a"},
        {"kind": "order", "falling": ["a", "b", "b"]},
        {"kind": "interaction", "smaller": ["a", "b"], "larger": ["c", "c"]},
    ],
)
def test_an_experiment_is_not_compared_with_itself(claim):
    with pytest.raises(ValidationError, match="compares an experiment with itself"):
        parse({"id": "x", "text": "x", "metric": "test_error", **claim})
