"""One page for all reports: the user's own and the published, with their verdicts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.report.build import environment
from bench.report.library import ReportEntry, entries
from bench.results.files import put


@dataclass(frozen=True)
class Shown:
    """A report on the page."""

    link: str
    label: str
    incomplete: bool
    entry: ReportEntry


@dataclass(frozen=True)
class Section:
    """Reports of one kind."""

    name: str
    shown: list[Shown]


def build_index(reports_dir: Path, say: Callable[[str], None]) -> Path:
    """Write `index.html` into the reports folder, from the verdicts that stand there; returns its path.

    Damaged reports are left out; `say` is given a line on each.
    """
    found = list(entries(reports_dir, say))
    named = {"your own results": False, "published results": True}
    sections = [
        Section(name, [_shown(one, reports_dir) for one in found if one.published == published])
        for name, published in named.items()
    ]
    page = reports_dir / "index.html"
    sections = [section for section in sections if section.shown]
    put(page, environment().get_template("index.html.j2").render(sections=sections))
    return page


def _shown(entry: ReportEntry, reports_dir: Path) -> Shown:
    plan, data = entry.plan, entry.plan["data"]
    label = f"{plan['profile']} profile, {data['name']}" if plan["experiments"] else "exact counts"
    return Shown(
        link=(entry.folder / "report.html").relative_to(reports_dir).as_posix(),
        label=label if data["name"] == data["asked"] else f"{label} standing in for {data['asked']}",
        incomplete=entry.runs < entry.planned,
        entry=entry,
    )
