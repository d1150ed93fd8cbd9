"""Claims on how often runs diverge."""

import pytest
from pydantic import ValidationError

from bench.claims import Difference, Interaction
from bench.claims.divergence import two_sided
from bench.claims.evidence import Seen
from bench.claims.verdicts import decide
from tests.report.made import made_up

CLAIM = Difference(id="x", text="x", metric="diverged", lower="b", higher="a")


def decided(a: int, b: int, n: int = 5, claim=CLAIM):
    found = {name: {i: 100.0 * (i < some) for i in range(n)} for name, some in (("a", a), ("b", b), ("c", 0))}
    diverged = {name: frozenset(i for i, value in own.items() if value) for name, own in found.items()}
    (one,) = decide([claim], lambda name, metric: found[name], None, seen=Seen(diverged))
    return one


def test_it_is_decided_by_fisher_s_exact_test():
    one = decided(5, 0)
    assert one.verdict == "supported"
    assert one.p == pytest.approx(2 / 252), "of 10 runs, 5 that are one side's: 1 way in 252"
    assert "Fisher's exact test" in one.note
    assert decided(0, 5).verdict == "contradicted"
    assert decided(3, 0).verdict == "undecided"
    assert decided(2, 2).verdict == "undecided"


def test_of_several_the_worst_decides():
    both = Difference(id="x", text="x", metric="diverged", lower="b", higher=("a", "c"))
    assert decided(5, 0, claim=both).verdict == "undecided", "c never diverged"
    p, supports = two_sided(both.contrasts(), {"a": [100] * 5, "b": [0] * 5, "c": [100] * 5})
    assert supports
    assert p == pytest.approx(2 / 252)


@pytest.mark.parametrize(
    ("kind", "sides"),
    [
        (Difference, {"lower": "b", "higher": "a", "by": 10}),
        (Interaction, {"smaller": ("a", "b"), "larger": ("c", "d")}),
    ],
)
def test_what_cannot_be_tested_exactly_is_refused_before_anything_runs(kind, sides):
    with pytest.raises(ValidationError, match="between two experiments, without a bound"):
        kind(id="x", text="x", metric="diverged", **sides)


def test_runs_are_counted_by_their_status():
    results = made_up()
    early = results.runs["experiment"].eq("plain-56") & results.runs["seed"].lt(2)
    results.runs.loc[early, "status"] = "diverged"
    assert list(results.by_seed("plain-56", "diverged").values()) == [100, 100, 0, 0, 0]
    assert set(results.by_seed("plain-20", "diverged").values()) == {0.0}
