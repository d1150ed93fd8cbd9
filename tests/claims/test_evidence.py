"""What a verdict hangs on: runs that diverged, one seed that carries it, uneven spreads."""

import pytest
from scipy import stats as scipy_stats

from bench.claims.divergence import fisher
from bench.claims.evidence import Seen
from bench.claims.kinds import Pool
from bench.claims.verdicts import decide
from tests.claims.made import Welch, from_table, less, outcome_of, seeds, uncounted

CLEAR = {"low": seeds(20), "high": seeds(30)}


def test_a_claim_with_a_diverged_run_is_undecided_and_says_both_figures():
    table = {"low": seeds(20), "high": [30.0, 90.0, 30.0, 31.0, 29.0]}
    outcome = outcome_of(less("low", "high"), table, Seen({"high": frozenset({1})}))
    assert (outcome.verdict, outcome.p) == ("undecided", None)
    assert outcome.note == (
        "1 of 5 runs of high diverged (that both sides do so equally often: p = 1, Fisher's exact test); "
        "high − low is 22.00 with them at chance, 10.00 without"
    )
    ((_, estimate),) = outcome.contrasts
    assert estimate.value == pytest.approx(22)


def test_that_runs_diverge_is_tested_exactly():
    table = {"low": seeds(20), "high": seeds(90)}
    outcome = outcome_of(less("low", "high"), table, Seen({"high": frozenset(range(5))}))
    expected = scipy_stats.fisher_exact([[0, 5], [5, 0]]).pvalue
    assert (
        f"5 of 5 runs of high diverged (that both sides do so equally often: p = {expected:.2g}"
        in outcome.note
    )
    assert "without" not in outcome.note, "nothing is left to compare"
    assert fisher((0, 5), (5, 5)) == pytest.approx(expected)


def test_only_runs_that_a_look_uses_count():
    table = {name: values * 2 for name, values in CLEAR.items()}
    late = outcome_of(less("low", "high"), table, Seen({"high": frozenset({7})}))
    assert (late.verdict, late.look) == ("supported", 5)


def test_a_diverged_member_leaves_its_ensemble_undecided_and_others_alone():
    table = {"net": seeds(40, 12), "2 nets": seeds(36, 6), "other": seeds(60, 12)}
    claims = [less("2 nets", "net"), less("net", "other", id="apart")]
    pools = {"2 nets": Pool(("net",), 2)}
    seen = Seen({"2 nets": frozenset({1}), "net": frozenset({2})})
    averaged, apart = decide(claims, from_table(table), uncounted, pools, seen=seen)
    assert averaged.note.startswith(
        "1 of 12 runs of net diverged; 1 of 6 runs of 2 nets diverged; net − 2 nets is"
    )
    assert "Fisher" not in averaged.note, "an ensemble and its members are no independent sides"
    assert apart.verdict == "undecided"


@pytest.mark.parametrize(
    ("difference", "carrying"), [(1.65, [2]), (1.45, [2, 3, 4]), (1.8, []), (-1.45, [2, 3, 4]), (-3.0, [])]
)
def test_a_verdict_that_one_seed_carries_is_fragile(difference, carrying):
    """Without a seed of little noise the spread is larger, and the number of seeds smaller."""
    table = {"low": seeds(20), "high": seeds(20 + difference)}
    outcome = outcome_of(less("low", "high"), table)
    assert outcome.verdict == ("supported" if difference > 0 else "contradicted")
    left = [Welch(*(one[:k] + one[k + 1 :] for one in table.values())).pvalue() for k in range(5)]
    assert [k for k, p in enumerate(left) if p > 0.05] == carrying
    rises = "and its own p rises above 0.05, or its sign turns"
    ends = {
        0: "5 seeds",
        1: f"leave out seed 2 {rises}",
        3: f"leave out any one of the seeds 2, 3, 4 {rises}",
    }
    assert outcome.note.endswith(f"{ends[len(carrying)]}; not known for other test images")


@pytest.mark.parametrize(("spread", "told"), [(2.9, False), (3.5, True)])
def test_uneven_spreads_are_told(spread, told):
    table = {"low": seeds(20), "high": seeds(60, spread=spread)}
    decided = outcome_of(less("low", "high"), table)
    assert (f"its sides spread unevenly, 1:{spread:.1f}" in decided.note) == told
    assert decided.remarks == ("uneven spread",) * told


def test_an_open_claim_says_which_seed_hides_its_effect():
    """Four of five seeds agree; the fifth did not learn."""
    table = {"low": seeds(50, spread=0.5), "high": seeds(53, spread=0.5)}
    assert outcome_of(less("low", "high"), table).verdict == "supported"
    failed = {**table, "high": [90.0, *table["high"][1:]]}
    outcome = outcome_of(less("low", "high"), failed)
    assert outcome.verdict == "undecided"
    assert "its sides spread unevenly, 1:" in outcome.note
    assert outcome.note.endswith("it hangs on one seed: leave out seed 0 and its own p is at most 0.03")
    alike = outcome_of(less("low", "high"), {"low": seeds(50), "high": seeds(50)})
    assert "hangs on" not in alike.note
