"""What experiments gain over a baseline, sorted."""

from typing import TYPE_CHECKING, Literal

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Picture
from bench.report.figures.series import measured, ran, sample
from bench.spec.base import Several
from bench.spec.figure import Figure, MetricName

if TYPE_CHECKING:
    from bench.results.tables import Results


class Gains(Figure):
    """By how much each experiment's metric is better than the baseline's, sorted; by default all others'."""

    kind: Literal["gains"] = "gains"
    over: str
    of: Several = ()
    metric: MetricName | None = None

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where the baseline has not run, or nothing else."""
        import numpy as np

        from bench.claims import stats
        from bench.spec.metrics import lower_is_better

        metric = self.metric or str(results.headline)
        base = sample(results, self.over, metric)
        names = [one for one in ran(results, self.of or results.experiments, metric) if one != self.over]
        if not names or not len(base):
            return None
        sign = -1.0 if lower_is_better(metric) is False else 1.0
        gains = [(stats.contrast([base, sample(results, one, metric)], [sign, -sign]), one) for one in names]
        gains.sort(key=lambda one: one[0].value)
        with house.canvas_of(1, height=0.9 + 0.24 * len(gains)) as (canvas, (axis,)):
            axis.axvline(0, color=house.RULE, linewidth=1.0)
            for row, (gain, _) in enumerate(gains):
                colour = (
                    house.COLOURS[0] if gain.low > 0 else house.COLOURS[1] if gain.high < 0 else house.GREY
                )
                span = np.nan_to_num([[gain.value - gain.low], [gain.high - gain.value]])
                axis.errorbar(
                    [gain.value], [row], xerr=span, color=colour, marker="o", markersize=4, capsize=3
                )
            axis.set_yticks(range(len(gains)), [name for _, name in gains])
            axis.set_ylim(-0.7, len(gains) - 0.3)
            words = measured(metric).partition(",")[0]
            axis.set_xlabel(f"{words} gained over {self.over}, points (right: better)")
            told = self.title or f"What each gains over {self.over}"
            caption = (
                f"{told}, sorted (difference of means with its own "
                "95 % interval, not corrected for their number; grey: the interval holds 0)"
            )
            return house.picture_of(canvas, self.file_name, caption, label)
