"""The ladder of budgets: every claim's contrasts at each of them, and where they lead."""

from collections.abc import Sequence

from bench.claims.ladder import FAR, LEFT_OUT, Climb
from bench.claims.verdicts import Outcome
from bench.report.table import Table, interval
from bench.results.tables import Results


def ladder_table(results: Results, outcomes: Sequence[Outcome]) -> Table | None:
    """Contrasts against the budget; None where there is no ladder."""
    shares = [one.share for one in results.rungs]
    climbed = [(one, each) for one in outcomes if one.climbs for each in one.climbs[: _shown(one)]]
    if not climbed:
        return None
    rows = tuple(
        (
            outcome.claim.id,
            one.contrast.label,
            " / ".join(f"{steps:,}" for steps in one.steps),
            *(interval(found) for found in one.estimates),
            interval(one.slope),
            _crossing(one),
            interval(one.projected),
            ", ".join(filter(None, [one.trend, "early" if one.early else ""])) or "–",
        )
        for outcome, one in climbed
    )
    rungs = (*(f"at ×{share:g}" for share in shares), "at ×1, the verdict's")
    last = ("a doubling", "meets its bound at", f"{FAR} doublings on", "trend")
    caption = (
        f"Budgets: {results.label}. Contrasts with 95 % intervals at each training budget, each trained by a "
        "whole schedule with seeds of its own; the straight line through them over doublings of the budget: "
        "its slope, where it meets the claim's bound (with the budgets at which it could), and its height "
        f"{FAR} doublings beyond the longest, which describes and decides nothing. Closing: it heads for its "
        f"bound, which its interval reaches within these {FAR}; stable: its interval does not; early: one "
        "more doubling gains a contender more than the contrast is worth"
    )
    if any(len(one.climbs) < len(one.contrasts) for one, _ in climbed):
        caption += LEFT_OUT
    columns = ("claim", "contrast", "steps", *rungs, *last)
    return Table("ladder", caption, columns, rows, frozenset({"steps", *rungs, *last[:3]}))


def _shown(outcome: Outcome) -> int:
    shown: int = outcome.claim.shown()  # type: ignore[attr-defined]  # only trained claims have climbs
    return shown


def _crossing(one: Climb) -> str:
    if one.crossing is None:
        return "not met"
    met, low, high = one.crossing
    span = f"{_steps(low)} to {_steps(high)}" + (" or more" if high >= one.line[-1][0] else "")
    return f"{_steps(met)} [{span}]" if met else f"[{span}]"


def _steps(value: float) -> str:
    """Two significant digits: no line knows more."""
    digits = len(f"{value:.0f}") - 2
    return f"{round(value, -max(digits, 0)):,.0f}"
