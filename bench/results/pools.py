"""What experiments of a plan share by seed, and where their runs were made: what verdicts must know of it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.claims.kinds import Pool
from bench.common.bits import classes_unpacked, unpacked
from bench.spec import Ensemble

if TYPE_CHECKING:
    import pandas as pd


def pools_of(plan: Mapping[str, Any], ensembles: Sequence[Ensemble]) -> dict[str, Pool]:
    """What the values of ensembles, and of experiments that share something by seed, are drawn from."""
    found = {one.id: Pool(one.of, one.members) for one in ensembles}
    trained = [one["id"] for kind in ("sources", "experiments") for one in plan.get(kind, ())]
    for one in plan["experiments"]:
        shared = tuple(_shared(one, trained))
        if shared:
            found[one["id"]] = Pool((one["id"], *shared), 1)
    return found


def _shared(one: Mapping[str, Any], trained: list[str]) -> Iterator[str]:
    """What runs of one seed have in common with those of other experiments: such runs are paired.

    A run that they begin with or look at, halves of the classes that their seed has drawn, or the random
    weights that are probed. Weights from a file are one for all seeds, and pair nothing.
    """
    spec = one["spec"]
    data = spec.get("data", {})
    if one.get("source") in trained:
        yield one["source"]
    if data.get("half"):
        yield "halves of the classes"
    if spec.get("probe") and spec.get("model") and not spec.get("start"):
        drawn = (spec["model"], data.get("size"), data.get("channels"))
        yield f"random weights of {json.dumps(drawn, sort_keys=True)}"


def environments_of(runs: "pd.DataFrame", ensembles: Sequence[Ensemble]) -> dict[str, frozenset[str]]:
    """The known classes of machines that each experiment's, or ensemble's members', runs were made on."""
    if "environment" not in runs:
        return {}
    known = runs[runs["environment"] != ""]
    found = {str(name): frozenset(part) for name, part in known.groupby("experiment")["environment"]}
    members = {one.id: [found.get(name, frozenset()) for name in one.of] for one in ensembles}
    return found | {name: frozenset[str]().union(*parts) for name, parts in members.items()}


def as_computed(rows: Iterable[Mapping[str, str]], environments: Set[str]) -> list[dict[str, str]]:
    """Differences from a protocol, as machines of these classes had them: without bf16 all was float32."""
    without = {"no bf16" in one for one in environments}
    rows = [row for row in rows if not (row["what"] == "precision" and without == {True})]
    asked = len(without) == 1
    return [{**row, "here": "bf16"} if row["what"] == "precision" and asked else {**row} for row in rows]


def diverged_in(runs: "pd.DataFrame", ensembles: Sequence[Ensemble]) -> dict[str, frozenset[int]]:
    """The seeds of each experiment whose runs diverged; of an ensemble, its sets that hold such a run."""
    rows = runs[runs["status"] == "diverged"]
    found = {str(name): frozenset(map(int, part)) for name, part in rows.groupby("experiment")["seed"]}
    sets = {
        one.id: frozenset(seed // one.members for name in one.of for seed in found.get(name, ()))
        for one in ensembles
    }
    return found | {name: touched for name, touched in sets.items() if touched}


def classes_in(data: Mapping[str, Any]) -> NDArray[np.int64] | None:
    """The class of each test image (n,), all 0 where classes have equally many; None where not known."""
    by_class, images = data.get("test_by_class") or (), int(data.get("test") or 0)
    if packed := data.get("test_classes"):
        return classes_unpacked(packed, images)
    return np.zeros(images, dtype=np.int64) if len({*by_class}) == 1 else None


def right_in(
    rows: "pd.DataFrame", experiments: Sequence[Mapping[str, Any]], ensembles: Sequence[Ensemble]
) -> dict[str, dict[int, NDArray[np.bool_]]]:
    """Which test images the runs of an experiment got right, by seed, and an ensemble's sets, by replicate.

    Not of experiments whose seeds draw classes of their own: their test images are not the same ones.
    """
    whole = {one["id"] for one in experiments if not one["spec"].get("data", {}).get("half")}
    whole |= {one.id for one in ensembles if whole.issuperset(one.of)}
    found: dict[str, dict[int, NDArray[np.bool_]]] = {}
    for _, row in rows.iterrows():
        if row["experiment"] in whole:
            right = unpacked(row["right"], int(row["images"]))
            found.setdefault(str(row["experiment"]), {})[int(row["seed"])] = right
    return found
