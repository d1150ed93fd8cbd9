"""Writing what was concluded back to MLflow, where people browse: means, members, verdicts."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.claims.verdicts import Outcome
from bench.plan.plan import Plan
from bench.report.build import tally
from bench.results.tables import Results
from bench.spec.metrics import METRICS
from bench.store.cache import Stored
from bench.store.tracker import Tracker


def conclude(
    tracker: Tracker,
    plan: Plan,
    results: Results,
    outcomes: list[Outcome],
    stored: Mapping[str, Stored],
    report: Path,
) -> None:
    """Log means and spreads over seeds to each parent run; report, question, verdicts to the experiment."""
    tracker.open(plan)
    summaries, members = {}, {}
    for experiment in results.experiments:
        runs = results.runs[results.runs["experiment"] == experiment]
        if len(runs):
            values = {name: list(results.by_seed(experiment, name).values()) for name in METRICS}
            whole = {name: own for name, own in values.items() if np.isfinite(own).all()}
            means = {f"mean.{name}": float(np.mean(own)) for name, own in whole.items()}
            spreads = {
                f"sd.{name}": float(np.std(own, ddof=1)) for name, own in whole.items() if len(own) > 1
            }
            summaries[experiment] = {**means, **spreads, "seeds": float(len(runs))}
        members[experiment] = [stored[key].run_id for key in runs["key"] if key in stored]
    for rung, low in zip(plan.rungs, results.rungs, strict=True):
        for one in rung.experiments:
            keys = low.runs[low.runs["experiment"] == one.experiment.id]["key"]
            members[one.id] = [stored[key].run_id for key in keys if key in stored]
    tags: dict[str, str] = {f"bench.verdict.{one.claim.id}": one.verdict for one in outcomes}
    tags |= {
        "bench.suite_hash": plan.suite.hash,
        "bench.verdicts": tally(outcomes),
        "bench.profile": plan.profile_name,
    }
    tracker.conclude(summaries, members, note(plan, results, outcomes), tags, report)


def note(plan: Plan, results: Results, outcomes: list[Outcome]) -> str:
    """The MLflow experiment's note, in Markdown."""
    data = plan.data
    stand_in = "" if data.name == data.asked else f" **standing in for {data.asked}**"
    lines = [
        f"## {plan.suite.title}",
        plan.suite.question,
        f"Latest: {plan.profile_name} profile on {data.name}{stand_in}, {len(results.runs)} of "
        f"{results.planned} final runs.",
        "| claim | verdict | why | the source says |",
        "|---|---|---|---|",
    ]
    table = [f"| {one.claim.text} | **{one.at}** | {one.note} | {one.claim.said} |" for one in outcomes]
    return "\n\n".join(lines[:3]) + "\n\n" + "\n".join([*lines[3:], *table])
