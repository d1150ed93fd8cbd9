"""Errors against what was counted, or alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.ticker import EngFormatter, NullFormatter

from bench.claims import stats
from bench.report.figures.canvas import COLOURS, Figure, Mark, canvas_of, cycle, drawing_of, intervals, mark
from bench.report.figures.families import Series, short
from bench.results.tables import Results
from bench.spec.metrics import title

PLACES = {"depth": "layers with weights", "parameters": "parameters"}  # what errors are drawn against


def places_of(results: Results, quantity: str) -> dict[str, int]:
    """Where each experiment that has runs stands on an axis."""
    ran = [name for name in results.experiments if len(results.values(name, "test_error"))]
    counted = {name: results.count(name, quantity) for name in ran}
    return {name: place for name, place in counted.items() if place is not None}


def against(results: Results, series: Sequence[Series], quantity: str, label: str) -> Figure:
    """Error against a count: a line for each family where its members stand apart, else labelled points."""
    panels = (("train_error", "training error (clean), %"), ("test_error", "test error, %"))
    places, depths = places_of(results, quantity), places_of(results, "depth")
    with canvas_of(len(panels), height=4.4) as (canvas, axes):
        marked: list[list[Mark]] = []
        for axis, (metric, words) in zip(axes, panels, strict=True):
            marks = []
            for colour, one in zip(cycle(), series, strict=False):
                members = sorted((places[name], name) for name in one.experiments if name in places)
                found = [(place, results.values(name, metric)) for place, name in members]
                apart = bool(one.name) and len({depths[name] for _, name in members}) == len(members) > 1
                intervals(axis, found, colour, line="-" if apart else "none")
                ends = [
                    Mark(place, float(np.mean(seeds)), short(name, one.name), colour)
                    for (place, seeds), (_, name) in zip(found, members, strict=True)
                ]
                marks += [replace(ends[-1], text=one.name)] if apart else ends
            axis.set_title(words, loc="left", fontweight="bold")
            axis.set_xlabel(PLACES[quantity])
            if quantity == "depth":
                axis.set_xticks(sorted(set(places.values())))
            elif max(places.values()) > 8 * min(places.values()):
                axis.set_xscale("log")
            if quantity != "depth":
                axis.xaxis.set_major_formatter(EngFormatter(sep=" "))
                axis.xaxis.set_minor_formatter(NullFormatter())
            axis.margins(x=0.2)  # room for names
            marked.append(marks)
        canvas.draw_without_rendering()  # places are known once the axes are laid out
        for axis, marks in zip(axes, marked, strict=True):
            mark(axis, marks)
        drawn = drawing_of(canvas, label)
    caption = f"Error against {quantity} (points: seeds; bars: mean and 95 % interval). {label}"
    return Figure(f"error-against-{quantity}", caption, drawn)


def dots(results: Results, label: str) -> Figure:
    """Every experiment's test error in a row of its own."""
    names = [name for name in results.experiments if len(results.values(name, "test_error"))]
    words = title(results.headline)
    with canvas_of(1, height=0.8 + 0.34 * len(names)) as (canvas, (axis,)):
        for row, name in enumerate(reversed(names)):
            seeds = results.values(name, results.headline)
            mean = stats.mean(seeds)
            span = np.nan_to_num([[mean.value - mean.low], [mean.high - mean.value]])
            axis.errorbar([mean.value], [row], xerr=span, color=COLOURS[0], marker="|", capsize=4)
            axis.plot(seeds, [row] * len(seeds), ".", color=COLOURS[0], alpha=0.35)
        axis.set_yticks(range(len(names)), list(reversed(names)))
        axis.set_xlabel(f"{words}, %")
        drawn = drawing_of(canvas, label)
    return Figure(
        "errors", f"{words.capitalize()} (points: seeds; bars: mean and 95 % interval). {label}", drawn
    )
