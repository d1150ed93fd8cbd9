"""What stands in a reports folder: the user's own results, and the published ones. Loads nothing heavy."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.common.errors import UserError, suggest
from bench.results.scale import steps_of

PUBLISHED = "published"
Published = Literal["else", "too", "never"]


@dataclass(frozen=True)
class ReportEntry:
    """A report that has been built."""

    folder: Path
    published: bool
    plan: dict[str, Any]
    verdicts: list[dict[str, Any]]
    runs: int  # final runs that are there

    @property
    def planned(self) -> int:
        """How many final runs its plan has."""
        return sum(int(one.get("seeds", self.plan["seeds"])) for one in self.plan["experiments"])

    @property
    def budget(self) -> str:
        """The training steps of its experiments, in words; empty where none are known."""
        return steps_of(self.plan["experiments"])

    @property
    def tally(self) -> str:
        """How many claims got which verdict."""
        return tally_of([one["verdict"] for one in self.verdicts])


def entries(reports_dir: Path, say: Callable[[str], None]) -> Iterator[ReportEntry]:
    """The reports of a folder that have verdicts: the user's own first, then the published.

    One that is damaged is left out, and named in a line that is given to `say`.
    """
    for published, folder in ((False, reports_dir), (True, reports_dir / PUBLISHED)):
        for path in sorted(folder.glob("*/*/verdicts.json")):
            if published or path.parts[-3] != PUBLISHED:
                try:
                    yield _entry(path.parent, published)
                except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
                    what = f"{type(error).__name__}: {error}"
                    say(f"{path.parent} is left out, its files are damaged ({what}); run its suite again")


def _entry(folder: Path, published: bool) -> ReportEntry:
    plan, verdicts = (
        json.loads((folder / name).read_text("utf-8")) for name in ("suite.json", "verdicts.json")
    )
    runs = len((folder / "runs.csv").read_text("utf-8").splitlines()) - 1
    entry = ReportEntry(folder, published, plan, verdicts, runs)
    # all that is shown of it is looked at here, so that nothing fails later
    _ = (
        entry.tally,
        entry.planned,
        entry.budget,
        [one["text"] for one in verdicts],
        plan["data"]["name"],
        plan["data"]["asked"],
    )
    _ = [plan[name] for name in ("name", "title", "question", "profile")]
    return entry


def tally_of(verdicts: Sequence[str]) -> str:
    """How many of which kind."""
    kinds = ("supported", "contradicted", "undecided")
    return ", ".join(f"{verdicts.count(kind)} {kind}" for kind in kinds if kind in verdicts)


def find_results(
    reports_dir: Path,
    suite: str | None,
    profile: str | None,
    published: Published = "else",
) -> list[Path]:
    """The results folders asked for: of each suite and profile the user's, else the published.

    With `published` "too" both, with "never" the user's alone. Raises UserError where there are none.
    """
    own = {
        path.parent.relative_to(reports_dir): path.parent
        for path in reports_dir.glob("*/*/suite.json")
        if path.parent.parent.name != PUBLISHED
    }
    published_dir = reports_dir / PUBLISHED
    ours = {
        path.parent.relative_to(published_dir): path.parent for path in published_dir.glob("*/*/suite.json")
    }
    offered = {
        "else": {**ours, **own}.values(),
        "too": [*own.values(), *ours.values()],
        "never": own.values(),
    }
    found = list(offered[published])
    known = {path.parent.name for path in found}
    chosen = [
        path for path in sorted(found) if suite in (None, path.parent.name) and profile in (None, path.name)
    ]
    if not chosen:
        what = " ".join(part for part in (suite, profile) if part) or "any suite"
        hint = suggest(suite, known) if suite and suite not in known else "run it first: bench run"
        raise UserError(f"there are no results of {what} in {reports_dir}: {hint}")
    return chosen
