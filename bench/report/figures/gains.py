"""What augmentations gain: against none, method by method, and by the number of training images."""

import numpy as np
from matplotlib.ticker import EngFormatter, NullFormatter, NullLocator

from bench.claims import stats
from bench.report.figures.canvas import COLOURS, Figure, Mark, canvas_of, cycle, drawing_of, intervals, mark
from bench.report.figures.families import Comparison, by_size, comparisons
from bench.results.tables import Results

_FEW = 3  # methods that make a figure


def gains(results: Results, label: str) -> list[Figure]:
    """For each experiment without augmentation, what the methods gain over it, sorted."""
    found = [one for one in comparisons(results) if len(_ran(results, one)) >= _FEW]
    return [_gains(results, one, label) for one in found if len(results.values(one.without, "test_error"))]


def _ran(results: Results, comparison: Comparison) -> list[str]:
    return [name for name in comparison.methods if len(results.values(name, "test_error"))]


def _gains(results: Results, comparison: Comparison, label: str) -> Figure:
    bare = results.values(comparison.without, "test_error")
    found = [
        (stats.contrast([bare, results.values(name, "test_error")], [1.0, -1.0]), name)
        for name in _ran(results, comparison)
    ]
    found.sort(key=lambda one: one[0].value)
    with canvas_of(1, height=0.9 + 0.24 * len(found)) as (canvas, (axis,)):
        axis.axvline(0, color="#5c6470", linewidth=1.0)
        for row, (gain, _) in enumerate(found):
            colour = COLOURS[0] if gain.low > 0 else COLOURS[1] if gain.high < 0 else "#80868f"
            span = np.nan_to_num([[gain.value - gain.low], [gain.high - gain.value]])
            axis.errorbar([gain.value], [row], xerr=span, color=colour, marker="o", markersize=4, capsize=3)
        axis.set_yticks(range(len(found)), [name for _, name in found])
        axis.set_ylim(-0.7, len(found) - 0.3)
        axis.set_xlabel(f"test error gained over {comparison.without}, points (right: better)")
        drawn = drawing_of(canvas, label)
    name = "gains" if comparison.without in ("none", "") else f"gains-over-{comparison.without}"
    caption = (
        f"What each augmentation gains over {comparison.without}, sorted (difference of means with its own "
        f"95 % interval, not corrected for their number; grey: the interval holds 0). {label}"
    )
    return Figure(name, caption, drawn)


def sizes(results: Results, label: str) -> list[Figure]:
    """Error against the number of training images, for what met several; none else."""
    found = {
        name: there
        for name, members in by_size(results).items()
        if len(there := [(n, one) for n, one in members if len(results.values(one, "test_error"))]) > 1
    }
    if not found:
        return []
    with canvas_of(1, height=4.2) as (canvas, (axis,)):
        ends = []
        for colour, (name, members) in zip(cycle(), found.items(), strict=False):
            values = [(size, results.values(one, "test_error")) for size, one in members]
            intervals(axis, values, colour, line="-")
            ends.append(Mark(values[-1][0], float(np.mean(values[-1][1])), name, colour))
        places = sorted({size for members in found.values() for size, _ in members})
        axis.set_xscale("log")
        axis.xaxis.set_minor_locator(NullLocator())
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xticks(places)
        axis.xaxis.set_major_formatter(EngFormatter(sep=" "))
        axis.set_xlabel("training images")
        axis.set_ylabel("test error, %")
        axis.margins(x=0.25)
        canvas.draw_without_rendering()
        mark(axis, ends)
        drawn = drawing_of(canvas, label)
    caption = f"Error against training images (points: seeds; bars: mean and 95 % interval). {label}"
    return [Figure("error-against-images", caption, drawn)]
