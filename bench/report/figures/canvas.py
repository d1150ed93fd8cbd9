"""The house style of figures: SVG text, intervals always drawn, the same bytes for the same numbers."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # suites import the kinds of figures, and should not wait for what draws them
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

# Okabe and Ito's palette, told apart by colour-blind eyes as well
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY, RULE = "#80868f", "#5c6470"
_FEW_DECADES = 300  # from the least to the most of a logarithmic axis: below, 2 and 5 are labelled as well
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "cnn-bench",  # else every build draws other ids
    "svg.fonttype": "none",
    "text.parse_math": False,  # an id may hold a dollar sign
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
class Picture:
    """A drawn figure: its file's name, what it shows, and itself as SVG text and as PNG.

    A picture that stands among the results files already has `file`, and no SVG.
    """

    name: str
    caption: str
    svg: str
    png: bytes
    file: str = ""


@contextmanager
def canvas_of(
    panels: int, height: float, rows: int = 1, width: float = 4.6, sharey: bool = False
) -> "Iterator[tuple[Canvas, list[Axes]]]":
    """A figure of so many panels in each row, row by row; sizes of a panel in inches, a lone one is wider."""
    import matplotlib
    import numpy as np
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        lone = panels * rows == 1
        size = (7.0 if lone else width * panels, height * rows)
        canvas = Figure(figsize=size, layout="constrained")
        yield canvas, list(np.ravel(canvas.subplots(rows, panels, sharey=sharey, squeeze=False)))


def share_y(axes: "Sequence[Axes]") -> None:
    """The same range of errors on all axes."""
    low = min(axis.get_ylim()[0] for axis in axes)
    high = max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(max(0.0, low), min(100.0, high))


def colours() -> Iterator[str]:
    """The palette, again and again."""
    return cycle(COLOURS)


def picture_of(canvas: "Canvas", name: str, caption: str, label: str) -> Picture:
    """What is drawn, with its label below: that goes with the file wherever it is shown."""
    canvas.supxlabel(label, x=0.01, ha="left", fontsize=8, color=RULE)
    text, pixels = io.StringIO(), io.BytesIO()
    canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    canvas.set_layout_engine("none")  # the same places, without finding them again
    canvas.savefig(pixels, format="png", dpi=144, metadata={"Software": None})
    return Picture(name, f"{caption}. {label}", text.getvalue(), pixels.getvalue())


def intervals(
    axis: "Axes", found: Sequence[tuple[float, Any]], colour: str, joined: bool, aside: float = 0.0
) -> None:
    """Means with 95 % intervals, and the seeds as points, at places along x; `aside` by so many points.

    Means that are joined by a line are dashes on it; each of the others is a dot of its own.
    """
    import numpy as np
    from matplotlib.transforms import ScaledTranslation

    from bench.claims import stats

    means = [stats.mean(values) for _, values in found]
    places = [place for place, _ in found]
    values = [mean.value for mean in means]
    spans = [[mean.value - mean.low for mean in means], [mean.high - mean.value for mean in means]]
    looks: dict[str, Any] = {"marker": "_"} if joined else {"marker": "o", "ms": 5, "linestyle": "none"}
    bars = axis.errorbar(places, values, yerr=np.nan_to_num(spans), color=colour, capsize=4, **looks)
    drawn = [*bars.get_children()]
    for place, seeds in found:
        drawn += axis.plot([place] * len(seeds), seeds, ".", color=colour, alpha=0.35, markersize=5)
    shift = ScaledTranslation(aside / 72, 0, axis.get_figure().dpi_scale_trans)  # type: ignore[union-attr]
    for one in drawn:
        one.set_transform(one.get_transform() + shift)


def across(axis: "Axes", row: float, values: Any) -> None:
    """A row's mean with its 95 % interval, and the seeds as points."""
    import numpy as np

    from bench.claims import stats

    mean = stats.mean(values)
    span = np.nan_to_num([[mean.value - mean.low], [mean.high - mean.value]])
    axis.errorbar([mean.value], [row], xerr=span, color=COLOURS[0], marker="|", capsize=4)
    axis.plot(values, [row] * len(values), ".", color=COLOURS[0], alpha=0.35)


def whole_numbers(axis: "Axes", at_most: int) -> None:
    """Few whole numbers along x."""
    from matplotlib.ticker import MaxNLocator

    axis.xaxis.set_major_locator(MaxNLocator(at_most, integer=True, min_n_ticks=1))


