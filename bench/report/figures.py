"""Figures as SVG text: one house style, intervals always drawn, the same bytes for the same numbers."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import EngFormatter, MaxNLocator, NullFormatter

from bench import stats
from bench.results import Results

# Okabe and Ito's palette, told apart by colour-blind eyes as well
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "cnn-bench",  # else every build draws other ids
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
}


@dataclass(frozen=True)
class Figure:
    """A drawn figure: its file name, what it shows, and the SVG text."""

    name: str
    caption: str
    svg: str


@dataclass(frozen=True)
class Series:
    """A family of experiments: those whose ids begin alike, as `resnet-20` and `resnet-56` do."""

    name: str
    experiments: tuple[str, ...]


def figures(results: Results, label: str) -> list[Figure]:
    """All figures that the results allow."""
    drawn = []
    series = families(results.experiments)
    if not results.curves.empty:
        drawn.append(_curves(results, series, label))
    if not results.runs.empty:
        axes = [axis for axis in PLACES if len(set(_places(results, axis).values())) > 1]
        drawn += [_against(results, series, axis, label) for axis in axes] or [_dots(results, label)]
    return drawn


def families(experiments: Sequence[str]) -> list[Series]:
    """Experiments by family, in their order: the id up to its first hyphen names it.

    Those that are alone in theirs stand together, without a name.
    """
    found: dict[str, list[str]] = {}
    for experiment in experiments:
        found.setdefault(experiment.partition("-")[0], []).append(experiment)
    related = [Series(name, tuple(members)) for name, members in found.items() if len(members) > 1]
    alone = tuple(members[0] for members in found.values() if len(members) == 1)
    return related + ([Series("", alone)] if alone else [])


def _curves(results: Results, series: Sequence[Series], label: str) -> Figure:
    held_out = results.curves["validation_error"].notna().any()
    with _canvas(len(series), height=3.9) as (canvas, axes):
        for axis, one in zip(axes, series, strict=True):
            ends = []
            for colour, experiment in zip(_cycle(), one.experiments, strict=False):
                curves = results.curves[results.curves["experiment"] == experiment]
                if curves.empty:
                    continue
                _band(axis, curves, "train_error", colour, linestyle=(0, (4, 2)), linewidth=1.2)
                last = "train_error"
                if held_out:
                    _band(axis, curves, "validation_error", colour)
                    last = "validation_error"
                ends.append((_last_mean(curves, last), _short(experiment, one.name), colour))
            _direct_labels(axis, ends, curves_end=float(results.curves["epoch"].max()))
            axis.set_title(one.name, loc="left", fontweight="bold")
            axis.set_xlabel("epoch")
            axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes[0].set_ylabel("error, %")
        _share_y(axes)
        svg = _svg(canvas, label)
    solid = (
        "solid: validation error; dashed: running training error" if held_out else "running training error"
    )
    caption = f"Training curves ({solid}; mean over seeds, band: 95 % interval). {label}"
    return Figure("curves", caption, svg)


def _band(axis: Axes, curves: pd.DataFrame, metric: str, colour: str, **line: Any) -> None:
    found = [
        (float(epoch), stats.mean(rows[metric].to_numpy(dtype=float)))  # type: ignore[arg-type]
        for epoch, rows in curves.groupby("epoch", sort=True)
    ]
    epochs = [epoch for epoch, _ in found]
    marker = "o" if len(epochs) == 1 else ""  # a line of one epoch would not be seen
    axis.plot(epochs, [one.value for _, one in found], color=colour, marker=marker, **line)
    lows, highs = [one.low for _, one in found], [one.high for _, one in found]
    axis.fill_between(epochs, lows, highs, color=colour, alpha=0.15, linewidth=0)


def _last_mean(curves: pd.DataFrame, metric: str) -> float:
    return float(curves[curves["epoch"] == curves["epoch"].max()][metric].mean())


def _direct_labels(axis: Axes, ends: Sequence[tuple[float, str, str]], curves_end: float) -> None:
    """Names at the ends of the curves, moved apart where they would meet."""
    axis.margins(x=0.02)
    axis.relim()
    axis.autoscale_view()
    bottom, top = axis.get_ylim()
    gap, below = (top - bottom) * 0.07, -np.inf
    for end, name, colour in sorted(ends):
        place = max(end, below + gap)
        below = place
        axis.annotate(
            name,
            (curves_end, place),
            xytext=(6, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )


PLACES = {"depth": "layers with weights", "parameters": "parameters"}  # what errors are drawn against


def _places(results: Results, quantity: str) -> dict[str, int]:
    """Where each experiment that has runs stands on an axis."""
    ran = [name for name in results.experiments if len(results.values(name, "test_error"))]
    counted = {name: results.count(name, quantity) for name in ran}
    return {name: place for name, place in counted.items() if place is not None}


def _against(results: Results, series: Sequence[Series], quantity: str, label: str) -> Figure:
    """Error against a count: a line for each family where its members stand apart, else labelled points."""
    panels = (("train_error", "training error (clean), %"), ("test_error", "test error, %"))
    places, depths = _places(results, quantity), _places(results, "depth")
    with _canvas(len(panels), height=4.4) as (canvas, axes):
        marked: list[list[Mark]] = []
        for axis, (metric, words) in zip(axes, panels, strict=True):
            marks = []
            for colour, one in zip(_cycle(), series, strict=False):
                members = sorted((places[name], name) for name in one.experiments if name in places)
                found = [
                    (place, results.values(name, metric))  # type: ignore[arg-type]
                    for place, name in members
                ]
                apart = bool(one.name) and len({depths[name] for _, name in members}) == len(members) > 1
                _intervals(axis, found, colour, line="-" if apart else "none")
                ends = [
                    Mark(place, float(np.mean(seeds)), _short(name, one.name), colour)
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
            _mark(axis, marks)
        svg = _svg(canvas, label)
    caption = f"Error against {quantity} (points: seeds; bars: mean and 95 % interval). {label}"
    return Figure(f"error-against-{quantity}", caption, svg)


@dataclass(frozen=True)
class Mark:
    """A name beside a point, in the data's coordinates."""

    x: float
    y: float
    text: str
    colour: str


