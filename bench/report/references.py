"""Published numbers beside ours: compared only by the same protocol, and never one that was not found."""

import math

import numpy as np

from bench.claims import stats
from bench.report.table import Table, interval
from bench.results.tables import Results
from bench.spec import Reference
from bench.spec.metrics import lower_is_better, title


def published(results: Results, experiment: str) -> str:
    """The published numbers for an experiment, in one cell."""
    found = [one for one in results.references if one.experiment == experiment]
    return "; ".join(_reference(one) for one in found) or "–"


def _reference(one: Reference) -> str:
    """The number with its statistic and, where that is not the suite's, its data set."""
    spread = f" ± {one.spread:g}" if one.spread is not None else ""
    where = f", {one.data}" if one.data else ""
    runs = "single run" if one.statistic == "single" else f"{one.statistic} of {one.n}"
    return f"{one.value:g}{spread} ({runs}{where})"


_NOT_COMPARED = "not compared"
_CLOSE = 0.1  # of a published number: a prediction interval that reaches no further calls ours the same
_OURS = {"mean": "mean", "single": "mean", "median": "median", "best": "best"}


def references_table(results: Results) -> Table | None:
    """Each published number beside ours of the same kind; None where there is none to show.

    They are compared only where the protocol is the published one, by a prediction interval: for one more run
    of ours where theirs is a single one, Welch's where they print a mean with its spread.
    """
    rows = [_beside(results, one) for one in results.references if len(_ours(results, one))]
    if not rows:
        return None
    columns = ("experiment", "metric", "published", "ours", "compared", "source")
    rule = (
        " Same: 0 lies within the 95 % prediction interval of ours − published, which reaches no further "
        f"than {100 * _CLOSE:.0f} % of the published number; not the same: 0 lies outside; else one cannot "
        "tell"
    )
    none = (
        " None is compared: ours were measured by another protocol, and say nothing of those networks when "
        "they are trained as published"
    )
    compared = any(not row[4].startswith(_NOT_COMPARED) for row in rows)
    caption = f"Published numbers beside ours: {results.label}.{rule if compared else none}"
    return Table("references", caption, columns, tuple(rows))


def _ours(results: Results, one: Reference) -> stats.Sample:
    return results.values(one.experiment, one.metric)


def _beside(results: Results, one: Reference) -> tuple[str, ...]:
    sample = _ours(results, one)
    kind = _OURS[one.statistic]
    best = np.max if lower_is_better(one.metric) is False else np.min
    ours = float({"mean": np.mean, "median": np.median, "best": best}[kind](sample))  # type: ignore[operator]
    return (
        one.experiment,
        title(one.metric),
        _reference(one),
        f"{ours:.2f} ({kind} of {len(sample)})",
        _compared(results, one, sample),
        f"{one.paper}, {one.where}",
    )


def _compared(results: Results, one: Reference, sample: stats.Sample) -> str:
    """Same, not the same, cannot tell; or why they are not compared."""
    if one.data or results.other_protocol:
        return f"{_NOT_COMPARED}: another {'data set' if one.data else 'protocol'}"
    if _OURS[one.statistic] != "mean" or len(sample) < 2:
        return "cannot tell: no interval"
    runs = 1 if one.statistic == "single" else one.n
    spread = one.spread if one.n > 1 else None
    found = stats.against_published(stats.mean(sample), one.value, runs=runs, spread=spread)
    if math.isnan(found.low):
        return "cannot tell: no interval"
    if not found.low <= 0 <= found.high:
        return f"not the same: {interval(found)}"
    close = max(-found.low, found.high) <= _CLOSE * one.value
    return f"{'same' if close else 'cannot tell'}: {interval(found)}"
