"""Claims: their kinds, the statistics behind them, and verdicts. Suites find all kinds of claim here."""

from typing import Any

from bench.claims.kinds import kinds
from bench.spec.metrics import After, At, EpochsTo

__all__ = ["After", "At", "EpochsTo", "kinds"]


def __getattr__(name: str) -> Any:
    """A kind of claim by the name of its class, such as `Difference`."""
    for kind in kinds().values():
        if kind.__name__ == name:
            return kind
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
