"""Many claims in one suite: the p-values adjusted by Holm, and what each look may spend."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims import stats
from bench.spec import LOOKS

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_on_the_worked_example():
    """Wikipedia, Holm-Bonferroni method: at 0.05 hypotheses one and four of the four are rejected."""
    adjusted = stats.holm([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert (adjusted <= 0.05).tolist() == [True, False, False, True]


def test_holm_of_one_and_of_none_changes_nothing():
    assert stats.holm([0.2]).tolist() == [0.2]
    assert stats.holm([]).tolist() == []


@given(p=p_values)
def test_holm_never_lowers_a_p_nor_exceeds_one_nor_bonferroni(p):
    adjusted = stats.holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p))).all()


@given(p=p_values)
def test_holm_keeps_the_order_of_p(p):
    assert (np.diff(stats.holm(p)[np.argsort(p)]) >= 0).all()


@given(data=st.data(), p=p_values)
def test_holm_does_not_depend_on_the_order_of_claims(data, p):
    order = data.draw(st.permutations(range(len(p))))
    assert stats.holm([p[i] for i in order]).tolist() == stats.holm(p)[order].tolist()


def rejected_step_by_step(p: list[int], alpha: int) -> set[int]:
    """Holm's procedure as he words it, in integers: stop at the first p that is too large."""
    rejected: set[int] = set()
    for left, i in zip(range(len(p), 0, -1), sorted(range(len(p)), key=p.__getitem__), strict=True):
        if left * p[i] > alpha:
            break
        rejected.add(i)
    return rejected


@given(p=st.lists(st.integers(0, 1024), min_size=1, max_size=10), alpha=st.integers(1, 1023))
def test_holm_rejects_what_the_step_down_procedure_rejects(p, alpha):
    """In 1024ths, which floating point holds exactly."""
    adjusted = stats.holm([one / 1024 for one in p])
    assert set(np.flatnonzero(adjusted <= alpha / 1024)) == rejected_step_by_step(p, alpha)


def test_looks_spend_five_percent_most_of_it_at_the_first():
    assert tuple(stats.LOOK_ALPHA) == LOOKS == (5, 8, 12, 20)
    spent = list(stats.LOOK_ALPHA.values())
    assert sum(spent) == pytest.approx(0.05)
    assert spent[0] > sum(spent[1:])
