"""Tables: computed once, written as CSV, Markdown and HTML from the same object."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bench import stats
from bench.claims import Trained
from bench.metrics import title, unit
from bench.results import Results
from bench.spec import Reference
from bench.verdicts import Outcome


@dataclass(frozen=True)
class Table:
    """A named table of ready cells. `numeric` columns are set flush right."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()

    def csv(self) -> str:
        """As CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([self.columns, *self.rows])
        return out.getvalue()

    def markdown(self) -> str:
        """As a Markdown table with its caption."""
        rule = ["---:" if name in self.numeric else "---" for name in self.columns]
        lines = [self.columns, rule, *self.rows]
        cells = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
        return "\n".join([f"**{self.caption}**", "", *cells, ""])


def interval(estimate: stats.Estimate, digits: int = 2) -> str:
    """A mean with its 95 % interval; without one where there is no spread to tell it from."""
    if math.isnan(estimate.low):
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def p_value(p: float | None) -> str:
    """A p value as people read it."""
    if p is None:
        return "–"
    return "< 0.0001" if p < 1e-4 else f"{p:.4f}"


def verdict_table(results: Results, outcomes: Sequence[Outcome]) -> Table:
    """All claims of the suite: verdicts on those that the profile decides, the others as not run."""
    by_id = {one.claim.id: one for one in outcomes}
    rows = []
    for claim in results.claims:
        said = f"{claim.said} ({claim.source})" if claim.source else claim.said
        outcome = by_id.get(claim.id)
        if outcome is None:
            note = f"not run in {results.plan['profile']}"
            rows.append((claim.id, claim.text, "not run", "–", "–", "–", said, note))
            continue
        n = _seeds(outcome) if isinstance(claim, Trained) else "–"
        rows.append(
            (
                claim.id,
                claim.text,
                outcome.verdict,
                estimates(outcome),
                p_value(outcome.p),
                n,
                said,
                outcome.note,
            )
        )
    source = "the source says" + (" (other protocol!)" if _other_protocol(results) else "")
    return Table(
        "verdicts",
        f"Verdicts: {results.label}. Estimates are differences of means over n seeds with 95 % intervals; p "
        "is two-sided, after Holm's correction over the suite's claims",
        ("claim", "text", "verdict", "estimate", "p", "n", source, "why"),
        tuple(rows),
        frozenset({"p", "n"}),
    )


def estimates(outcome: Outcome) -> str:
    """The contrasts of a claim in one cell."""
    if not isinstance(outcome.claim, Trained) or not outcome.contrasts:
        return "–"
    metric = outcome.claim.metric
    points = "points" if unit(metric) == "%" else unit(metric)
    told = outcome.contrasts[: outcome.claim.shown()]
    shown = [f"{one.label}: {interval(found)}" for one, found in told]
    return f"{title(metric)}{points and f', {points}'}: " + "; ".join(shown)


def conclusion(outcome: Outcome) -> str:
    """What a verdict rests on, in one line."""
    measured = estimates(outcome)
    if measured == "–":
        return outcome.note
    p = "" if outcome.p is None else f"; p {'' if outcome.p < 1e-4 else '= '}{p_value(outcome.p)}"
    return f"{measured}; n = {_seeds(outcome)}{p}; {outcome.note}"


def _seeds(outcome: Outcome) -> str:
    """How many seeds a verdict rests on, and in how many sets where ensembles take several each."""
    sets = min((found.n for _, found in outcome.contrasts), default=outcome.n)
    return str(outcome.n) if sets == outcome.n else f"{outcome.n} in {sets} sets"


def main_table(results: Results) -> Table | None:
    """Experiment × metrics, with the published number where there is one; None where nothing is trained."""
    if not results.experiments:
        return None
    rows = []
    for experiment in results.experiments:
        row = [experiment]
        n = len(results.values(experiment, "test_error"))
        for metric in ("train_error", "test_error"):
            values = results.values(experiment, metric)
            row.append(interval(stats.mean(values)) if len(values) else "–")
        runs = results.runs[results.runs["experiment"] == experiment]
        diverged = int((runs["status"] == "diverged").sum())
        row += [str(n), str(diverged)]
        row += [as_count(results.count(experiment, name)) for name in ("parameters", "macs")]
        row.append(_settings(results, experiment))
        row.append(published(results, experiment))
        rows.append(tuple(row))
    last = "published test error, %" + (" (other protocol!)" if _other_protocol(results) else "")
    return Table(
        "experiments",
        f"Experiments: {results.label}. Errors in %, mean over n seeds [95 % interval]; training error is "
        "clean (evaluation mode, un-augmented, last epoch)",
        (
            "experiment",
            "training error",
            "test error",
            "n",
            "diverged",
            "parameters",
            "MACs",
            "settings",
            last,
        ),
        tuple(rows),
        frozenset({"training error", "test error", "n", "diverged", "parameters", "MACs"}),
    )


_TRIAL = ("experiment", "trial", "status", "epochs", "validation_error")


def _setting(value: object) -> str:
    """A tuned value; a dash where the experiment has no such setting."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return "–" if math.isnan(number) else f"{number:.4g}"


