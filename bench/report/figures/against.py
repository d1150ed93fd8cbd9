"""A metric against a setting or a count, group by group."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Mark, Picture
from bench.report.figures.series import Group, above, grouped, measured, ran, sample, value, words_of
from bench.spec.base import FrozenDict, Several, Table
from bench.spec.figure import Figure, MetricName, Metrics, SettingName, Settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bench.claims.stats import Sample
    from bench.results.tables import Results

_LARGE = ("parameters", "macs", "activations", "seconds")  # read in thousands and millions
_ASIDE = 3.0  # points between groups at one place, so that no bar hides another
_WIDE = 8  # from the least to the most: more than that is drawn on a logarithmic scale


class Against(Figure):
    """A metric, or a panel for each of several, against a setting or a count.

    `groups` are experiments by name; or those that agree in the settings `by` make one. The members of a
    group are joined by a line where they stand apart, else each is named. With `over`, an experiment,
    differences from it are shown, seed by seed.
    """

    kind: Literal["against"] = "against"
    setting: SettingName
    metric: Metrics = ()
    groups: Table[Several] = Field(default_factory=FrozenDict)
    by: Settings = ()
    over: str = ""

    @property
    def file_name(self) -> str:
        """Its own, else that of the setting."""
        return self.name or f"against-{self.setting.replace('.', '-').replace('_', '-')}"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where the experiments that have run do not differ in the setting, or do not say it."""
        metrics = self.metric or (str(results.headline),)
        names = [name for name in ran(results, results.experiments, metrics[0]) if name != self.over]
        said = {name: value(results, name, self.setting) for name in names}
        groups = grouped(results, (n for n, at in said.items() if at is not None), self.groups, self.by)
        shown = {name: said[name] for group in groups for name in group.experiments}
        lone = len(set(shown.values())) < (1 if self.over else 2)  # beside a baseline one place will do
        if lone or (self.over and not ran(results, [self.over], metrics[0])):
            return None
        ticks = list(dict.fromkeys(shown.values()))
        numbers = all(isinstance(one, (int, float)) for one in ticks)
        places = {n: float(at if numbers else ticks.index(at)) for n, at in shown.items()}  # type: ignore
        with house.canvas_of(len(metrics), height=4.4) as (canvas, axes):
            marked = []
            for axis, metric in zip(axes, metrics, strict=True):
                marked.append((axis, self._panel(axis, results, metric, groups, places)))
                _places_along(axis, self.setting, sorted(set(places.values())), None if numbers else ticks)
            house.name_points(canvas, marked)
            measures = " and ".join(measured(metric).partition(",")[0] for metric in metrics)
            words = self.title or f"{measures} against {words_of(self.setting)}".capitalize()
            caption = f"{words} (points: seeds; bars: mean and 95 % interval)"
            return house.picture_of(canvas, self.file_name, caption, label)

    def _measured(self, metric: MetricName) -> str:
        words = measured(metric)
        return words.replace(", %", f" above that of {self.over}, points") if self.over else words

    def _panel(
        self,
        axis: "Axes",
        results: "Results",
        metric: MetricName,
        groups: Sequence[Group],
        places: Mapping[str, float],
    ) -> list[Mark]:
        from bench.claims import stats

        def shown(name: str) -> "Sample":
            return above(results, name, self.over, metric) if self.over else sample(results, name, metric)

        marks, palette = [], house.colours()
        if self.over:
            axis.axhline(0, color=house.RULE, linewidth=1.2)
        outermost = _ASIDE * (len(groups) - 1) / 2
        for number, group in enumerate(groups):
            members = sorted(group.experiments, key=lambda name: places[name])
            found = [(name, places[name], values) for name in members if len(values := shown(name))]
            apart = bool(group.name) and len({place for _, place, _ in found}) == len(members)
            shades = zip(group.experiments, repeat(next(palette)) if apart else palette, strict=False)
            colours, aside = dict(shades), _ASIDE * number - outermost
            for line in [found] if apart else [[one] for one in found]:
                name, place, values = line[-1]  # a joined group is named at its end
                house.intervals(axis, [one[1:] for one in line], colours[name], apart, aside)
                words = group.name if apart else name
                mean = stats.mean(values)
                bar = None if apart else (mean.low, mean.high)
                marks.append(Mark(place, mean.value, words, colours[name], outermost, bar))
        axis.set_title(self._measured(metric), loc="left", fontweight="bold", fontsize=10)
        return marks


def _places_along(
    axis: "Axes", setting: str, places: Sequence[float], words: Sequence[object] | None
) -> None:
    axis.set_xlabel(words_of(setting))
    if min(places) > 0 and max(places) >= _WIDE * min(places):
        axis.set_xscale("log")
    axis.margins(x=0.1)
    if setting in _LARGE:
        house.thousands(axis)
    else:
        axis.set_xticks(places, [f"{place:,g}" for place in places] if words is None else map(str, words))
        axis.set_xticks([], minor=True)
