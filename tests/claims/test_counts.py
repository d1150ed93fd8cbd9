import pytest

from bench.claims import Count, CountGap, CountOrder, SameCount
from bench.claims.counts import Exact, judge
from bench.claims.kinds import parse
from bench.claims.verdicts import decide

WEIGHTS = {"small": 61_706, "large": 60_965_224, "cut": 59_268_712}
BASE = {"id": "c", "text": "", "quantity": "parameters"}


def count(name: str, quantity: str) -> int | None:
    return WEIGHTS.get(name) if quantity == "parameters" else None


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (Count(**BASE, values={"small": 61_706}), True),
        (Count(**BASE, values={"small": 60_000}), False),
        (Count(**BASE, values={"small": 60_000}, rounded=True), True),  # one digit is printed, so 5 %
        (Count(**BASE, values={"small": 58_000}, rounded=True), False),
        (Count(**BASE, values={"small": 61_600}, rounded=True), False),  # a hundred is its last digit
        (Count(**BASE, values={"small": 61_700, "large": 61_000_000}, rounded=True), True),
        (Count(**BASE, values={"small": 61_706, "large": 59_000_000}, rounded=True), False),
        (CountGap(**BASE, more="large", fewer="cut", by=1_696_512), True),
        (CountGap(**BASE, more="large", fewer="cut", by=1_000_000, rounded=True), False),
        (CountGap(**BASE, more="cut", fewer="large", by=1_696_512), False),
        (CountOrder(**BASE, falling=("large", "cut", "small")), True),
        (CountOrder(**BASE, falling=("cut", "large")), False),
        (CountOrder(**BASE, falling=("cut", "cut")), False),
        (SameCount(**BASE, groups=(("cut", "large"),)), False),
        (Count(**BASE, values={"unknown": 1}), None),
    ],
)
def test_arithmetic_decides(claim: Exact, holds):
    found, note = judge(claim, count)
    assert found is holds
    verdict = {True: "supported", False: "contradicted", None: "undecided"}[holds]
    outcome = decide([claim], lambda *_: pytest.fail("no runs are needed"), count)[0]
    assert (outcome.verdict, outcome.note) == (verdict, note)
    assert parse(claim.model_dump(mode="json")) == claim


def test_the_note_tells_the_counts_the_difference_and_why():
    claim = CountGap(**BASE, more="large", fewer="cut", by=1_000_000, rounded=True, remark="Two groups")
    assert judge(claim, count)[1] == (
        "exact count: large 60,965,224, cut 59,268,712; difference 1,696,512 "
        "(rounded: right is what is off by at most one of the last digit, zeros aside, and 5 %). Two groups"
    )
