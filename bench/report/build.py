"""Building a report: results files in, verdicts, tables, figures, Markdown and one HTML page out."""

import base64
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jinja2

from bench.claims.kinds import Trained
from bench.claims.verdicts import Outcome
from bench.common.errors import UserError
from bench.report import experiments, verdicts
from bench.report.averages import ensemble_cost_table, ensemble_price_table, ensembles_table
from bench.report.built import built, is_built
from bench.report.figures import pictures
from bench.report.further import further_tables
from bench.report.ladder import ladder_table
from bench.report.library import tally_of
from bench.report.networks import count_verdicts, layer_tables, networks_table
from bench.report.page import curves_data, details
from bench.report.protocol import protocol_table, protocol_words
from bench.report.references import references_table
from bench.report.replicates import not_again, replicates_table
from bench.report.runs import cost_table, runs_table, trouble_table
from bench.report.table import Table, without_html
from bench.report.tuning import tuned_table, tuning_table
from bench.report.words import words
from bench.results.files import as_json, put, read
from bench.results.tables import Results


def build_report(folder: Path) -> list[Outcome]:
    """Write the report of a results folder into it; returns the verdicts.

    `verdicts.json`, `tables/`, `figures/` are functions of the runs alone; `report.md` and
    `report.html` add what cost.csv and provenance.json tell. Where nothing has changed since it was built,
    neither results nor code, it stays. Raises UserError where results are missing.
    """
    results = read(folder)
    outcomes = results.outcomes
    if is_built(folder):
        return outcomes
    shown = _tables(results, outcomes)
    drawn = pictures(results, results.label)
    layers, more = layer_tables(results), list(further_tables(results))
    made: dict[Path, str | bytes] = {}
    for picture in drawn:
        if not picture.file:
            made[folder / "figures" / f"{picture.name}.svg"] = picture.svg
            made[folder / "figures" / f"{picture.name}.png"] = picture.png
    for table in filter(None, [*shown.values(), *layers, *(one for _, one in more)]):
        made[folder / "tables" / f"{table.name}.csv"] = table.csv()
        made[folder / "tables" / f"{table.name}.md"] = table.markdown()
        made[folder / "tables" / f"{table.name}.tex"] = table.latex()
    _stay_inside(folder, made)
    put(folder / "verdicts.json", as_json([plain(one) for one in outcomes]))
    for path, text in made.items():
        put(path, text)
    _clear(folder, keep=set(made))
    content = {
        "title": title(results),
        "label": results.label,
        "plan": results.plan,
        "tables": shown,
        "layers": layers,
        "further": more,
        "compared": results.plan.get("compared", True),
        "pictures": [(one, base64.b64encode(one.png).decode() if one.file else "") for one in drawn],
        "conclusions": [(one, verdicts.conclusion(one)) for one in outcomes],
        "lead": lead(results, outcomes),
        "protocol": protocol_words(results),
        "quoted": any(one.said[:1].isdigit() for one in results.claims) or bool(results.references),
        "provenance": results.provenance,
        "stand_in": _stand_in(results),
        "details": details(results),
        "curves": curves_data(results),
        "command": f"make suite-{results.plan['name']} PROFILE={results.plan['profile']}"
        + (f' ARGS="--replicate {results.replicate}"' if results.replicate else ""),
    }
    html, markdown = (environment().get_template(f"report.{kind}.j2") for kind in ("html", "md"))
    content["words"] = words(markdown.render({**content, "words": ()}))
    put(folder / "report.html", html.render(content))
    put(folder / "report.md", without_html(markdown.render(content)))
    built(folder)
    return outcomes


def _stay_inside(folder: Path, paths: Iterable[Path]) -> None:
    """Refuse what would be written, or cleared away, elsewhere: a folder from others may hold links."""
    root = folder.resolve()
    for path in (*paths, folder / "tables" / "any", folder / "figures" / "any"):
        if path.resolve() != root / path.relative_to(folder):
            raise UserError(
                f"{folder}: {path.relative_to(folder)} leads out of the folder; it is not written"
            )


