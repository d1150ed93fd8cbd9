"""Tables of runs: which there are, which diverged or are missing, and what they took."""

import pandas as pd

from bench.report.table import Table, number
from bench.results.tables import Results


def trouble_table(results: Results) -> Table | None:
    """Runs that diverged and runs that are missing; None where all is well."""
    rows = []
    for experiment, planned in results.seeds.items():
        runs = results.runs[results.runs["experiment"] == experiment]
        diverged = [str(seed) for seed in runs[runs["status"] == "diverged"]["seed"]]
        if diverged:
            rows.append((experiment, "diverged", f"seeds {', '.join(diverged)}: counted at chance error"))
        missing = sorted(set(range(planned)) - {int(seed) for seed in runs["seed"]})
        if missing:
            rows.append(
                (experiment, "missing", f"seeds {', '.join(map(str, missing))}: give the command again")
            )
    if not rows:
        return None
    return Table(
        "trouble", f"Diverged and missing runs: {results.label}", ("experiment", "what", "which"), tuple(rows)
    )


def runs_table(results: Results) -> Table | None:
    """Every final run; None where nothing is trained."""
    if not results.experiments:
        return None
    names = ("training error", "test error")
    errors = {
        name: [results.by_seed(name, metric) for metric in ("train_error", "test_error")]
        for name in results.experiments
    }
    rows = tuple(
        (
            str(run["experiment"]),
            str(run["seed"]),
            str(run["status"]),
            *(number(values[int(run["seed"])]) for values in errors[str(run["experiment"])]),
            str(run["key"])[:12],
        )
        for _, run in results.runs.iterrows()
    )
    columns = ("experiment", "seed", "status", *names, "key")
    return Table("runs", f"Final runs: {results.label}", columns, rows, frozenset({"seed", *names}))


def cost_table(results: Results) -> Table | None:
    """What it took where it ran: not part of the byte comparison."""
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
    measured = ("median seconds a run", "minutes in all", "training images/s", "peak memory, MB")
    columns = ("experiment", "phase", "runs", *measured)
    caption = (
        "Cost on the machines named under provenance: minutes are summed over runs, several of which go at "
        "once; times hold whatever else ran beside them, so compare no networks by them; memory is the most "
        "that the process had held until then"
    )
    return Table("cost", caption, columns, tuple(rows), frozenset(columns[2:]))


def _median(values: "pd.Series[float]") -> str:
    known = values.dropna()
    return f"{known.median():,.0f}" if len(known) else "–"
