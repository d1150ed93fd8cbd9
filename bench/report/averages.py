"""Tables of averaged predictions: figures by ensemble, and what each costs.

Published numbers stand beside them in the table of references.
"""

from collections.abc import Sequence

import numpy as np

from bench.claims import stats
from bench.report.experiments import shared_splits
from bench.report.table import Table, as_count, interval
from bench.results.tables import Results
from bench.spec.ensemble import Ensemble

_FIGURES = {  # metric: words, digits
    "test_error": ("test error", 2),
    "test_loss": ("loss", 3),
    "brier": ("Brier score", 3),
    "calibration_error": ("calibration error", 2),
    "disagreement": ("disagreement", 1),
}


def ensembles_table(results: Results) -> Table | None:
    """Every ensemble with its figures; None where there is none."""
    if not results.averaged:
        return None
    rows = tuple(_row(results, one) for one in results.averaged)
    words = tuple(words for words, _ in _FIGURES.values())
    return Table(
        "ensembles",
        f"Averaged predictions: {results.label}. Means over disjoint sets of members [95 % interval]; error, "
        "calibration error (expected, 15 bins of equal width) and disagreement (images that two nets put "
        f"into different classes, mean over pairs) in %, loss in nats{shared_splits(results)}",
        ("average", "sets", *words),
        rows,
        frozenset({"sets", *words}),
    )


def ensemble_price_table(results: Results) -> Table | None:
    """What every ensemble takes, by counting; None where there is none."""
    prices = {"parameters": "parameters", "macs": "MACs an image", "training_macs": "MACs to train"}
    rows = tuple(
        (one.id, *(as_count(results.count(one.id, quantity)) for quantity in prices))
        for one in results.averaged
    )
    columns = ("average", *prices.values())
    caption = (
        "What averaged predictions take: weights, and multiply-accumulates for an image and for training "
        "(nominal: three times those of a forward pass for each image of each epoch, and those few that fill "
        "no batch)"
    )
    return Table("ensemble-price", caption, columns, rows, frozenset(columns[1:])) if rows else None


def _row(results: Results, one: Ensemble) -> tuple[str, ...]:
    figures = []
    for metric, (_, digits) in _FIGURES.items():
        values = results.values(one.id, metric)
        known = values[~np.isnan(values)]
        figures.append(interval(stats.mean(known), digits) if len(known) else "–")
    sets = str(len(results.values(one.id, "test_error")))
    return (one.id, sets, *figures)


def ensemble_cost_table(results: Results) -> Table | None:
    """Images a second that each ensemble classifies on this machine, from its members' measured speeds."""
    rates = _rates(results)
    if not results.averaged or not rates:
        return None
    per_run = dict(_nets_per_run(results))
    rows = []
    for one in results.averaged:
        if not rates.keys() >= set(one.of):
            continue
        seconds = sum(one.members * one.views * per_run.get(one.id, 1) / rates[name] for name in one.of)
        rows.append((one.id, f"{1 / seconds:,.0f}"))
    columns = ("average", "test images/s")
    caption = "Speed of averaged predictions, computed from the measured evaluation of their members"
    return Table("ensemble-cost", caption, columns, tuple(rows), frozenset(columns[1:]))


def _rates(results: Results) -> dict[str, float]:
    name = "evaluation_images_per_second"
    if results.cost.empty or name not in results.cost:
        return {}
    finals = results.cost[(results.cost["phase"] == "final") & results.cost[name].notna()]
    return {str(one): float(part[name].median()) for one, part in finals.groupby("experiment")}


def _nets_per_run(results: Results) -> Sequence[tuple[str, int]]:
    """How many nets one run gives to an ensemble: the ends of its cycles, else one."""
    rows = results.ensembles
    if rows.empty:
        return []
    runs = {one.id: one.members * len(one.of) for one in results.averaged}
    return [(str(row["ensemble"]), int(row["nets"]) // runs[row["ensemble"]]) for _, row in rows.iterrows()]
