"""A metric over two settings."""

from typing import TYPE_CHECKING, Literal

from bench.common.errors import UserError
from bench.report.figures import canvas as house
from bench.report.figures.canvas import Picture
from bench.report.figures.series import measured, ran, sample, value, words_of
from bench.spec.base import Scalar, Several
from bench.spec.figure import Figure, MetricName, SettingName

if TYPE_CHECKING:
    from bench.results.tables import Results


class Map(Figure):
    """A metric over two settings, one experiment a cell; of those named, or of all.

    `absent` names the row of experiments that do not say the setting of the rows.
    """

    kind: Literal["map"] = "map"
    rows: SettingName
    columns: SettingName
    metric: MetricName | None = None
    of: Several = ()
    absent: str = "none"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where nothing has run. Raises UserError where two experiments share a cell."""
        import numpy as np

        from bench.claims import stats

        metric = self.metric or str(results.headline)
        cells = self._cells(results, ran(results, self.of or results.experiments, metric))
        rows = sorted({row for row, _ in cells}, key=lambda row: (row is not None, row))
        columns = sorted({column for _, column in cells}, key=lambda column: (column is not None, column))
        if not cells:
            return None
        means = np.full((len(rows), len(columns)), np.nan)
        with house.canvas_of(1, height=1.0 + 0.56 * len(rows)) as (canvas, (axis,)):
            for (row, column), name in cells.items():
                mean = stats.mean(sample(results, name, metric))
                y, x = rows.index(row), columns.index(column)
                means[y, x] = mean.value
                half = "" if np.isnan(mean.high) else f"\n± {mean.high - mean.value:.1f}"
                axis.text(x, y, f"{mean.value:.1f}{half}", ha="center", va="center", fontsize=9)
            axis.imshow(means, cmap="cividis_r", aspect="auto")
            middle = (np.nanmin(means) + np.nanmax(means)) / 2
            for text in axis.texts:  # light on dark, dark on light
                x, y = (int(place) for place in text.get_position())
                text.set_color("white" if means[y, x] > middle else "black")
            axis.set_xticks(range(len(columns)), [self._told(one) for one in columns])
            axis.set_yticks(range(len(rows)), [self._told(one) for one in rows])
            axis.set_xlabel(words_of(self.columns))
            axis.set_ylabel(words_of(self.rows))
            axis.grid(visible=False)
            words = self.title or f"{words_of(self.rows)} and {words_of(self.columns)}".capitalize()
            caption = f"{words}: {measured(metric)} (mean over seeds ± half the 95 % interval)"
            return house.picture_of(canvas, self.file_name, caption, label)

    def _cells(self, results: "Results", names: list[str]) -> dict[tuple[Scalar | None, Scalar | None], str]:
        cells: dict[tuple[Scalar | None, Scalar | None], str] = {}
        for name in names:
            place = value(results, name, self.rows), value(results, name, self.columns)
            if place in cells:
                raise UserError(
                    f"figure {self.file_name!r}: {cells[place]!r} and {name!r} agree in {self.rows} and "
                    f"{self.columns}: name the experiments that it shows (of=...)"
                )
            cells[place] = name
        return cells

    def _told(self, setting: Scalar | None) -> str:
        if setting is None:
            return self.absent
        return f"{setting:,g}" if isinstance(setting, (int, float)) else setting
