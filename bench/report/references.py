"""Published numbers beside ours: like with like, and never one that was not found."""

import math

import numpy as np

from bench.claims import stats
from bench.claims.stats import Estimate
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


_OURS = {"mean": "mean", "single": "mean", "median": "median", "best": "best"}


def references_table(results: Results) -> Table | None:
    """Each published number beside ours of the same kind; None where there is none to show.

    Their mean and our mean differ with Welch's interval where they print a spread, else with ours alone. A
    single run of theirs is set beside our mean with the interval for one more run. Best and median have
    no interval.
    """
    rows = [_beside(results, one) for one in results.references if len(_ours(results, one))]
    if not rows:
        return None
    columns = ("experiment", "metric", "published", "ours", "ours − published [95 % interval]", "source")
    other = " They were measured with another protocol, so a difference says little" * results.other_protocol
    caption = f"Beside the published numbers, like with like: {results.label}.{other}"
    return Table("references", caption, columns, tuple(rows))


def _ours(results: Results, one: Reference) -> stats.Sample:
    return results.values(one.experiment, one.metric)


def _beside(results: Results, one: Reference) -> tuple[str, ...]:
    sample = _ours(results, one)
    kind = _OURS[one.statistic]
    best = np.max if lower_is_better(one.metric) is False else np.min
    ours = float({"mean": np.mean, "median": np.median, "best": best}[kind](sample))  # type: ignore[operator]
    difference = Estimate(ours - one.value, math.nan, math.nan, math.nan, math.nan, len(sample))
    if kind == "mean" and len(sample) > 1:
        runs = 1 if one.statistic == "single" else one.n
        spread = one.spread if one.n > 1 else None
        difference = stats.against_published(stats.mean(sample), one.value, runs=runs, spread=spread)
    return (
        one.experiment,
        title(one.metric),
        _reference(one),
        f"{ours:.2f} ({kind} of {len(sample)})",
        interval(difference),
        f"{one.paper}, {one.where}",
    )
