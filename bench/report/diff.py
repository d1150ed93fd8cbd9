"""Two results folders side by side: which verdicts came out again, what differs by more than the seeds do."""

import math
from dataclasses import dataclass
from pathlib import Path

from bench.claims import stats
from bench.claims.stats import Sample
from bench.common.errors import UserError
from bench.report.replicates import verdicts_side_by_side
from bench.report.table import Table, interval, p_value
from bench.results.files import read
from bench.results.tables import Results
from bench.spec.metrics import lower_is_better, title

_ALPHA = 0.05


@dataclass(frozen=True)
class Compared:
    """The tables of verdicts and of differences, how often they agree, and what is not common to both."""

    verdicts: Table
    agreement: str
    table: Table
    notes: list[str]


def compare(first: Path, second: Path) -> Compared:
    """Verdicts, and differences of the test error by experiment, corrected for their number (Holm).

    Seeds of both folders are independent runs (Welch); runs of one key are the same run, and are left out of
    the folder that has others beside them. Raises UserError where nothing can be compared.
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
    verdicts, agreement = verdicts_side_by_side(a, b)
    return Compared(verdicts, agreement, table, _notes(a, b))


def _difference(name: str, a: Results, b: Results) -> tuple[tuple[str, ...], float | None]:
    """A row of means and their difference, and its p; None where there is nothing to test."""
    values = [results.values(name, a.headline) for results in (a, b)]
    if not all(len(one) for one in values):
        return (name, "–", "–", "no runs"), None
    means = [f"{interval(stats.mean(one))} (n = {len(one)})" for one in values]
    left = [_without(one, name, other, a.headline) for one, other in ((a, b), (b, a))]
    if not any(len(one) for one in left):
        return (name, *means, "the same runs"), None
    if not all(len(one) for one in left):  # one has them all, and more
        left = [one if len(one) else whole for one, whole in zip(left, values, strict=True)]
    found = stats.contrast(left[::-1], [1.0, -1.0])
    p = 2 * min(found.p_above(0), found.p_below(0)) if found.se > 0 else None
    return (name, *means, interval(found)), p


def _without(results: Results, name: str, other: Results, metric: str) -> Sample:
    """The values of an experiment's runs that the other folder does not have."""
    import numpy as np

    there = _by_key(other, name, metric)
    own = [value for key, value in _by_key(results, name, metric).items() if key not in there]
    found: Sample = np.array([one for one in own if np.isfinite(one)], dtype=float)
    return found


def _by_key(results: Results, name: str, metric: str) -> dict[str, float]:
    """The metric of an experiment's runs by their keys; NaN where a run has ended without it."""
    runs, values = results.runs[results.runs["experiment"] == name], results.by_seed(name, metric)
    return {key: values[int(seed)] for seed, key in zip(runs["seed"], runs["key"], strict=True)}


def _verdict(difference: str, p: float | None, lower: bool | None) -> tuple[str, str]:
    if p is None:
        return "–", "nothing to test"
    if p > _ALPHA:
        return p_value(p), "no difference shown"
    return p_value(p), "B is better" if difference.startswith("-") == lower else "B is worse"


def _notes(a: Results, b: Results) -> list[str]:
    notes = []
    pairs = [
        (value, second[key])
        for name in a.experiments
        if (second := _by_key(b, name, a.headline))
        for key, value in _by_key(a, name, a.headline).items()
        if key in second
    ]
    if pairs:
        differ = sum(one != other and not math.isnan(one + other) for one, other in pairs)
        notes.append(
            f"{len(pairs)} runs are the same in both (settings, data, code and seeds), {differ or 'none'} of "
            f"them with another {title(a.headline)}: a verdict that rests on these alone is one finding, "
            "not two"
        )
    for here, there, letter in ((a, b, "A"), (b, a, "B")):
        alone = [name for name in here.experiments if name not in there.experiments]
        if alone:
            notes.append(f"only in {letter}: {', '.join(alone)}")
    for words, name in (("data sets", "data"), ("profiles", "profile"), ("declared suites", "hash")):
        if a.plan[name] != b.plan[name]:
            notes.append(f"the {words} differ")
    for words, name in (("hardware", "hardware"), ("versions", "versions"), ("code", "commits")):
        told = [", ".join(one.provenance.get(name, ())) for one in (a, b)]
        if told[0] != told[1]:
            notes.append(f"{words}: {' / '.join(told)}")
    return notes
