"""Each kind of claim, both ways."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats as scipy_stats

from bench.claims import (
    Count,
    CountRatio,
    CountShare,
    Equivalence,
    GainTrend,
    Reached,
    SameCount,
    Trend,
    stats,
)
from bench.claims.verdicts import decide
from tests.claims.made import (
    LEVELS,
    Welch,
    claimed,
    falls,
    from_table,
    gains,
    less,
    outcome_of,
    seeds,
    verdicts,
)


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
        (CountShare(id="c", text="", quantity="p", base="plain", at_most={"twice": 2.0}), "supported"),
        (CountShare(id="c", text="", quantity="p", base="plain", at_most={"twice": 1.9}), "contradicted"),
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
    assert found.p == pytest.approx(Welch(away["loose"], away["steady"]).pvalue())
    assert claim.quantity == "spread over seeds of the test error"
    assert outcome_of(less("loose", "steady", over="spread"), table).verdict == "contradicted"


@pytest.mark.parametrize("places", [(1, 2), (1, 2, 2)])
def test_places_are_one_each(places):
    with pytest.raises(ValidationError, match="`places` needs 3 different numbers"):
        claimed(Trend, falling=("a", "b", "c"), places=places)
