"""Every claim's contrasts against the training budget."""

from textwrap import fill
from typing import TYPE_CHECKING, Literal

from bench.report.figures import canvas as house
from bench.report.figures.canvas import Picture
from bench.spec.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bench.claims.kinds import Trained
    from bench.claims.ladder import Climb
    from bench.results.tables import Results

_IN_A_ROW = 3
_ASIDE = 0.08  # doublings
_LINE = 34  # letters beside a panel
_ROOM = 0.15  # for the legend, of a panel's height
_BANDS = 1  # contrasts of a panel up to which projections have a band


class Ladder(Figure):
    """A panel a claim: its contrasts at each budget, the straight line through them, and where that leads."""

    kind: Literal["ladder"] = "ladder"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where there is no ladder, or no claim that all rungs speak of."""
        from bench.claims.kinds import Trained
        from bench.claims.ladder import FAR, LEFT_OUT, climb

        trained = [one for one in results.decided if isinstance(one, Trained)]
        found = [(claim, climb(claim, results.ladder, results.pools)) for claim in trained]
        panels = [(claim, climbs[: claim.shown()]) for claim, climbs in found if climbs]
        if not panels:
            return None
        columns = min(_IN_A_ROW, len(panels))
        rows = -(-len(panels) // columns)
        with house.canvas_of(columns, height=3.4, rows=rows, width=3.9) as (canvas, axes):
            for axis, (claim, climbs) in zip(axes, panels, strict=False):
                _panel(axis, claim, climbs)
            for axis in axes[len(panels) :]:
                axis.set_visible(False)
            caption = (
                "What each claim speaks of, against the training budget: contrasts with 95 % intervals, "
                "above the thick line where the claim holds; the verdict is given at the full point. Dashed: "
                f"where a straight line leads within {FAR} doublings, which decides nothing"
            )
            if any(0 < len(climbs) < len(claim.contrasts()) for claim, climbs in found):
                caption += LEFT_OUT
            return house.picture_of(canvas, self.file_name, caption, label)


def _panel(axis: "Axes", claim: "Trained", climbs: "tuple[Climb, ...]") -> None:
    import numpy as np

    from bench.claims.ladder import FAR

    for place, (colour, one) in enumerate(zip(house.colours(), climbs, strict=False)):
        aside = 2 ** (_ASIDE * (place - (len(climbs) - 1) / 2))  # so that intervals do not hide each other
        steps = [at * aside for at in one.steps]
        spans = [[found.value - found.low, found.high - found.value] for found in one.estimates]
        values = [found.value for found in one.estimates]
        axis.errorbar(
            steps,
            values,
            yerr=np.nan_to_num(np.transpose(spans)),
            color=colour,
            marker="o",
            markerfacecolor="white",
            markersize=5,
            capsize=3,
            linestyle="none",
            label=one.contrast.label,
        )
        axis.plot(steps[-1], values[-1], "o", color=colour, markersize=5, zorder=3)
        inside = [(at, found) for at, found in one.line if at <= one.steps[-1]]
        beyond = [(at, found) for at, found in one.line if at >= inside[-1][0]]
        for part, style in ((inside, "-"), (beyond, "--")):
            heights = [found.value for _, found in part]
            axis.plot([at for at, _ in part], heights, style, color=colour, linewidth=1.2)
        if len(climbs) <= _BANDS:
            low, high = ([getattr(found, end) for _, found in beyond] for end in ("low", "high"))
            axis.fill_between([at for at, _ in beyond], low, high, color=colour, alpha=0.12, linewidth=0)
    for bound in {one.contrast.bound for one in climbs}:
        axis.axhline(bound, color=house.RULE, linewidth=1.4)
    axis.set_xscale("log", base=2)
    reach = [2**doubling * climbs[0].steps[-1] for doubling in range(1, FAR + 1)]
    axis.set_xticks([*climbs[0].steps, *reach], [f"{at:,}" for at in (*climbs[0].steps, *reach)])
    axis.minorticks_off()
    axis.tick_params(axis="x", labelsize=8)
    axis.set_xlabel("training steps")
    axis.set_ylabel(fill(f"{claim.quantity}, difference", _LINE))
    axis.set_title(claim.id, fontsize=10, loc="left")
    bottom, top = axis.get_ylim()
    axis.set_ylim(bottom, top + _ROOM * (top - bottom))
    axis.legend(fontsize=7, frameon=False)
