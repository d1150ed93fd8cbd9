"""Measures along an axis: what looks at trained weights gave, place by place."""

import re

from bench.claims import stats
from bench.report.table import Table, interval
from bench.results.tables import Results
from bench.spec.metrics import METRICS

HEADING = "Measures along an axis"


def table(results: Results) -> Table | None:
    """Experiment and metric by place, means over seeds; what is taken at every epoch is left to curves."""
    along = results.measures[results.measures["at"].astype(str).str.fullmatch(r"[a-z]+=[^,]*")]
    along = along[~along["at"].str.startswith("epoch=")]
    if along.empty:
        return None
    places = sorted(along["at"].unique(), key=_place)
    rows = []
    for (experiment, metric), found in along.groupby(["experiment", "metric"], sort=False):
        by_place = {at: part["value"].to_numpy(dtype=float) for at, part in found.groupby("at")}
        cells = (interval(stats.mean(by_place[at])) if at in by_place else "–" for at in places)
        rows.append((str(experiment), METRICS[str(metric)].words, METRICS[str(metric)].unit, *cells))
    heads = [at.replace("=", " ") for at in places]
    caption = f"{HEADING}: {results.label}. Means over seeds [95 % interval]"
    return Table(
        "measures", caption, ("experiment", "measure", "unit", *heads), tuple(rows), frozenset(heads)
    )


def _place(at: str) -> tuple[str, float]:
    axis, _, number = at.partition("=")
    return axis, float(number) if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", number) else 0.0
