"""A measure along its axis: shifts of the image, layers, epochs."""

from typing import Any, Literal

from pydantic import Field

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Mark, Picture
from bench.report.figures.series import measured
from bench.spec.base import FrozenDict, Several, Table
from bench.spec.figure import Figure, MetricName


class Along(Figure):
    """A metric at the places along an `axis`, a line for each experiment that has it (or of those named).

    A measure with several axes, as one by layer and epoch, is shown where it stands on the others: `at` is
    one place of each, else the last that was measured is taken. `log` is for what spans powers of ten.
    """

    kind: Literal["along"] = "along"
    metric: MetricName
    axis: str
    of: Several = ()
    at: Table[float] = Field(default_factory=FrozenDict)
    log: bool = False

    @property
    def file_name(self) -> str:
        """Its own, else that of metric and axis."""
        return self.name or f"{self.metric}-along-{self.axis}".replace("_", "-")

    def draw(self, results: Any, label: str) -> Picture | None:
        """None where nothing of it was measured."""
        import pandas as pd

        from bench.claims import stats

        rows = results.measures[results.measures["metric"] == self.metric]
        rows = rows[rows["at"].str.contains(f"{self.axis}=", regex=False)]
        if self.of:
            rows = rows[rows["experiment"].isin(self.of)]
        if rows.empty:
            return None
        places = pd.DataFrame([_places(one) for one in rows["at"]], index=rows.index)
        others = [name for name in places.columns if name != self.axis]
        kept = {name: self.at.get(name, float(places[name].max())) for name in others}
        for name, place in kept.items():
            rows, places = rows[places[name] == place], places[places[name] == place]
        rows = rows.assign(place=places[self.axis])
        with house.canvas_of(1, 4.4) as (canvas, (axis,)):
            marks = []
            shown = [name for name in results.experiments if name in set(rows["experiment"])]
            for colour, name in zip(house.colours(), shown, strict=False):
                own = rows[rows["experiment"] == name]
                table = own.pivot_table(index="place", columns="seed", values="value").dropna(axis="columns")
                if table.empty:  # none of its runs got so far
                    continue
                along = table.index.to_numpy(dtype=float)
                mean, low, high = stats.band(table.to_numpy(dtype=float))
                axis.plot(along, mean, color=colour, marker="o", markersize=3)
                axis.fill_between(along, low, high, color=colour, alpha=0.15, linewidth=0)
                marks.append(Mark(along[-1], mean[-1], name, colour))
            axis.set_xlabel(self.axis)
            axis.set_ylabel(measured(self.metric))
            if self.log:
                house.logarithmic(axis)
            house.whole_numbers(axis, 12)
            house.name_points(canvas, [(axis, marks)])
            where = "".join(f", {name} {place:g}" for name, place in kept.items())
            words = self.title or f"{measured(self.metric).partition(',')[0]} by {self.axis}{where}"
            caption = (
                f"{words[:1].upper()}{words[1:]} (mean over the seeds that have it, band: 95 % interval)"
            )
            return house.picture_of(canvas, self.file_name, caption, label)


def _places(at: str) -> dict[str, float]:
    """A place as measures.csv writes it, `epoch=3,layer=2`, by axis."""
    return {name: float(place) for name, _, place in (one.partition("=") for one in at.split(","))}
