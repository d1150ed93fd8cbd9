"""A table of ready cells, written as CSV, Markdown and LaTeX from the same object."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.claims import stats

_WORDY = 20  # characters of a cell


@dataclass(frozen=True)
class Table:
    """A named table of ready cells. `numeric` columns are set flush right."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()

    @property
    def wordy(self) -> frozenset[str]:
        """The columns of text that need room on a page, lest they are set one word a line."""
        cells = dict(zip(self.columns, zip(*self.rows, strict=True), strict=True)) if self.rows else {}
        longest = {name: max(map(len, column)) for name, column in cells.items()}
        return frozenset(n for n, most in longest.items() if most > _WORDY and n not in self.numeric)

    def csv(self) -> str:
        """As CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([self.columns, *self.rows])
        return out.getvalue()

    def markdown(self) -> str:
        """As a Markdown table with its caption."""
        rule = ["---:" if name in self.numeric else "---" for name in self.columns]
        lines = [self.columns, rule, *self.rows]
        cells = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
        return without_html("\n".join([f"**{self.caption}**", "", *cells, ""]))

    def latex(self) -> str:
        """As a LaTeX table (booktabs) with its caption."""
        aligned = "".join("r" if name in self.numeric else "l" for name in self.columns)
        lines = [" & ".join(map(_tex, line)) + r" \\" for line in (self.columns, *self.rows)]
        return "\n".join(
            [
                r"% needs \usepackage{booktabs}",
                r"\begin{table}",
                rf"\caption{{{_tex(self.caption)}}}",
                rf"\begin{{tabular}}{{{aligned}}}",
                r"\toprule",
                lines[0],
                r"\midrule",
                *lines[1:],
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}",
                "",
            ]
        )


_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "×": r"$\times$",
    "–": "--", "…": r"\dots{}", "≤": r"$\le$", "≥": r"$\ge$", "±": r"$\pm$", "<": "$<$", ">": "$>$",
    "°": r"$^\circ$",
}  # fmt: skip


def _tex(cell: str) -> str:
    return "".join(_TEX.get(character, character) for character in cell)


_TAG = re.compile(r"<(?=[A-Za-z/!?])")  # what begins a tag; "< 0.0001" does not


def without_html(text: str) -> str:
    """Markdown in which no HTML stands: a `<` that would begin a tag is written as an entity."""
    return _TAG.sub("&lt;", text)


def interval(estimate: stats.Estimate, digits: int = 2) -> str:
    """A mean with its 95 % interval; without one where there is no spread to tell it from."""
    if math.isnan(estimate.low):
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def number(value: float, digits: int = 2) -> str:
    """A number that may not be there."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def p_value(p: float | None) -> str:
    """A p value as people read it."""
    if p is None:
        return "–"
    return "< 0.0001" if p < 1e-4 else f"{p:.4f}"


def as_count(value: int | None) -> str:
    """A whole number as people read it."""
    return "–" if value is None else f"{value:,}"
