"""What averaging predictions gives: by ensemble, by the number of nets, by the number of views."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bench.claims import stats
from bench.report.figures.canvas import COLOURS, Figure, Mark, canvas_of, cycle, drawing_of, mark
from bench.results.tables import Results

_LETTER = 0.019  # a letter's width as a share of a panel's


def averages(results: Results, label: str) -> list[Figure]:
    """The figures of a suite that averages predictions; none else."""
    drawn = [] if results.ensembles.empty else [_by_ensemble(results, label)]
    return drawn if results.sampled.empty else [*drawn, _sampled(results, label)]


def _by_ensemble(results: Results, label: str) -> Figure:
    found = [(one.id, results.values(one.id, "test_error")) for one in results.averaged]
    found = [(name, values) for name, values in found if len(values)]
    with canvas_of(1, height=0.9 + 0.3 * len(found)) as (canvas, (axis,)):
        for row, (_, values) in enumerate(reversed(found)):
            mean = stats.mean(values)
            span = np.nan_to_num([[mean.value - mean.low], [mean.high - mean.value]])
            axis.errorbar([mean.value], [row], xerr=span, color=COLOURS[0], marker="|", capsize=4)
            axis.plot(values, [row] * len(values), ".", color=COLOURS[0], alpha=0.35)
        axis.set_yticks(range(len(found)), [name for name, _ in reversed(found)])
        axis.set_xlabel("test error, %")
        drawn = drawing_of(canvas, label)
    caption = (
        "Test error of averaged predictions (points: disjoint sets of members; bars: mean and 95 % "
        f"interval). {label}"
    )
    return Figure("ensembles", caption, drawn)


@dataclass(frozen=True)
class _Line:
    name: str
    points: tuple[tuple[int, float, float, float], ...]  # place, mean, least, most


def _sampled(results: Results, label: str) -> Figure:
    rows = results.sampled.to_dict("records")
    panels = {
        "nets averaged": _lines([row for row in rows if row["views"] in (1, 10)], "members", _of_nets),
        "views of each image averaged": _lines(
            [row for row in rows if row["members"] in (1, 4) and row["weights"] == "last"], "views", _of_views
        ),
    }
    panels = {words: lines for words, lines in panels.items() if lines}
    with canvas_of(len(panels), height=4.4) as (canvas, axes):
        marked = [
            _draw(axis, words, lines) for axis, (words, lines) in zip(axes, panels.items(), strict=True)
        ]
        axes[0].set_ylabel("test error, %")
        canvas.draw_without_rendering()
        for axis, marks in zip(axes, marked, strict=True):
            mark(axis, marks)
        drawn = drawing_of(canvas, label)
    caption = (
        "Error against the number of nets and of views (lines: mean over sampled sets of members, which "
        f"overlap; bands: least and most; descriptive, no test rests on them). {label}"
    )
    return Figure("averages", caption, drawn)


def _of_nets(row: Mapping[str, Any]) -> str:
    ends = ", ends of cycles" if row["weights"] == "cycles" else ""
    return str(row["experiment"]) + ends + (f", {row['views']} views" if row["views"] > 1 else "")


def _of_views(row: Mapping[str, Any]) -> str:
    return f"{row['experiment']}, {row['members']} net" + ("s" if row["members"] > 1 else "")


def _lines(rows: Sequence[Any], place: str, name: Callable[[Mapping[str, Any]], str]) -> list[_Line]:
    lines = []
    for named, members in groupby(sorted(rows, key=lambda row: (name(row), row[place])), name):
        points = tuple((row[place], row["test_error"], row["least"], row["most"]) for row in members)
        if len(points) > 1:
            lines.append(_Line(named, points))
    return lines


def _draw(axis: Axes, words: str, lines: Sequence[_Line]) -> list[Mark]:
    marks = []
    for colour, line in zip(cycle(), lines, strict=False):
        places, means, least, most = (list(column) for column in zip(*line.points, strict=True))
        axis.plot(places, means, color=colour, marker="o", markersize=3)
        axis.fill_between(places, least, most, color=colour, alpha=0.12, linewidth=0)
        marks.append(Mark(places[-1], means[-1], line.name, colour))
    axis.set_xlabel(words)
    ticks = sorted({place for line in lines for place, *_ in line.points})
    axis.set_xticks(ticks)
    longest = max(len(line.name) for line in lines)
    share = min(0.6, longest * _LETTER)  # of the panel's width, for the names
    axis.set_xlim(ticks[0] - 0.4, ticks[-1] + (ticks[-1] - ticks[0]) * share / (1 - share))
    return marks
