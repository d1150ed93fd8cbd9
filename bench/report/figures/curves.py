"""Training curves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Mark, Picture
from bench.report.figures.series import Group, grouped
from bench.spec.base import FrozenDict, Several, Table
from bench.spec.figure import Figure, Settings

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from bench.claims.stats import Sample
    from bench.results.tables import Results

_READABLE = 7  # curves in one panel
_ACROSS = 6  # small panels
_DASHED = (0, (4, 2))


class Curves(Figure):
    """Errors by epoch of all experiments, or of those named, in one panel or in one for each group.

    More than can be read in one panel stand in a small one each, with the curve of `over` in grey.
    """

    kind: Literal["curves"] = "curves"
    of: Several = ()
    groups: Table[Several] = Field(default_factory=FrozenDict)
    by: Settings = ()
    over: str = ""

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where no curve is known."""
        known = set(results.curves.get("experiment", ()))
        names = [name for name in self.of or results.experiments if name in known]
        panels = grouped(results, names, self.groups, self.by)
        if not panels:
            return None
        curves = {name: rows for name, rows in results.curves.groupby("experiment") if name in known}
        held_out = bool(results.curves["validation_error"].notna().any())
        metric = "validation_error" if held_out else "train_error"
        both = "solid: validation error; dashed: running training error"
        said = f"{both if held_out else 'running training error'}; mean over seeds, band: 95 % interval"
        crowded = max(len(one.experiments) for one in panels) > _READABLE
        if crowded and self.over:
            said += f"; grey: {self.over}"
        caption = f"{self.title or 'Training curves'} ({said})"
        if crowded:
            everyone = [name for one in panels for name in one.experiments]
            return self._small(curves, everyone, metric, caption, label)
        return self._panels(curves, panels, metric, caption, label)

    def _small(
        self, curves: "dict[Any, pd.DataFrame]", names: Sequence[str], metric: str, caption: str, label: str
    ) -> Picture:
        rows = -(-len(names) // _ACROSS)
        with house.canvas_of(_ACROSS, 1.5, rows, 1.9, sharey=True) as (canvas, axes):
            for axis, name in zip(axes, names, strict=False):
                if self.over in curves and name != self.over:
                    _band(axis, curves[self.over], metric, house.GREY, linewidth=1.0)
                _both(axis, curves[name], metric, house.COLOURS[0], width=1.2)
                axis.set_title(name, loc="left", fontsize=8)
                axis.tick_params(labelsize=7)
                house.whole_numbers(axis, 3)
            for axis in axes[len(names) :]:
                axis.set_visible(False)
            for axis in axes[max(0, len(names) - _ACROSS) : len(names)]:
                axis.set_xlabel("epoch", fontsize=7)
            axes[0].set_ylim(0, 100)
            canvas.supylabel("error, %", fontsize=9)
            return house.picture_of(canvas, self.file_name, caption, label)

    def _panels(
        self,
        curves: "dict[Any, pd.DataFrame]",
        panels: Sequence[Group],
        metric: str,
        caption: str,
        label: str,
    ) -> Picture:
        across = next(n for n in (len(panels), 2, 3) if n <= 3 and (len(panels) % n == 0 or n == 3))
        rows = -(-len(panels) // across)
        with house.canvas_of(across, 3.9 if rows == 1 else 3.0, rows) as (canvas, axes):
            for axis in axes[len(panels) :]:
                axis.set_visible(False)
            marked = []
            for axis, group in zip(axes, panels, strict=False):
                marks = []
                for colour, name in zip(house.colours(), group.experiments, strict=False):
                    epochs, means = _both(axis, curves[name], metric, colour, width=1.8)
                    marks.append(Mark(epochs[-1], means[-1], name, colour))
                axis.set_title(group.name, loc="left", fontweight="bold")
                axis.set_xlabel("epoch")
                axis.margins(x=0.02)
                house.whole_numbers(axis, 8)
                marked.append((axis, marks))
            for axis in axes[::across]:
                axis.set_ylabel("error, %")
            house.share_y(axes[: len(panels)])
            house.name_points(canvas, marked)
            return house.picture_of(canvas, self.file_name, caption, label)


def _both(
    axis: "Axes", curves: "pd.DataFrame", metric: str, colour: str, width: float
) -> "tuple[Sample, Sample]":
    """The metric's curve, and the running training error beside it; epochs and means of the former."""
    if metric != "train_error":
        _band(axis, curves, "train_error", colour, linestyle=_DASHED, linewidth=0.7 * width)
    return _band(axis, curves, metric, colour, linewidth=width)


def _band(
    axis: "Axes", curves: "pd.DataFrame", metric: str, colour: str, **line: Any
) -> "tuple[Sample, Sample]":
    """Means over the seeds that have got so far with their intervals; epochs and means."""
    import numpy as np

    from bench.claims import stats

    table = curves.pivot_table(index="epoch", columns="seed", values=metric)
    values, epochs = table.to_numpy(dtype=float), table.index.to_numpy(dtype=float)
    there = np.isfinite(values).sum(axis=1)
    found = np.full((3, len(epochs)), np.nan)
    for n in filter(None, np.unique(there)):  # those of one length at once
        rows = np.flatnonzero(there == n)
        found[:, rows] = stats.band(values[rows][np.isfinite(values[rows])].reshape(len(rows), -1))
    means, lows, highs = found
    marker = "o" if len(epochs) == 1 else ""  # a line of one epoch would not be seen
    axis.plot(epochs, means, color=colour, marker=marker, **line)
    axis.fill_between(epochs, lows, highs, color=colour, alpha=0.15, linewidth=0)
    return epochs, means
