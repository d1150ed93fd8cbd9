"""What a person sees while a suite runs: a live display in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bench.execute.session import Listener, Session
from bench.spec.metrics import METRICS

if TYPE_CHECKING:
    from bench.plan.planned import PlannedRun
    from bench.train.records import Epoch, Result

_EVENTS = 6  # the last so many ended runs stay on the screen


class Display(Listener, AbstractContextManager["Display"], Protocol):
    """A listener that shows things while it is open."""

    def follow(self, session: Session) -> None:
        """Take the session whose progress is shown."""


@dataclass
class Lines:
    """One plain line an event, for logs and pipes."""

    say: Callable[[str], None]
    done: int = 0
    total: int = 0
    started_at: float = field(default_factory=monotonic)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def follow(self, session: Session) -> None:
        self.total = session.plan.runs_total
        self.done = len(session.results)

    def started(self, run: PlannedRun) -> None:
        self._tell(f"start  {run.experiment}, {run.label}")

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        """Epochs are too many for a log."""

    def ended(self, run: PlannedRun, result: Result) -> None:
        self.done += 1
        self._tell(f"{result.status:<6} {run.experiment}, {run.label}: {outcome(result)}")

    def failed(self, run: PlannedRun, reason: str) -> None:
        self._tell(f"FAILED {run.experiment}, {run.label}: {reason}")

    def _tell(self, line: str) -> None:
        minutes, seconds = divmod(int(monotonic() - self.started_at), 60)
        place = f"{self.done}/{self.total}"
        self.say(f"{minutes:3d}:{seconds:02d}  {place:>7}  {line}")


class LiveDisplay:
    """An overall bar with the time left, a line per running run, and the last results."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.session: Session | None = None
        self.latest: dict[str, Epoch] = {}
        self.events: deque[Text] = deque(maxlen=_EVENTS)
        self.started_at = monotonic()
        self.price_first = 0.0
        self.live = Live(get_renderable=self._render, console=console, refresh_per_second=4)

    def __enter__(self) -> Self:
        self.live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.live.__exit__(kind, exc, tb)

    def follow(self, session: Session) -> None:
        self.session = session
        self.price_first = session.price_left()
        self.started_at = monotonic()

    def started(self, run: PlannedRun) -> None:
        self.latest.pop(run.key, None)

    def epoch(self, run: PlannedRun, epoch: Epoch) -> None:
        self.latest[run.key] = epoch

    def ended(self, run: PlannedRun, result: Result) -> None:
        style = {"finished": "green", "diverged": "yellow", "pruned": "dim"}[result.status]
        line = Text(f"  {result.status:<9}", style=style)
        self.events.append(line.append(f"{run.experiment}, {run.label}: {outcome(result)}", style="default"))

    def failed(self, run: PlannedRun, reason: str) -> None:
        self.events.append(Text(f"  failed   {run.experiment}, {run.label}: {reason}", style="red"))

    def _render(self) -> RenderableType:
        if self.session is None:
            return Text("starting …")
        return Group(self._overall(self.session), self._running(self.session), *self.events)

    def _overall(self, session: Session) -> RenderableType:
        total, done = session.plan.runs_total, len(session.results)
        left = self._price_left(session)
        share = 1 - left / self.price_first if self.price_first else 1.0
        elapsed = monotonic() - self.started_at
        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(session.plan.suite.name, style="bold"),
            session.plan.profile_name,
            ProgressBar(total=1.0, completed=share, width=30),
            f"{done}/{total} runs",
            f"{_clock(elapsed)} so far",
            f"about {_clock(elapsed * (1 - share) / share)} left" if share > 0.02 else "",
        )
        return row

    def _price_left(self, session: Session) -> float:
        """What is left, the done part of running runs taken off."""
        left = session.price_left()
        for key, run in list(session.running.items()):
            if key in self.latest:
                left -= run.price * self.latest[key].epoch / run.spec.recipe.epochs
        return max(0.0, left)

    def _running(self, session: Session) -> RenderableType:
        table = Table(box=None, padding=(0, 2), header_style="dim")
        for name in ("experiment", "run"):
            table.add_column(name)
        for name in ("epoch", "training error", "validation error", "images/s"):
            table.add_column(name, justify="right")
        for key, run in list(session.running.items()):
            epoch = self.latest.get(key)
            cells = ["starting", "", "", ""]
            if epoch:
                held_out = epoch.validation_error
                cells = [
                    f"{epoch.epoch}/{run.spec.recipe.epochs}",
                    f"{epoch.train_error:.1f} %",
                    "–" if held_out is None else f"{held_out:.1f} %",
                    f"{epoch.images_per_second:,.0f}",
                ]
            table.add_row(run.experiment, run.label, *cells)
        return table


def display_for(console: Console, say: Callable[[str], None]) -> Display:
    """The live display in a terminal, lines elsewhere."""
    return LiveDisplay(console) if console.is_terminal else Lines(say)


def outcome(result: Result) -> str:
    """A result in a few words; a balanced error where it is another than the error."""
    percent = {
        name: f"{result.metrics[name]:.2f} %"
        for name, row in METRICS.items()
        if row.unit == "%" and name in result.metrics
    }
    if percent.get("test_balanced_error") == percent.get("test_error"):
        percent.pop("test_balanced_error", None)
    shown = [f"{METRICS[name].words} {value}" for name, value in percent.items()]
    trained = [f"{len(result.curve)} epochs"] if result.curve else []  # a look, or a fit, has none
    seconds = f"in {result.cost.get('seconds', 0.0):.0f} s"
    return " ".join(filter(None, [", ".join([*shown, *trained]), seconds]))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes}:{rest:02d} min"