def _clear(folder: Path, keep: set[Path]) -> None:
    """Remove tables and figures of an earlier build that are not made any more."""
    for kind in ("tables", "figures"):
        for path in (folder / kind).rglob("*"):
            if path.is_file() and path not in keep:
                path.unlink()


def title(results: Results) -> str:
    """The report's title, loud about a stand-in and about missing runs."""
    parts = [f"{results.plan['title']} ({results.label})"]
    there = len(results.runs)
    if there < results.planned:
        parts.append(f"incomplete: {there} of {results.planned} runs")
    return " · ".join(parts)


def lead(results: Results, outcomes: list[Outcome]) -> str:
    """What was asked, and how it came out: of trained nets, by counting, and what was left out."""
    kinds = {
        "by training nets": [one.verdict for one in outcomes if isinstance(one.claim, Trained)],
        "by exact counts": [one.verdict for one in outcomes if not isinstance(one.claim, Trained)],
    }
    told = [f"{len(found)} {words} ({tally_of(found)})" for words, found in kinds.items() if found]
    weak = Counter(one for outcome in outcomes for one in outcome.remarks)
    asked = f"Of the suite's {len(results.claims)} claims this profile asks {' and '.join(told) or 'none'}."
    left = [
        f"{one.id}{verdicts.measured(results, one)}" for one in results.claims if one not in results.decided
    ]
    marks = ", ".join(f"{remark} {n}" for remark, n in weak.items())
    asked += f" Marks on these verdicts: {marks}." if marks else ""
    if apart := not_again(results):
        asked += f" Decided, but not again in every replicate: {', '.join(apart)}."
    return asked + (f" Not asked here: {', '.join(left)}." if left else "")


def tally(outcomes: list[Outcome]) -> str:
    """How many claims got which verdict."""
    return tally_of([one.verdict for one in outcomes])


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome as verdicts.json holds it."""
    return {
        "claim": outcome.claim.id,
        "text": outcome.claim.text,
        "said": outcome.claim.said,
        "source": outcome.claim.source,
        "verdict": outcome.verdict,
        "note": outcome.note,
        "n": outcome.n,
        "look": outcome.look,
        "p": outcome.p,
        "alpha": outcome.alpha,
        "budget": outcome.budget,
        "remarks": list(outcome.remarks),
        "contrasts": [
            {
                "label": one.label,
                "bound": one.bound,
                **{k: None if math.isnan(v) else v for k, v in asdict(found).items()},
            }
            for one, found in outcome.contrasts
        ],
    }


def _tables(results: Results, outcomes: list[Outcome]) -> dict[str, Table | None]:
    return {
        "verdicts": (verdicts.verdict_table if results.experiments else count_verdicts)(results, outcomes),
        "networks": networks_table(results),
        "experiments": experiments.main_table(results),
        "ensembles": ensembles_table(results),
        "ensemble_price": ensemble_price_table(results),
        "ladder": ladder_table(results, outcomes),
        "replicates": replicates_table(results),
        "references": references_table(results),
        "tuned": tuned_table(results),
        "tuning": tuning_table(results),
        "trouble": trouble_table(results),
        "runs": runs_table(results),
        "protocol": protocol_table(results),
        "cost": cost_table(results),
        "ensemble_cost": ensemble_cost_table(results),
    }


def _stand_in(results: Results) -> str:
    data = results.plan["data"]
    if data["name"] == data["asked"]:
        return ""
    return (
        f"These results are NOT from {data['asked']}: the embedded synthetic data set {data['name']} stands "
        "in for it. They show that the machinery works, and settle nothing about the published claims."
    )


def environment() -> jinja2.Environment:
    """The templates; those of HTML escape what they are given."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bench.report"),
        autoescape=lambda name: bool(name) and ".html" in str(name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
