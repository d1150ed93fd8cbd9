"""What the commands of the door share: from options to plans, stores and executors, and what they print."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console

from bench.common.errors import UserError
from bench.spec import Suite

if TYPE_CHECKING:
    from bench.execute.session import Executor
    from bench.plan.plan import Plan
    from bench.store.cache import CachedRuns
    from bench.store.tracker import Tracker

console = Console()
errors = Console(stderr=True)
STARTED = perf_counter()


def warn(line: str) -> None:
    """A line on the screen that is not to be overlooked."""
    console.print(line, style="yellow", highlight=False, soft_wrap=True, markup=False)


def resolved(
    suite: Suite,
    profile: str,
    data_dir: Path,
    seeds: int | Mapping[str, int] | None,
    only: str,
    no_tune: bool,
) -> "Plan":
    """The plan of a suite as the options ask for it; a stand-in is told on the screen."""
    from bench.plan.plan import make_plan

    return make_plan(
        suite,
        profile,
        data_dir.resolve(),
        seeds=seeds,
        only=lambda experiment: fnmatch(experiment, only),
        tune=not no_tune,
        say=warn,
    )


def open_tracker(runs_dir: Path) -> "Tracker":
    """The store of runs. Raises UserError where its folder cannot be made."""
    from bench.common.provenance import Provenance
    from bench.store.reader import tracking_uri
    from bench.store.tracker import Tracker

    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the runs folder {runs_dir} cannot be written: {error.strerror}") from error
    return Tracker(tracking_uri(runs_dir), runs_dir, Provenance(), warn)


def cached_runs(made: "Plan", tracker: "Tracker", accept_stale: bool) -> "CachedRuns":
    """What the store has of a plan."""
    from bench.store.cache import find_cached

    return find_cached(made, tracker.finished(), tracker.result, accept_stale=accept_stale)


@contextmanager
def executor_for(
    data_dir: Path,
    runs_dir: Path,
    cpus_per_run: float,
    gpus_per_run: float | None,
    address: str | None,
    serial: bool,
    stop_after: float | None,
) -> Iterator["Executor"]:
    """Ray, or this process; ended when the block is left."""
    from time import monotonic

    from bench.execute.ray_executor import Ray
    from bench.execute.serial import Serial
    from bench.execute.worker import Place

    place = Place(
        data_dir=data_dir.resolve(),
        work_dir=runs_dir.resolve() / "work",
        cpus_per_run=cpus_per_run,
        gpus_per_run=gpus_per_run,
        deadline=float("inf") if stop_after is None else monotonic() + 60 * stop_after,
    )
    if serial:
        yield Serial(place)
        return
    executor = Ray(place, storage=runs_dir / "ray", address=address)
    try:
        yield executor
    finally:
        executor.close()


def _slots() -> int:
    import torch

    return torch.cuda.device_count() or os.cpu_count() or 1


def print_price(made: "Plan", cached: "CachedRuns") -> float:
    """Say how long what is missing would take here; returns minutes."""
    from bench.cli.tables import duration
    from bench.execute.estimate import price

    slots = _slots()
    expected = price(made, cached, slots)
    console.print(
        f"about {duration(expected.minutes)} on {slots} slots (from {expected.source})", highlight=False
    )
    return expected.minutes


def print_other_price(suite: Suite, profile: str, data_dir: Path) -> None:
    """Say how long another profile would take here."""
    from bench.cli.tables import duration
    from bench.execute.estimate import price
    from bench.plan.progress import Progress
    from bench.store.cache import CachedRuns

    try:
        other = resolved(suite, profile, data_dir, None, "*", False)
    except UserError:
        return  # the paper profile takes no stand-in
    expected = price(other, CachedRuns(Progress(other)), _slots())
    console.print(
        f"the {profile} profile would take about {duration(expected.minutes)} on this machine",
        highlight=False,
    )


def print_efficiency(busy: float, slots: int) -> None:
    """Say how much of the time went into training."""
    wall = perf_counter() - STARTED
    console.print(
        f"{wall / 60:.1f} minutes; {100 * busy / (wall * slots):.0f} % of {slots} slots spent training",
        highlight=False,
    )