def thousands(axis: "Axes") -> None:
    """Thousands and millions along x as such; a short logarithmic axis has more than its powers of ten."""
    from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

    low, high = axis.get_xlim()
    if axis.get_xscale() == "log" and high < _FEW_DECADES * low:
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axis.xaxis.set_minor_formatter(NullFormatter())


def logarithmic(axis: "Axes") -> None:
    """A logarithmic scale along y, with numbers as they are: powers would need mathematical text."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())


@dataclass(frozen=True)
class Mark:
    """A name beside a point, in the data's coordinates; `aside` by so many points of print.

    `bar` are the ends of the point's interval where no name shall stand on it.
    """

    x: float
    y: float
    text: str
    colour: str
    aside: float = 0.0
    bar: tuple[float, float] | None = None


_CHARACTER, _LINE, _GAP = 4.8, 10.0, 7.0  # points: width of a letter of the labels, their height, distance
_DOT = 4.0  # points: half of what a point takes
_MOST = 0.6  # of a panel's width for names


def name_points(canvas: "Canvas", marked: "Sequence[tuple[Axes, Sequence[Mark]]]") -> None:
    """Names right of their points, with room for them, and moved up where they would meet or hide one.

    Where a bar stands in the way they go to the left, if there is none.
    """
    canvas.draw_without_rendering()  # places are known once the axes are laid out
    for axis, marks in marked:
        _make_room(axis, marks)
        _name(axis, marks)


def _points(axis: "Axes") -> float:
    """Points of print in a unit of the axis's display."""
    return 72 / axis.get_figure().dpi  # type: ignore[union-attr]


def _make_room(axis: "Axes", marks: Sequence[Mark]) -> None:
    scale, width = axis.xaxis.get_transform(), axis.bbox.width * _points(axis)
    low, high = scale.transform(axis.get_xlim())
    ticks = [tick for tick in axis.get_xticks() if axis.get_xlim()[0] <= tick <= axis.get_xlim()[1]]
    ends = [(scale.transform(one.x) - low, (2 * _GAP + _CHARACTER * len(one.text)) / width) for one in marks]
    span = max([high - low, *(place / (1 - min(share, _MOST)) for place, share in ends)])
    axis.set_xlim(*scale.inverted().transform([low, low + span]))
    axis.set_xticks(ticks)  # none below the names


def _name(axis: "Axes", marks: Sequence[Mark]) -> None:
    points = _points(axis)
    places = {one: axis.transData.transform((one.x, one.y)) * points for one in marks}
    taken = [(x + one.aside - _DOT, x + one.aside + _DOT, y) for one, (x, y) in places.items()]
    lowest = axis.bbox.y0 * points + _LINE / 2  # a name on the axis would be struck through by it
    for one in sorted(marks, key=lambda mark: mark.y):
        (x, middle), width = places[one], _CHARACTER * len(one.text)
        sides = {"left": x + one.aside + _GAP, "right": x + one.aside - _GAP - width}
        side = next((name for name, at in sides.items() if _free(axis, marks, one, at, middle)), "left")
        left, place = sides[side], max(middle, lowest)
        right = left + width
        for other_left, other_right, other in sorted(taken, key=lambda label: label[2]):
            if other_left < right and left < other_right and abs(place - other) < _LINE:
                place = other + _LINE
        taken.append((left, right, place))
        axis.annotate(
            one.text,
            (one.x, one.y),
            xytext=(one.aside + (_GAP if side == "left" else -_GAP), place - middle),
            textcoords="offset points",
            color=one.colour,
            ha=side,
            va="center",
            fontsize=8,
            annotation_clip=False,
            bbox={"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 0.5},
        ).set_in_layout(False)


def _free(axis: "Axes", marks: Sequence[Mark], own: Mark, left: float, middle: float) -> bool:
    """Whether the mark's name, from so many points of print on, would stand on no bar of another."""
    points, width = _points(axis), _CHARACTER * len(own.text)
    if left < axis.bbox.x0 * points:
        return False
    for one in marks:
        if one is not own and one.bar:
            (x, low), (_, high) = (axis.transData.transform((one.x, end)) * points for end in one.bar)
            across = left < x + one.aside + _DOT and x + one.aside - _DOT < left + width
            if across and low - _LINE / 2 < middle < high + _LINE / 2:
                return False
    return True
