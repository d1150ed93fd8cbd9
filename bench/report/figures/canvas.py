"""The house style of figures: SVG text, intervals always drawn, the same bytes for the same numbers."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from bench.claims import stats

# Okabe and Ito's palette, told apart by colour-blind eyes as well
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
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
    """A drawn figure: its file name, what it shows, the SVG text, and the same as PNG."""

    name: str
    caption: str
    drawn: "Drawing"

    @property
    def svg(self) -> str:
        """The SVG text."""
        return self.drawn.svg


@contextmanager
def canvas_of(
    panels: int, height: float, rows: int = 1, width: float = 4.6, sharey: bool = False
) -> Iterator[tuple[Canvas, list[Axes]]]:
    """A figure of so many panels in each row, row by row; sizes of a panel in inches, a lone one is wider."""
    with matplotlib.rc_context(_STYLE):
        lone = panels * rows == 1
        size = (7.0 if lone else width * panels, height * rows)
        canvas = Canvas(figsize=size, layout="constrained")
        yield canvas, list(np.ravel(canvas.subplots(rows, panels, sharey=sharey, squeeze=False)))


def share_y(axes: Sequence[Axes]) -> None:
    """The same range of errors on all axes."""
    low = min(axis.get_ylim()[0] for axis in axes)
    high = max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(max(0.0, low), min(100.0, high))


def cycle() -> Iterator[str]:
    """The palette, again and again."""
    while True:
        yield from COLOURS


@dataclass(frozen=True)
class Drawing:
    """A figure in both formats."""

    svg: str
    png: bytes


def drawing_of(canvas: Canvas, label: str) -> Drawing:
    """The figure with its label below."""
    # the label goes with the file wherever it is shown
    canvas.supxlabel(label, x=0.01, ha="left", fontsize=8, color="#5c6470")
    text, pixels = io.StringIO(), io.BytesIO()
    canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    canvas.set_layout_engine("none")  # the same places, without finding them again
    canvas.savefig(pixels, format="png", dpi=144, metadata={"Software": None})
    return Drawing(text.getvalue(), pixels.getvalue())


def intervals(axis: Axes, found: Sequence[tuple[int, Any]], colour: str, line: str) -> None:
    """Means with 95 % intervals, and the seeds as points, at places along x."""
    means = [stats.mean(values) for _, values in found]
    places = [place for place, _ in found]
    values = [mean.value for mean in means]
    spans = [[mean.value - mean.low for mean in means], [mean.high - mean.value for mean in means]]
    axis.errorbar(
        places, values, yerr=np.nan_to_num(spans), color=colour, marker="_", capsize=4, linestyle=line
    )
    for place, seeds in found:
        axis.plot([place] * len(seeds), seeds, ".", color=colour, alpha=0.35, markersize=5)


@dataclass(frozen=True)
class Mark:
    """A name beside a point, in the data's coordinates."""

    x: float
    y: float
    text: str
    colour: str


_CHARACTER, _LINE, _GAP = 4.8, 10.0, 7.0  # points: width of a letter of the labels, their height, distance


def mark(axis: Axes, marks: Sequence[Mark]) -> None:
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
