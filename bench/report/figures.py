"""Figures as SVG text: one house style, intervals always drawn, the same bytes for the same numbers."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

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
    """A family of experiments along an axis: `resnet-20`, `resnet-56` … are `resnet` at 20, 56 …"""

    name: str
    places: tuple[int, ...]
    experiments: tuple[str, ...]


def figures(results: Results, label: str) -> list[Figure]:
    """All figures that the results allow."""
    drawn = []
    series = families(results.experiments)
    if not results.curves.empty:
        drawn.append(_curves(results, series, label))
    if not results.runs.empty:
        along = [one for one in series if len(one.places) > 1]
        drawn.append(_against_depth(results, along, label) if along else _dots(results, label))
    return drawn


def families(experiments: Sequence[str]) -> list[Series]:
    """Experiments by family: the id without its number is the family, the number the place in it."""
    found: dict[str, list[tuple[int, str]]] = {}
    for experiment in experiments:
        match = re.fullmatch(r"(.+?)-(\d+)", experiment)
        name, place = (match[1], int(match[2])) if match else (experiment, 0)
        found.setdefault(name, []).append((place, experiment))
    return [
        Series(name, tuple(place for place, _ in members), tuple(one for _, one in members))
        for name, members in ((name, sorted(members)) for name, members in found.items())
    ]


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
                ends.append((_last_mean(curves, last), experiment, colour))
            _direct_labels(axis, ends, curves_end=float(results.curves["epoch"].max()))
            axis.set_title(one.name, loc="left", fontweight="bold")
            axis.set_xlabel("epoch")
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[0].set_ylabel("error, %")
        _share_y(axes)
        svg = _svg(canvas, label)
    solid = (
        "solid: validation error; dashed: running training error" if held_out else "running training error"
    )
    caption = f"Training by depth ({solid}; mean over seeds, band: 95 % interval). {label}"
    return Figure("curves", caption, svg)


def _band(axis: Axes, curves: pd.DataFrame, metric: str, colour: str, **line: Any) -> None:
    found = [
        (float(epoch), stats.mean(rows[metric].to_numpy(dtype=float)))  # type: ignore[arg-type]
        for epoch, rows in curves.groupby("epoch", sort=True)
    ]
    epochs = [epoch for epoch, _ in found]
    axis.plot(epochs, [one.value for _, one in found], color=colour, **line)
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


def _against_depth(results: Results, series: Sequence[Series], label: str) -> Figure:
    panels = (("train_error", "training error (clean), %"), ("test_error", "test error, %"))
    with _canvas(len(panels), height=3.6) as (canvas, axes):
        for axis, (metric, words) in zip(axes, panels, strict=True):
            ends = []
            for colour, one in zip(_cycle(), series, strict=False):
                found = [
                    (place, results.values(name, metric))  # type: ignore[arg-type]
                    for place, name in zip(one.places, one.experiments, strict=True)
                ]
                found = [(place, values) for place, values in found if len(values)]
                if not found:
                    continue
                _intervals(axis, found, colour)
                ends.append((float(np.mean(found[-1][1])), one.name, colour))
            _direct_labels(axis, ends, curves_end=max(max(one.places) for one in series))
            axis.margins(x=0.06)
            axis.set_title(words, loc="left", fontweight="bold")
            axis.set_xlabel("layers")
            axis.set_xticks(sorted({place for one in series for place in one.places}))
        svg = _svg(canvas, label)
    caption = f"Error against depth (points: seeds; bars: mean and 95 % interval). {label}"
    return Figure("error-against-depth", caption, svg)


def _intervals(axis: Axes, found: Sequence[tuple[int, Any]], colour: str) -> None:
    means = [stats.mean(values) for _, values in found]
    places = [place for place, _ in found]
    values = [mean.value for mean in means]
    spans = [[mean.value - mean.low for mean in means], [mean.high - mean.value for mean in means]]
    axis.errorbar(places, values, yerr=np.nan_to_num(spans), color=colour, marker="_", capsize=4)
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
