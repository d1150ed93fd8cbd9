"""One page for all reports: the user's own and the published, with their verdicts."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report.build import PUBLISHED, environment, tally_of
from bench.results import put


@dataclass(frozen=True)
class Entry:
    """A report on the page."""

    link: str
    title: str
    question: str
    label: str
    incomplete: bool
    tally: str
    verdicts: list[dict[str, Any]]


@dataclass(frozen=True)
class Shelf:
    """Reports of one kind."""

    name: str
    entries: list[Entry]


def build_index(reports_dir: Path) -> Path:
    """Write `index.html` into the reports folder, from the verdicts that stand there; returns its path."""
    own = [path for path in reports_dir.glob("*/*/verdicts.json") if path.parts[-3] != PUBLISHED]
    published = list((reports_dir / PUBLISHED).glob("*/*/verdicts.json"))
    named = (("your own results", own), ("published results", published))
    shelves = [
        Shelf(name, [_entry(path.parent, reports_dir) for path in sorted(paths)])
        for name, paths in named
        if paths
    ]
    page = reports_dir / "index.html"
    put(page, environment().get_template("index.html.j2").render(shelves=shelves))
    return page


def _entry(folder: Path, reports_dir: Path) -> Entry:
    plan, verdicts = (
        json.loads((folder / name).read_text("utf-8")) for name in ("suite.json", "verdicts.json")
    )
    data = plan["data"]
    label = f"{plan['profile']} profile, {data['name']}" if plan["experiments"] else "exact counts"
    planned = sum(int(one.get("seeds", plan["seeds"])) for one in plan["experiments"])
    there = len((folder / "runs.csv").read_text("utf-8").splitlines()) - 1
    return Entry(
        link=(folder / "report.html").relative_to(reports_dir).as_posix(),
        title=plan["title"],
        question=plan["question"],
        label=label if data["name"] == data["asked"] else f"{label} standing in for {data['asked']}",
        incomplete=there < planned,
        tally=tally_of([one["verdict"] for one in verdicts]),
        verdicts=verdicts,
    )
