"""Verdicts as a table for Python: a row for each."""

from collections.abc import Sequence
from math import nan

import pandas as pd

from bench.claims.verdicts import Outcome


def verdicts_frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """A row for each claim: claim, text, verdict, budget, estimate, low, high, p, n, said, note.

    Of several contrasts, which must all hold, the estimate and its 95 % interval are those of the one that
    exceeds its bound by least. Claims that are counted have neither, nor p.
    """
    columns = ["claim", "text", "verdict", "budget", "estimate", "low", "high", "p", "n", "said", "note"]
    return pd.DataFrame([_verdict_row(one) for one in outcomes], columns=columns)


def _verdict_row(outcome: Outcome) -> dict[str, object]:
    gaps = [(estimate.value - contrast.bound, estimate) for contrast, estimate in outcome.contrasts]
    least = min(gaps, key=lambda one: one[0])[1] if gaps else None
    return {
        "claim": outcome.claim.id,
        "text": outcome.claim.text,
        "verdict": outcome.verdict,
        "budget": outcome.holds_at.removeprefix("at "),
        "estimate": least.value if least else nan,
        "low": least.low if least else nan,
        "high": least.high if least else nan,
        "p": nan if outcome.p is None else outcome.p,
        "n": outcome.n,
        "said": outcome.claim.said,
        "note": outcome.note,
    }
