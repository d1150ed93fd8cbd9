"""Training curves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.claims import stats
from bench.claims.stats import Sample
from bench.report.figures.canvas import COLOURS, Drawing, Figure, canvas_of, cycle, drawing_of, share_y
from bench.report.figures.families import Series, comparisons, families, short
from bench.results.tables import Results

_READABLE = 7  # curves in one panel
_ACROSS = 6  # panels


def curves(results: Results, label: str) -> Figure:
    """Errors by epoch: families in a panel each, or where they are too many, every experiment in its own."""
    held_out = bool(results.curves["validation_error"].notna().any())
    ran = set(results.curves["experiment"])
    series = families([name for name in results.experiments if name in ran])
    crowded = max(len(one.experiments) for one in series) > _READABLE or len(series) > _ACROSS
    drawn = _facets(results, held_out, label) if crowded else _panels(results, series, held_out, label)
    solid = (
        "solid: validation error; dashed: running training error" if held_out else "running training error"
    )
    grey = "; grey: without augmentation" if crowded and comparisons(results) else ""
    caption = f"Training curves ({solid}; mean over seeds, band: 95 % interval{grey}). {label}"
    return Figure("curves", caption, drawn)


def _facets(results: Results, held_out: bool, label: str) -> Drawing:
    names = [name for name in results.experiments if (results.curves["experiment"] == name).any()]
    without = {method: one.without for one in comparisons(results) for method in one.methods}
    rows = -(-len(names) // _ACROSS)
    with canvas_of(_ACROSS, 1.5, rows, 1.9, sharey=True) as (canvas, axes):
        for axis, name in zip(axes, names, strict=False):
            if name in without:
                bare = results.curves[results.curves["experiment"] == without[name]]
                _band(axis, bare, "validation_error" if held_out else "train_error", "#9aa0a6", linewidth=1.0)
            own = results.curves[results.curves["experiment"] == name]
            _band(axis, own, "train_error", COLOURS[0], linestyle=(0, (4, 2)), linewidth=1.0)
            if held_out:
                _band(axis, own, "validation_error", COLOURS[0], linewidth=1.4)
            axis.set_title(name, loc="left", fontsize=8)
            axis.tick_params(labelsize=7)
            axis.xaxis.set_major_locator(MaxNLocator(3, integer=True, min_n_ticks=1))
        for axis in axes[len(names) :]:
            axis.set_visible(False)
        axes[0].set_ylim(0, 100)
        canvas.supylabel("error, %", fontsize=9)
        return drawing_of(canvas, f"epochs to the right. {label}")


def _panels(results: Results, series: Sequence[Series], held_out: bool, label: str) -> Drawing:
    with canvas_of(len(series), height=3.9) as (canvas, axes):
        for axis, one in zip(axes, series, strict=True):
            ends = []
            for colour, experiment in zip(cycle(), one.experiments, strict=False):
                curves = results.curves[results.curves["experiment"] == experiment]
                if curves.empty:
                    continue
                _band(axis, curves, "train_error", colour, linestyle=(0, (4, 2)), linewidth=1.2)
                last = "train_error"
                if held_out:
                    _band(axis, curves, "validation_error", colour)
                    last = "validation_error"
                ends.append((_last_mean(curves, last), short(experiment, one.name), colour))
            _direct_labels(axis, ends, curves_end=float(results.curves["epoch"].max()))
            axis.set_title(one.name, loc="left", fontweight="bold")
            axis.set_xlabel("epoch")
            axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes[0].set_ylabel("error, %")
        share_y(axes)
        return drawing_of(canvas, label)


def _band(axis: Axes, curves: pd.DataFrame, metric: str, colour: str, **line: Any) -> None:
    epochs, means, lows, highs = _mean_curve(curves, metric)
    marker = "o" if len(epochs) == 1 else ""  # a line of one epoch would not be seen
    axis.plot(epochs, means, color=colour, marker=marker, **line)
    axis.fill_between(epochs, lows, highs, color=colour, alpha=0.15, linewidth=0)


def _mean_curve(curves: pd.DataFrame, metric: str) -> tuple[Sample, Sample, Sample, Sample]:
    """Epochs, means over the seeds that have got so far, and their intervals."""
    table = curves.pivot_table(index="epoch", columns="seed", values=metric)
    values, epochs = table.to_numpy(dtype=float), table.index.to_numpy(dtype=float)
    there = np.isfinite(values).sum(axis=1)
    parts = [np.flatnonzero(there == n) for n in np.unique(there)[::-1] if n]  # those of one length at once
    found = np.full((3, len(epochs)), np.nan)
    for rows in parts:
        known = values[rows][np.isfinite(values[rows])].reshape(len(rows), -1)
        found[:, rows] = stats.band(known)
    return epochs, *found


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
