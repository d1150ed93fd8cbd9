"""Claims: their kinds, the statistics behind them, and verdicts. Suites find all kinds of claim here."""

from bench.claims.counts import Count, CountGap, CountOrder, CountRatio, SameCount
from bench.claims.kinds import Difference, Equivalence, GainTrend, Interaction, Order, Reached, Trend
from bench.spec.metrics import After, At, EpochsTo

__all__ = [
    "After",
    "At",
    "Count",
    "CountGap",
    "CountOrder",
    "CountRatio",
    "Difference",
    "EpochsTo",
    "Equivalence",
    "GainTrend",
    "Interaction",
    "Order",
    "Reached",
    "SameCount",
    "Trend",
]