def tuning_table(results: Results) -> Table | None:
    """Every trial of every experiment, best marked; None where nothing was tuned."""
    tuning = results.plan["tuning"]
    if not tuning or results.trials.empty:
        return None
    tuned = [str(name) for name in results.trials if name not in _TRIAL]
    rows = []
    for experiment in results.experiments:
        trials = results.trials[results.trials["experiment"] == experiment]
        ended = trials[trials["status"] == "finished"]
        best = ended["validation_error"].idxmin() if len(ended) else None
        for index, trial in trials.iterrows():
            rows.append(
                (
                    experiment,
                    str(trial["trial"]),
                    *(_setting(trial[name]) for name in tuned),
                    str(trial["status"]) + (", chosen" if index == best else ""),
                    str(trial["epochs"]),
                    f"{trial['validation_error']:.2f}",
                )
            )
    lengths = {one["spec"]["recipe"]["epochs"] for one in results.plan["experiments"]}
    longer = " (more or fewer in proportion to its training)" if len(lengths) > 1 else ""
    return Table(
        "tuning",
        f"Tuning: every experiment had {tuning['trials']} trials of {tuning['epochs']} epochs{longer} in "
        f"generations of {tuning['generation']}, judged on validation images alone; trial 0 is the recipe "
        "as it stands",
        ("experiment", "trial", *tuned, "status", "epochs", "validation error, %"),
        tuple(rows),
        frozenset({"trial", *tuned, "epochs", "validation error, %"}),
    )


def protocol_table(results: Results) -> Table | None:
    """What differs from the published protocol; None where nothing does."""
    rows = [(row["what"], row["here"], row["published"]) for row in results.plan["differences"]]
    data = results.plan["data"]
    if data["name"] != data["asked"]:
        rows.insert(0, ("data set", f"{data['name']}, synthetic", data["asked"]))
    if not rows:
        return None
    return Table(
        "protocol",
        "Differences from the published protocol, read off the specifications",
        ("what", "here", "published"),
        tuple(rows),
    )


def seeds_table(results: Results) -> Table | None:
    """Every final run; None where nothing is trained."""
    if not results.experiments:
        return None
    rows = tuple(
        (
            str(run["experiment"]),
            str(run["seed"]),
            str(run["status"]),
            f"{run['train_error']:.2f}",
            f"{run['test_error']:.2f}",
            str(run["key"])[:12],
        )
        for _, run in results.runs.iterrows()
    )
    names = ("training error", "test error")
    columns = ("experiment", "seed", "status", *names, "key")
    return Table("runs", f"Final runs: {results.label}", columns, rows, frozenset({"seed", *names}))


def cost_table(results: Results) -> Table | None:
    """What it took on this machine: not part of the byte comparison."""
    cost = results.cost
    if cost.empty:
        return None
    rows = []
    for experiment in [*results.sources, *results.experiments]:
        for phase in ("source", "tune", "final"):
            part = cost[(cost["experiment"] == experiment) & (cost["phase"] == phase)]
            if part.empty:
                continue
            rows.append(
                (
                    experiment,
                    phase,
                    str(len(part)),
                    f"{part['seconds'].median():.1f}",
                    f"{part['seconds'].sum() / 60:.1f}",
                    _median(part["images_per_second"]),
                    f"{part['peak_memory_mb'].max():,.0f}",
                )
            )
    columns = (
        "experiment",
        "phase",
        "runs",
        "median seconds a run",
        "minutes in all",
        "training images/s",
        "peak memory, MB",
    )
    return Table("cost", "Cost on this machine", columns, tuple(rows), frozenset(columns[2:]))


def _median(values: "pd.Series[float]") -> str:
    known = values.dropna()
    return f"{known.median():,.0f}" if len(known) else "–"


def _other_protocol(results: Results) -> bool:
    """Whether anything differs from what the published numbers were measured with."""
    data = results.plan["data"]
    return bool(results.plan["differences"]) or data["name"] != data["asked"]


def as_count(value: int | None) -> str:
    """A whole number as people read it."""
    return "–" if value is None else f"{value:,}"


def _settings(results: Results, experiment: str) -> str:
    one = next(one for one in results.plan["experiments"] if one["id"] == experiment)
    recipe, probe = one["spec"]["recipe"], one["spec"].get("probe")
    if probe:
        return f"{probe['classifier']} on layer {probe['layer']}, strength chosen on validation images"
    tuned = ", tuned" if one["tuned"] else ""
    start = one["spec"].get("start", {})
    share = f", copied layers at {start['share']:.2g} of it" if start.get("share", 1.0) != 1.0 else ""
    own = [
        f", {name.partition('.')[2]} {step['options'][name.partition('.')[2]]:g}"
        for step in one["spec"]["augment"]
        for name in one["space"]
        if name.startswith(f"{step['name']}.")
    ]
    return f"lr {recipe['lr']:g}{share}, weight decay {recipe['weight_decay']:g}{''.join(own)}{tuned}"


def published(results: Results, experiment: str) -> str:
    """The published numbers for an experiment, in one cell."""
    found = [one for one in results.references if one.experiment == experiment]
    return "; ".join(_reference(one) for one in found) or "–"


def _reference(one: Reference) -> str:
    spread = f" ± {one.spread:g}" if one.spread is not None else ""
    where = f", {one.data}" if one.data else ""
    runs = "single run" if one.statistic == "single" else f"{one.statistic} of {one.n}"
    return f"{one.value:g}{spread} ({runs}{where}; {one.paper}, {one.where})"
