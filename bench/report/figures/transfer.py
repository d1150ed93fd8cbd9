"""Error by layer: by how many a run begins with (Yosinski et al. 2014), and by the one that is probed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from bench.claims import stats
from bench.claims.stats import Sample
from bench.report.figures.canvas import Figure, Mark, canvas_of, cycle, drawing_of, intervals, mark
from bench.results.tables import Results
from bench.spec.metrics import Metric


@dataclass(frozen=True)
class _Line:
    """Experiments that differ in how many layers they begin with, and in nothing else."""

    name: str
    members: tuple[tuple[int, str], ...]  # layers, experiment


def transfer(results: Results, label: str) -> list[Figure]:
    """A figure for each training set on which some source's layers were tried at several depths."""
    return [
        _by_layer(results, size, lines, label, alone=len(found) == 1)
        for found in (_lines(results),)
        for size, lines in found.items()
    ]


def _lines(results: Results) -> dict[int, list[_Line]]:
    """By number of training images: source by source, frozen and trained on, where depths vary."""
    lines: dict[tuple[int, str, bool, float], list[tuple[int, str]]] = {}
    for one in results.plan["experiments"]:
        start = one["spec"].get("start")
        if start and len(results.values(one["id"], "test_error")):
            kind = (_images(results, one), one["source"], start["frozen"] > 0, start["share"])
            lines.setdefault(kind, []).append((start["layers"], one["id"]))
    found: dict[int, list[_Line]] = {}
    for (size, source, frozen, share), members in lines.items():
        if len({layers for layers, _ in members}) > 1:
            rate = "" if share == 1 or frozen else f", at {share:g} of the rate"
            name = f"{source}, frozen" if frozen else f"{source}, trained on{rate}"
            found.setdefault(size, []).append(_Line(name, tuple(sorted(members))))
    return found


def _images(results: Results, experiment: dict[str, Any]) -> int:
    data = experiment["spec"]["data"]
    return int(data.get("train") or results.plan["data"]["train"] - data["validation"])


def _by_layer(results: Results, size: int, lines: list[_Line], label: str, *, alone: bool) -> Figure:
    """Where there is one net from scratch, differences from it seed by seed: they share their classes."""
    scratch = [
        results.values(one["id"], "test_error")
        for one in results.plan["experiments"]
        if not one["spec"].get("start") and _images(results, one) == size
    ]
    base = scratch[0] if len(scratch) == 1 else np.zeros(1)
    beside = "test error above that from scratch, points" if len(scratch) == 1 else "test error, %"
    with canvas_of(1, height=4.4) as (canvas, (axis,)):
        ends = []
        if len(scratch) == 1:
            axis.axhline(0, color="#5c6470", linewidth=1.2)
        for colour, line in zip(cycle(), lines, strict=False):
            values = [(n, _above(results.values(name, "test_error"), base)) for n, name in line.members]
            intervals(axis, values, colour, line="-")
            ends.append(Mark(line.members[-1][0], float(np.mean(values[-1][1])), line.name, colour))
        depths = sorted({n for line in lines for n, _ in line.members})
        axis.set_xticks(depths)
        axis.set_xlim(depths[0] - 0.4, depths[-1] + 0.4 * (depths[-1] - depths[0]))
        axis.set_xlabel("layers that the net begins with")
        axis.set_ylabel(beside)
        canvas.draw_without_rendering()
        mark(axis, ends)
        drawn = drawing_of(canvas, f"{size:,} training images. {label}")
    caption = (
        f"Error by the layers that a net begins with, {size:,} training images (points: seeds; bars: mean "
        f"and 95 % interval; {beside}). {label}"
    )
    return Figure("transfer" if alone else f"transfer-{size}", caption, drawn)


def _above(values: Sample, base: Sample) -> Sample:
    """Seed by seed, as far as both have run."""
    if len(base) == 1:
        return values - base
    n = min(len(values), len(base))
    return values[:n] - base[:n]


_SEVERAL = 2
_METRIC: Metric = "test_balanced_error"  # of probes: classes may be unevenly frequent


def by_probe(results: Results, label: str) -> list[Figure]:
    """Error of linear classifiers by the layer that they were fitted on; none where nothing was probed."""
    lines: dict[str, list[tuple[int, str]]] = {}
    for one in results.plan["experiments"]:
        probe = one["spec"].get("probe")
        if probe and len(results.values(one["id"], _METRIC)):
            name = f"{probe['classifier']}, {one.get('source', 'random weights')}"
            lines.setdefault(name, []).append((probe["layer"], one["id"]))
    if not lines:
        return []
    with canvas_of(1, height=4.4) as (canvas, (axis,)):
        ends = []
        for colour, (name, members) in zip(cycle(), lines.items(), strict=False):
            values = [(layer, results.values(one, _METRIC)) for layer, one in sorted(members)]
            intervals(axis, values, colour, line="-")
            ends.append(Mark(values[-1][0], float(np.mean(values[-1][1])), name, colour))
        axis.set_xlabel("layer that is probed")
        axis.set_ylabel("test error, mean over classes, %")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.margins(x=0.3)
        axis.set_xlim(left=min(layer for members in lines.values() for layer, _ in members) - 0.4)
        canvas.draw_without_rendering()
        mark(axis, ends)
        drawn = drawing_of(canvas, label)
    caption = f"Linear classifiers by layer (points: seeds; bars: mean and 95 % interval). {label}"
    return [Figure("probes", caption, drawn)]


def by_depth_and_size(results: Results, label: str) -> list[Figure]:
    """A map of test error by frozen layers and training images; none where not both vary."""
    cells: dict[tuple[str, int], str] = {}
    for one in results.plan["experiments"]:
        start = one["spec"].get("start")
        if one["spec"].get("probe") or not len(results.values(one["id"], _METRIC)):
            continue
        row = f"{start['frozen']} of {start['layers']} layers frozen" if start else "from scratch"
        cells[row, _images(results, one)] = one["id"]
    rows = sorted({row for row, _ in cells}, reverse=True)
    sizes = sorted({size for _, size in cells})
    full = len(cells) == len(rows) * len(sizes)  # else experiments differ in more than these
    if not full or min(len(rows) - 1, len(sizes)) < _SEVERAL:
        return []
    means = np.array(
        [[float(np.mean(results.values(cells[row, size], _METRIC))) for size in sizes] for row in rows]
    )
    with canvas_of(1, height=0.9 + 0.62 * len(rows)) as (canvas, (axis,)):
        axis.imshow(means, cmap="cividis_r", aspect="auto")
        middle = (means.min() + means.max()) / 2
        for y, name in enumerate(rows):
            for x, size in enumerate(sizes):
                mean = stats.mean(results.values(cells[name, size], _METRIC))
                half = "" if np.isnan(mean.high) else f"\n± {mean.high - mean.value:.1f}"
                colour = "white" if mean.value > middle else "black"
                text = f"{mean.value:.1f}{half}"
                axis.text(float(x), float(y), text, ha="center", va="center", color=colour, fontsize=9)
        axis.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
        axis.set_yticks(range(len(rows)), rows)
        axis.set_xlabel("training images")
        axis.grid(visible=False)
        drawn = drawing_of(canvas, label)
    caption = (
        "Test error (mean over classes, %) by what is frozen and by training images (mean over seeds ± half "
        f"the 95 % interval). {label}"
    )
    return [Figure("freeze-map", caption, drawn)]
