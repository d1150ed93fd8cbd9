"""Which experiments get further seeds, and that the reason is told."""

from types import SimpleNamespace

import pytest

from bench.claims import Count, Difference
from bench.claims.kinds import Pool
from bench.claims.verdicts import Outcome, decide
from bench.plan.more_seeds import first_seeds, further
from bench.spec.ensemble import Ensemble


def planned(seeds, ensembles=(), profile_seeds=5):
    """As much of a plan as the question needs."""
    experiments = [SimpleNamespace(id=name, seeds=tuple(range(n))) for name, n in seeds.items()]
    return SimpleNamespace(
        experiments=experiments, ensembles=ensembles, profile=SimpleNamespace(seeds=profile_seeds)
    )


def claimed(lower, higher, verdict="undecided", n=5, more=None, note="about so many more seeds needed"):
    claim = Difference(id=f"{lower}<{higher}", text="", metric="test_error", lower=lower, higher=higher)
    return Outcome(claim, verdict, note, n, more=more)


def test_only_experiments_of_open_claims_go_on():
    plan = planned({"a": 5, "b": 5, "c": 5, "d": 5})
    outcomes = [
        claimed("a", "b", "supported"),
        claimed("b", "c", more=3),
        claimed("a", "d", note="more than 20 seeds would be needed to decide an effect of the size seen"),
        Outcome(Count(id="count", text="", quantity="macs", values={"a": 1}), "supported", "exact"),
    ]
    found = further(plan, outcomes, 20)
    assert found.seeds == {"a": 5, "b": 8, "c": 8, "d": 5}
    assert [line.partition(":")[0] for line in found.why] == ["a<b", "b<c", "a<d"], "counts need no seeds"
    assert found.why[0].endswith("supported with 5 seeds; no more are needed")
    assert found.why[1].endswith("it goes on to 8")
    assert found.why[2].endswith("of the size seen; it stops")


@pytest.mark.parametrize(
    ("more", "most", "goes_on"), [(3, 8, True), (7, 8, False), (15, 20, True), (15, 19, False)]
)
def test_the_limit_stops_what_would_need_more(more, most, goes_on):
    found = further(planned({"a": 5, "b": 5}), [claimed("a", "b", more=more)], most)
    assert bool(found.seeds) == goes_on
    assert goes_on or found.why[0].endswith(f"it stops, the limit is {most}")


def test_looks_are_taken_one_after_the_other():
    found = further(planned({"a": 12, "b": 8}), [claimed("a", "b", n=8, more=4)], 20)
    assert found.seeds == {"a": 12, "b": 12}


def test_an_ensemble_takes_its_members_along():
    ensembles = [Ensemble(id="four", of=("a", "b"), members=4)]
    found = further(planned({"a": 12, "b": 12, "c": 12}, ensembles), [claimed("four", "a", n=12, more=8)], 20)
    assert found.seeds == {"a": 20, "b": 20, "c": 12}


@pytest.mark.parametrize(("profile", "most", "first"), [(2, 20, 5), (5, 20, 5), (7, 20, 8), (12, 8, 8)])
def test_it_begins_at_a_look(profile, most, first):
    assert first_seeds(planned({"a": profile}, profile_seeds=profile), most) == {"a": first}


def test_it_goes_on_to_the_first_look_that_its_ensembles_allow():
    """Sets of four need twelve seeds for a verdict: five are not the end, they are too few."""
    singles = [40.0, 41.0, 42.0, 43.0, 44.0]
    table = {"net": dict(enumerate(singles)), "four": {0: 39.0}}
    claim = Difference(id="four<net", text="", metric="test_error", lower="four", higher="net")
    outcomes = decide([claim], lambda name, _: table[name], lambda *_: None, {"four": Pool(("net",), 4)})
    plan = planned({"net": 5}, [Ensemble(id="four", of="net", members=4)])
    assert further(plan, outcomes, 20).seeds == {"net": 12}
    assert further(plan, outcomes, 12).seeds == {"net": 12}
    stopped = further(plan, outcomes, 11)
    assert not stopped.seeds
    assert stopped.why[0].endswith("it stops, the limit is 11")


def test_runs_that_are_missing_are_no_reason_for_more_seeds():
    outcome = claimed("a", "b", n=4, more=1, note="needs 5 seeds of each experiment, has 4")
    found = further(planned({"a": 5, "b": 5}), [outcome], 20)
    assert not found.seeds
    assert found.why[0].endswith("it stops, runs are missing")
