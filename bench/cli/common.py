"""What the commands share: the screen, and what they print of prices and times."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.cli.work import Options
from bench.common.errors import UserError
from bench.spec import Suite

if TYPE_CHECKING:
    from bench.plan.plan import Plan
    from bench.store.cache import CachedRuns

# names and paths of users may hold brackets, which are no markup
console = Console(markup=False, highlight=False, emoji=False)
errors = Console(stderr=True, markup=False, highlight=False, emoji=False)
STARTED = perf_counter()
_COLOURS = {"supported": "green", "contradicted": "red", "undecided": "yellow"}


def warn(line: str) -> None:
    """Say loudly."""
    console.print(line, style="yellow", soft_wrap=True)


def complain(what: str, line: str) -> None:
    """Say on stderr what went wrong: `error: …`."""
    errors.print(Text.assemble((f"{what}:", "red"), f" {line}"), soft_wrap=True)


def say(line: str) -> None:
    """Say a plain line."""
    console.print(line, soft_wrap=True)


def print_verdicts(rows: Sequence[tuple[str, str, str]]) -> None:
    """Show claims with verdicts and what they rest on; nothing where there are none."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("claim", "verdict", "why"):
        table.add_column(name, overflow="fold")
    for text, verdict, why in rows:
        table.add_row(text, Text(verdict, style=_COLOURS.get(verdict.partition(" ")[0], "")), why)
    if rows:
        console.print(table)


def _slots() -> int:
    import torch

    return torch.cuda.device_count() or os.cpu_count() or 1


def print_price(made: "Plan", cached: "CachedRuns") -> float:
    """Say how long what is missing would take here; returns minutes."""
    from bench.cli.tables import duration
    from bench.execute.estimate import price

    slots = _slots()
    expected = price(made, cached, slots)
    left = cached.progress.left
    console.print(
        f"about {duration(expected.minutes)} on {slots} slots (from {expected.source})"
        if left
        else "all runs are there: nothing is left to train"
    )
    return expected.minutes


def print_needed(made: "Plan", cached: "CachedRuns", reports_dir: Path) -> None:
    """Say for each claim that says what matters to it how many seeds would find that, and what more cost."""
    from bench.cli.tables import duration
    from bench.execute.estimate import price_of_a_seed
    from bench.report.library import find_results
    from bench.results.files import read
    from bench.results.needed import seeds_needed
    from bench.spec.metrics import unit

    try:
        (folder,) = find_results(reports_dir, made.suite.name, made.profile_name, "never")
        found = seeds_needed(read(folder), made.suite.decided(made.profile_name))
    except UserError:
        return  # no spread is known yet
    for one in found:
        points = {"%": "points"}.get(unit(one.claim.metric), unit(one.claim.metric))
        effect = f"the smallest effect that matters ({points}: {one.claim.matters:g} past the bound)"
        what = f"claim {one.claim.id}: {effect} would be found"
        if one.look is None:
            say(f"{what} with no declared number of seeds; a larger one may be (spread as in {folder})")
            continue
        more = max(0, one.look - made.seeds)
        names = {name for each in made.ensembles if each.id in one.claim.experiments() for name in each.of}
        minutes = more * price_of_a_seed(made, cached, {*one.claim.experiments(), *names}, _slots())
        told = f": {more} more, about {duration(minutes)}" if more else ", which are planned"
        say(f"{what} with {one.look} seeds{told} (spread as in {folder})")


def print_other_price(suite: Suite, profile: str, options: Options) -> None:
    """Say how long another profile would take here."""
    from bench.cli.tables import duration
    from bench.execute.estimate import price
    from bench.plan.progress import Progress
    from bench.store.cache import CachedRuns

    try:
        other = replace(options, profile=profile, only="*", tune=True).plan(suite, None, warn)
    except UserError:
        return  # the paper profile takes no stand-in
    expected = price(other, CachedRuns(Progress(other)), _slots())
    console.print(
        f"the {profile} profile would take about {duration(expected.minutes)} on this machine",
    )


def print_efficiency(busy: float, slots: int) -> None:
    """Say how much of the time went into training."""
    wall = perf_counter() - STARTED
    console.print(
        f"{wall / 60:.1f} minutes; {100 * busy / (wall * slots):.0f} % of {slots} slots spent training",
    )
