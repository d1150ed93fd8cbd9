"""Two results folders side by side: what differs by more than the seeds do."""

from dataclasses import dataclass
from pathlib import Path

from bench.claims import stats
from bench.common.errors import UserError
from bench.report.table import Table, interval, p_value
from bench.results.files import read
from bench.results.tables import Results
from bench.spec.metrics import lower_is_better, title

_ALPHA = 0.05


@dataclass(frozen=True)
class Compared:
    """The table of differences, and what the folders have not in common."""

    table: Table
    notes: list[str]


def compare(first: Path, second: Path) -> Compared:
    """Differences of the test error, experiment for experiment, corrected for their number (Holm).

    Seeds of both folders are taken for independent runs (Welch); those of one key are the same run, and say
    nothing of a difference. Raises UserError where nothing can be compared.
    """
    a, b = read(first), read(second)
    shared = [name for name in a.experiments if name in b.experiments]
    if not shared:
        raise UserError(
            f"{first} ({a.plan['name']}) and {second} ({b.plan['name']}) have no experiment in common"
        )
    found = [_difference(name, a, b) for name in shared]
    adjusted = iter(stats.holm([p for _, p in found if p is not None]))
    lower = lower_is_better(a.headline)
    rows = [(*row, *_verdict(row[3], p if p is None else float(next(adjusted)), lower)) for row, p in found]
    columns = ("experiment", f"A: {title(a.headline)}, %", "B", "B − A", "p", "verdict")
    table = Table("diff", f"A: {a.label}. B: {b.label}", columns, tuple(rows), frozenset({"p"}))
    return Compared(table, _notes(a, b))


def _difference(name: str, a: Results, b: Results) -> tuple[tuple[str, ...], float | None]:
    """A row of means and their difference, and its p; None where there is nothing to test."""
    values = [results.values(name, a.headline) for results in (a, b)]
    if not all(len(one) for one in values):
        return (name, "–", "–", "no runs"), None
    means = [f"{interval(stats.mean(one))} (n = {len(one)})" for one in values]
    if _keys(a, name) == _keys(b, name) and list(values[0]) == list(values[1]):
        return (name, *means, "the same runs"), None
    found = stats.contrast(values[::-1], [1.0, -1.0])
    p = 2 * min(found.p_above(0), found.p_below(0)) if found.se > 0 else None
    return (name, *means, interval(found)), p


def _verdict(difference: str, p: float | None, lower: bool | None) -> tuple[str, str]:
    if p is None:
        return "–", "nothing to test"
    if p > _ALPHA:
        return p_value(p), "no difference shown"
    return p_value(p), "B is better" if difference.startswith("-") == lower else "B is worse"


def _keys(results: Results, name: str) -> set[str]:
    return set(results.runs[results.runs["experiment"] == name]["key"])


def _notes(a: Results, b: Results) -> list[str]:
    notes = []
    for here, there, letter in ((a, b, "A"), (b, a, "B")):
        alone = [name for name in here.experiments if name not in there.experiments]
        if alone:
            notes.append(f"only in {letter}: {', '.join(alone)}")
    for words, name in (("data sets", "data"), ("profiles", "profile"), ("declared suites", "hash")):
        if a.plan[name] != b.plan[name]:
            notes.append(f"the {words} differ")
    return notes
