"""What commands do, without a screen: from options to a plan, the store of runs and an executor."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from bench.common.errors import UserError
from bench.results.folders import replicate_of
from bench.spec import LOOKS, Suite
from bench.spec.seeds import MOST_REPLICATES

if TYPE_CHECKING:
    from bench.execute.session import Executor
    from bench.plan.plan import Plan
    from bench.store.cache import CachedRuns
    from bench.store.tracker import Tracker

Say = Callable[[str], None]  # takes a line of text
DEFAULT_PROFILE = "quick"


def silent(line: str) -> None:
    """Says nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a suite is to be planned and run; the options of `bench run` say what each means.

    Raises UserError where they contradict each other.
    """

    profile: str = DEFAULT_PROFILE
    data_dir: Path = Path("data")
    runs_dir: Path = Path("runs")
    reports_dir: Path = Path("reports")
    seeds: int | None = None
    replicate: int = 0
    only: str = "*"
    tune: bool = True
    accept_stale: str | None = None
    retrain_stale: bool = False
    verify_stale: bool = False
    until_decided: bool = False
    max_seeds: int | None = None
    serial: bool = False
    cpus_per_run: float = 1.0
    gpus_per_run: float | None = None
    address: str | None = None
    stop_after: float | None = None

    def __post_init__(self) -> None:
        most = LOOKS[-1]
        for name in ("seeds", "max_seeds"):
            given = getattr(self, name)
            if given is not None and not 1 <= given <= most:
                raise UserError(f"{name} is from 1 to {most}, not {given}")
        if not 0 <= self.replicate <= MOST_REPLICATES:
            raise UserError(f"replicate is from 0 to {MOST_REPLICATES}, not {self.replicate}")
        if self.seeds is not None and self.until_decided:
            raise UserError(
                "--seeds fixes the number of seeds, --until-decided leaves it open: give one of them"
            )
        stale = ("accept_stale", "verify_stale", "retrain_stale")
        if len(given := [name for name in stale if getattr(self, name) not in (None, False)]) > 1:
            told = " and ".join(f"--{name.replace('_', '-')}" for name in given)
            raise UserError(f"{told} are different answers to stale runs: give one of them")
        if self.max_seeds is not None and not self.until_decided:
            raise UserError("--max-seeds is the limit of --until-decided; for a fixed number give --seeds")

    def results(self, suite: Suite) -> Path:
        """The results folder."""
        return replicate_of(self.reports_dir / suite.name / self.profile, self.replicate)

    def plan(
        self, suite: Suite, seeds: int | Mapping[str, int] | None, warn: Say, only: str | None = None
    ) -> "Plan":
        """The plan with so many seeds, of the experiments asked for or of others; a stand-in is told."""
        from bench.plan.plan import make_plan

        pattern = only or self.only
        return make_plan(
            suite,
            self.profile,
            self.data_dir.resolve(),
            seeds=seeds,
            replicate=self.replicate,
            only=lambda experiment: fnmatch(experiment, pattern),
            tune=self.tune,
            say=warn,
        )


def open_tracker(runs_dir: Path, warn: Say = silent) -> "Tracker":
    """The store of runs, which warns when it fails. Raises UserError where its folder cannot be made."""
    from bench.common.provenance import Provenance
    from bench.store.address import tracking_uri
    from bench.store.tracker import Tracker

    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the runs folder {runs_dir} cannot be written: {error.strerror}") from error
    return Tracker(tracking_uri(runs_dir), runs_dir, Provenance(), warn)


def cached_runs(made: "Plan", tracker: "Tracker", accept_stale: str | None) -> "CachedRuns":
    """What the store has of a plan; with a reason, runs that other code has made too."""
    from bench.store.cache import find_cached

    return find_cached(made, tracker.finished(), tracker.result, accept_stale=accept_stale is not None)


def verified_runs(
    made: "Plan", cached: "CachedRuns", tracker: "Tracker", data_dir: Path, say: Say
) -> "CachedRuns":
    """The same once stale runs were verified, as far as they come out again here."""
    from bench.execute.verify import verify_stale

    while cached.stale:
        done = verify_stale(cached, made.code_of, tracker, data_dir.resolve(), this_environment())
        for line in done.lines:
            say(line)
        if not done.taken:
            break
        cached = cached_runs(made, tracker, None)  # which may have opened a further generation of trials
    return cached


def this_environment() -> str:
    """The class of machines that this one belongs to."""
    import torch

    from bench.train.environment import environment_class

    return environment_class(torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def warn_of_mixed(made: "Plan", cached: "CachedRuns", warn: Say) -> None:
    """Tell before training that claims will compare runs of unlike machines: some there, some from here."""
    from bench.store.cache import mixed_environments

    if mixed := mixed_environments(made, cached, this_environment()):
        machines = "; ".join(dict.fromkeys(mixed.values()))
        warn(
            f"{', '.join(mixed)}: runs of different machines will be compared ({machines}), and the report "
            "says so beside the verdicts; go on where the first were made, or anew with another --runs-dir"
        )


@contextmanager
def executor_for(options: Options) -> Iterator["Executor"]:
    """Ray, or this process; ended when the block is left."""
    from bench.execute.ray_executor import Ray
    from bench.execute.serial import Serial
    from bench.execute.worker import Place

    late = float("inf") if options.stop_after is None else monotonic() + 60 * options.stop_after
    place = Place(
        data_dir=options.data_dir.resolve(),
        work_dir=options.runs_dir.resolve() / "work",
        cpus_per_run=options.cpus_per_run,
        gpus_per_run=options.gpus_per_run,
        deadline=late,
    )
    if options.serial:
        yield Serial(place)
        return
    executor = Ray(place, storage=options.runs_dir / "ray", address=options.address)
    try:
        yield executor
    finally:
        executor.close()


@contextmanager
def one_executor(suite: Suite, options: Options) -> Iterator["Callable[[], Executor]"]:
    """The executor, ended when the block is left.

    It is made when it is first asked for, or at once, while the plan is made, where no report is there yet:
    else there may be nothing left to do.
    """
    new = not (options.results(suite) / "report.html").is_file()
    with ExitStack() as until_done:
        made = cache(lambda: until_done.enter_context(executor_for(options)))
        if options.serial or not new or not suite.experiments:
            yield made
            return
        with ThreadPoolExecutor(max_workers=1) as beside:
            early = beside.submit(made)
            yield early.result
