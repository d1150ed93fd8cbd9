"""What stands in a reports folder: the user's own results, and the published ones. Loads nothing heavy."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.common.errors import UserError, suggest

PUBLISHED = "published"


@dataclass(frozen=True)
class ReportEntry:
    """A report that has been built."""

    folder: Path
    published: bool
    plan: dict[str, Any]
    verdicts: list[dict[str, Any]]

    @property
    def tally(self) -> str:
        """How many claims got which verdict."""
        return tally_of([one["verdict"] for one in self.verdicts])


def entries(reports_dir: Path) -> Iterator[ReportEntry]:
    """The reports of a folder that have verdicts: the user's own first, then the published."""
    for published, folder in ((False, reports_dir), (True, reports_dir / PUBLISHED)):
        for path in sorted(folder.glob("*/*/verdicts.json")):
            if published or path.parts[-3] != PUBLISHED:
                plan = json.loads((path.parent / "suite.json").read_text("utf-8"))
                yield ReportEntry(path.parent, published, plan, json.loads(path.read_text("utf-8")))


def tally_of(verdicts: Sequence[str]) -> str:
    """How many of which kind."""
    kinds = ("supported", "contradicted", "undecided")
    return ", ".join(f"{verdicts.count(kind)} {kind}" for kind in kinds)


def find_results(
    reports_dir: Path, suite: str | None, profile: str | None, *, published_too: bool
) -> list[Path]:
    """The results folders asked for: of each suite and profile the user's, else the published.

    With `published_too` both. Raises UserError where there are none.
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
    found = [*own.values(), *ours.values()] if published_too else [*{**ours, **own}.values()]
    known = {path.parent.name for path in found}
    chosen = [
        path for path in sorted(found) if suite in (None, path.parent.name) and profile in (None, path.name)
    ]
    if not chosen:
        what = " ".join(part for part in (suite, profile) if part) or "any suite"
        hint = suggest(suite, known) if suite and suite not in known else "run it first: bench run"
        raise UserError(f"there are no results of {what} in {reports_dir}: {hint}")
    return chosen
