"""Figures: which of them the results allow."""

from bench.report.figures.against import PLACES, against, dots, places_of
from bench.report.figures.averages import averages
from bench.report.figures.canvas import Figure
from bench.report.figures.curves import curves
from bench.report.figures.families import families
from bench.report.figures.gains import gains, sizes
from bench.report.figures.transfer import by_depth_and_size, by_probe, transfer
from bench.results.tables import Results

_OWN = (
    gains,
    sizes,
    averages,
    transfer,
    by_probe,
    by_depth_and_size,
)  # each draws what some suites alone have


def figures(results: Results, label: str) -> list[Figure]:
    """All figures that the results allow."""
    drawn = []
    if not results.runs.empty:
        drawn = [one for draw in _OWN for one in draw(results, label)]
        series = families(results.experiments)
        axes = [axis for axis in PLACES if len(set(places_of(results, axis).values())) > 1]
        drawn += [against(results, series, axis, label) for axis in axes]
        drawn = drawn or [dots(results, label)]
    if not results.curves.empty:
        drawn.append(curves(results, label))
    return drawn
