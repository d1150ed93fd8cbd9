"""Claims as they are written down: fields, partners, JSON."""

import json

import pytest
from pydantic import ValidationError

from bench.claims import (
    Count,
    Difference,
    Equivalence,
    GainTrend,
    Interaction,
    Order,
    Reached,
    SameCount,
    Trend,
)
from bench.claims.kinds import parse
from bench.spec.metrics import After, EpochsTo
from tests.claims.made import (
    falls,
    gains,
    less,
)


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
    with pytest.raises(ValueError, match="no kind of claim 'ordre': did you mean 'order'"):
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