def _short(experiment: str, family: str) -> str:
    return experiment.removeprefix(f"{family}-").replace("without-", "without ") or experiment


_CHARACTER, _LINE, _GAP = 4.8, 10.0, 7.0  # points: width of a letter of the labels, their height, distance


def _mark(axis: Axes, marks: Sequence[Mark]) -> None:
    """Names right of their points, moved up where they would meet."""
    points = 72 / axis.get_figure().dpi  # type: ignore[union-attr]
    taken: list[tuple[float, float, float]] = []  # left, right, middle
    for one in sorted(marks, key=lambda mark: mark.y):
        left, middle = axis.transData.transform((one.x, one.y)) * points
        right, place = left + _GAP + _CHARACTER * len(one.text), middle
        for other_left, other_right, other in sorted(taken, key=lambda label: label[2]):
            if other_left < right and left < other_right and abs(place - other) < _LINE:
                place = other + _LINE
        taken.append((left, right, place))
        axis.annotate(
            one.text,
            (one.x, one.y),
            xytext=(_GAP, place - middle),
            textcoords="offset points",
            color=one.colour,
            va="center",
            fontsize=8,
            annotation_clip=False,
            bbox={"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 0.5},
        ).set_in_layout(False)


def _intervals(axis: Axes, found: Sequence[tuple[int, Any]], colour: str, line: str) -> None:
    means = [stats.mean(values) for _, values in found]
    places = [place for place, _ in found]
    values = [mean.value for mean in means]
    spans = [[mean.value - mean.low for mean in means], [mean.high - mean.value for mean in means]]
    axis.errorbar(
        places, values, yerr=np.nan_to_num(spans), color=colour, marker="_", capsize=4, linestyle=line
    )
    for place, seeds in found:
        axis.plot([place] * len(seeds), seeds, ".", color=colour, alpha=0.35, markersize=5)


def _dots(results: Results, label: str) -> Figure:
    names = [name for name in results.experiments if len(results.values(name, "test_error"))]
    with _canvas(1, height=0.8 + 0.34 * len(names)) as (canvas, (axis,)):
        for row, name in enumerate(reversed(names)):
            seeds = results.values(name, "test_error")
            mean = stats.mean(seeds)
            span = np.nan_to_num([[mean.value - mean.low], [mean.high - mean.value]])
            axis.errorbar([mean.value], [row], xerr=span, color=_COLOURS[0], marker="|", capsize=4)
            axis.plot(seeds, [row] * len(seeds), ".", color=_COLOURS[0], alpha=0.35)
        axis.set_yticks(range(len(names)), list(reversed(names)))
        axis.set_xlabel("test error, %")
        svg = _svg(canvas, label)
    return Figure("errors", f"Test error (points: seeds; bars: mean and 95 % interval). {label}", svg)


@contextmanager
def _canvas(panels: int, height: float) -> Iterator[tuple[Canvas, list[Axes]]]:
    with matplotlib.rc_context(_STYLE):
        canvas = Canvas(figsize=(4.6 * panels if panels > 1 else 7.0, height), layout="constrained")
        yield canvas, list(np.atleast_1d(canvas.subplots(1, panels)))


def _share_y(axes: Sequence[Axes]) -> None:
    low = min(axis.get_ylim()[0] for axis in axes)
    high = max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(max(0.0, low), min(100.0, high))


def _cycle() -> Iterator[str]:
    while True:
        yield from _COLOURS


def _svg(canvas: Canvas, label: str) -> str:
    # the label goes with the file wherever it is shown
    canvas.supxlabel(label, x=0.01, ha="left", fontsize=8, color="#5c6470")
    out = io.StringIO()
    canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
