"""A metric of every experiment, in a row each."""

from typing import TYPE_CHECKING, Literal

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Picture
from bench.report.figures.series import measured, ran, sample
from bench.spec.base import Several
from bench.spec.figure import Figure, MetricName

if TYPE_CHECKING:
    from bench.results.tables import Results


class Dots(Figure):
    """A metric of every experiment, or of those named (ensembles too), in a row each; by default the
    suite's test error."""

    kind: Literal["dots"] = "dots"
    metric: MetricName | None = None
    of: Several = ()

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where nothing has run."""
        metric = self.metric or str(results.headline)
        names = ran(results, self.of or results.experiments, metric)[::-1]
        if not names:
            return None
        with house.canvas_of(1, height=0.8 + 0.32 * len(names)) as (canvas, (axis,)):
            for row, name in enumerate(names):
                house.across(axis, row, sample(results, name, metric))
            axis.set_yticks(range(len(names)), names)
            axis.set_xlabel(measured(metric))
            points = "disjoint sets of members" if set(names).isdisjoint(results.experiments) else "seeds"
            words = self.title or measured(metric).partition(",")[0].capitalize()
            caption = f"{words} (points: {points}; bars: mean and 95 % interval)"
            return house.picture_of(canvas, self.file_name, caption, label)
