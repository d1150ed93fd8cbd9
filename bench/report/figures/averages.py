"""What averaging predictions gives, by the number of nets and by the number of views."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Mark, Picture
from bench.spec.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bench.results.tables import Results

_VIEWS, _NETS = (1, 10), (1, 4)  # shown where the other is along the axis


class Averages(Figure):
    """Test error against the number of nets, and of views, whose predictions are averaged."""

    kind: Literal["averages"] = "averages"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where no predictions were averaged."""
        rows = results.sampled.to_dict("records")
        nets = [row for row in rows if row["views"] in _VIEWS]
        views = [row for row in rows if row["members"] in _NETS and row["weights"] == "last"]
        panels = {
            "nets averaged": ("members", _lines(nets, "members", _of_nets)),
            "views of each image averaged": ("views", _lines(views, "views", _of_views)),
        }
        panels = {words: (place, lines) for words, (place, lines) in panels.items() if lines}
        if not panels:
            return None
        with house.canvas_of(len(panels), height=4.4) as (canvas, axes):
            marked = [
                (axis, _panel(axis, words, place, lines))
                for axis, (words, (place, lines)) in zip(axes, panels.items(), strict=True)
            ]
            axes[0].set_ylabel("test error, %")
            house.name_points(canvas, marked)
            words = self.title or "Error against the number of nets and of views"
            caption = (
                f"{words} (lines: mean over sets of members, of which some overlap; bands: least and "
                "most; descriptive, no test rests on them)"
            )
            return house.picture_of(canvas, self.file_name, caption, label)


def _of_nets(row: Mapping[str, Any]) -> str:
    ends = ", ends of cycles" if row["weights"] == "cycles" else ""
    return str(row["experiment"]) + ends + (f", {row['views']} views" if row["views"] > 1 else "")


def _of_views(row: Mapping[str, Any]) -> str:
    return f"{row['experiment']}, {row['members']} net" + ("s" if row["members"] > 1 else "")


def _lines(
    rows: Sequence[Any], place: str, name: Callable[[Mapping[str, Any]], str]
) -> dict[str, list[Mapping[str, Any]]]:
    """Rows by the name of their line, in order of their places; one point is no line."""
    ordered = sorted(rows, key=lambda row: (name(row), row[place]))
    lines = {named: list(members) for named, members in groupby(ordered, name)}
    return {named: members for named, members in lines.items() if len(members) > 1}


def _panel(
    axis: "Axes", words: str, place: str, lines: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Mark]:
    marks, ticks = [], {row[place] for rows in lines.values() for row in rows}
    for colour, (name, rows) in zip(house.colours(), lines.items(), strict=False):
        places, means, least, most = (
            [row[column] for row in rows] for column in (place, "test_error", "least", "most")
        )
        axis.plot(places, means, color=colour, marker="o", markersize=3)
        axis.fill_between(places, least, most, color=colour, alpha=0.12, linewidth=0)
        marks.append(Mark(places[-1], means[-1], name, colour))
    axis.set_xlabel(words)
    axis.set_xticks(sorted(ticks))
    return marks
