"""What the command line shows: tables for rich, computed from plans and outcomes."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.table import Table

from bench.claims.kinds import Trained
from bench.report.library import ReportEntry
from bench.report.table import Table as Cells
from bench.spec import LOOKS, Claim, Suite

if TYPE_CHECKING:  # a list of suites needs no torch
    from bench.plan.plan import Plan
    from bench.plan.planned import PlannedExperiment
    from bench.store.cache import CachedRuns


def suite_list(suites: Iterable[Suite], reports: Sequence[ReportEntry]) -> Table:
    """The suites with questions, sizes and the verdicts of reports: the user's own, and the published."""
    table = _table("suite", "question", "verdicts", numeric=("experiments", "claims"))
    table.columns[0].no_wrap = True
    for suite in suites:
        size = str(len(suite.experiments)) if suite.experiments else f"{len(suite.networks)} counted"
        found = [one for one in reports if one.plan["name"] == suite.name]
        told = [f"{_occasion(one)}: {one.tally}" for one in found]
        table.add_row(suite.name, suite.question, "\n".join(told) or "–", size, str(len(suite.claims)))
    return table


def _occasion(entry: ReportEntry) -> str:
    data = entry.plan["data"]
    stand_in = "" if data["name"] == data["asked"] else f" on {data['name']}, not {data['asked']}"
    published = " (published)" * entry.published
    return f"{entry.plan['profile']}{stand_in}{published}" + (f", {entry.budget}" if entry.budget else "")


def wrapped(text: str, width: int) -> str:
    """Text of paragraphs and of items with hanging indents, which keep them, for lines of that width."""
    items: list[list[str]] = []
    for line in text.splitlines():
        indent = _indent(line)
        goes_on = items and line.strip() and items[-1][-1].strip()
        if goes_on and (indent > _indent(items[-1][0]) > 0 or indent == _indent(items[-1][0]) == 0):
            items[-1].append(line)
        else:
            items.append([line])
    return "\n".join(_filled(item, width) for item in items)


def _filled(lines: list[str], width: int) -> str:
    first, hanging = " " * _indent(lines[0]), " " * _indent(lines[-1])
    name, gap, rest = lines[0].lstrip().partition("  ")  # an item's name stands in a column of its own
    if gap and first and len(lines) == 1:
        spaces = len(rest) - len(rest.lstrip())
        hanging = first + " " * (len(name) + len(gap) + spaces)
    text = " ".join(line.strip() for line in lines)
    return "\n".join(
        wrap(text, width, initial_indent=first, subsequent_indent=hanging, break_on_hyphens=False)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def claims_table(suite: Suite) -> Table:
    """The claims of a suite, and which profiles decide them: have its nets, and seeds enough."""
    table = _table("claim", "text", "the source says", "decided in")
    table.columns[0].no_wrap = True
    for claim in suite.claims:
        names = [name for name in suite.profiles if _decides(suite, claim, name)]
        table.add_row(claim.id, claim.text, claim.said, ", ".join(names))
    return table


def _decides(suite: Suite, claim: Claim, profile: str) -> bool:
    few = isinstance(claim, Trained) and suite.profiles[profile].seeds < LOOKS[0]
    return claim in suite.decided(profile) and not few


def experiments_table(suite: Suite) -> Table:
    """The experiments of a suite, and in which profiles they stand."""
    table = _table("experiment", *suite.profiles)
    for experiment in suite.experiments:
        table.add_row(
            experiment.id, *("runs" if name in experiment.profiles else "–" for name in suite.profiles)
        )
    return table


def plan_table(plan: "Plan", cached: "CachedRuns") -> Table:
    """What of a plan is there, new and stale."""
    table = _table("experiment", numeric=("parameters", "MACs", "trials", "runs"))
    table.caption = "trials and runs: cached + new + stale"
    table.columns[0].no_wrap = True
    for one in plan.everyone:
        table.add_row(
            one.id,
            f"{one.counts['parameters']:,}",
            f"{one.counts['macs']:,}",
            *_states(one, cached),
        )
    return table


def _states(one: "PlannedExperiment", cached: "CachedRuns") -> tuple[str, str]:
    progress = cached.progress
    stale = [run.phase for run, _ in cached.stale.values() if run.experiment == one.id]
    trials = len(one.studies) * one.tuning.trials if one.tuning else 0
    planned = {"tune": trials, one.phase: len(one.seeds)}
    runs = {"tune": progress.trials(one), one.phase: progress.finals(one)}
    cells = []
    for phase, total in planned.items():
        there, old = sum(run in progress for run in runs[phase]), stale.count(phase)
        cells.append(f"{there} + {total - there - old} + {old}")
    waiting = " (after tuning)" if len(runs[one.phase]) < len(one.seeds) else ""
    return cells[0], cells[1] + waiting


def as_grid(made: Cells) -> Table:
    """A report's table for the terminal, its caption above."""
    table = Table(
        title=made.caption, title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="bold"
    )
    for name in made.columns:
        table.add_column(name, overflow="fold", justify="right" if name in made.numeric else "left")
    for row in made.rows:
        table.add_row(*row)
    return table


def duration(minutes: float) -> str:
    """A time that people can plan by."""
    if minutes < 90:
        return f"{minutes:.0f} minutes" if minutes >= 1.5 else "1 minute"
    hours = minutes / 60
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def _table(*columns: str, numeric: Sequence[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", caption_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for name in numeric:
        table.add_column(name, justify="right")
    return table
