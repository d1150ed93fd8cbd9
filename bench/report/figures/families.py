"""Which experiments belong together: by the beginning of their ids, or by what they share and vary."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.results.tables import Results


@dataclass(frozen=True)
class Series:
    """A family of experiments: those whose ids begin alike, as `resnet-20` and `resnet-56` do."""

    name: str
    experiments: tuple[str, ...]


def families(experiments: Sequence[str]) -> list[Series]:
    """Experiments by family, in their order: the id up to its first hyphen names it.

    Those that are alone in theirs stand together, without a name.
    """
    found: dict[str, list[str]] = {}
    for experiment in experiments:
        found.setdefault(experiment.partition("-")[0], []).append(experiment)
    related = [Series(name, tuple(members)) for name, members in found.items() if len(members) > 1]
    alone = tuple(members[0] for members in found.values() if len(members) == 1)
    return related + ([Series("", alone)] if alone else [])


def short(experiment: str, family: str) -> str:
    """What tells an experiment from the others of its family."""
    return experiment.removeprefix(f"{family}-").replace("without-", "without ") or experiment


@dataclass(frozen=True)
class Comparison:
    """Experiments that differ in their augmentation alone, and the one among them that has none."""

    without: str
    methods: tuple[str, ...]


def comparisons(results: Results) -> list[Comparison]:
    """Where augmentations stand against none: same network, images and length of training."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in results.plan["experiments"]:
        spec = one["spec"]
        shared = {"model": spec["model"], "data": spec["data"], "epochs": spec["recipe"]["epochs"]}
        groups.setdefault(json.dumps(shared, sort_keys=True), []).append(one)
    found = []
    for members in groups.values():
        bare = [one["id"] for one in members if not one["spec"]["augment"]]
        others = tuple(one["id"] for one in members if one["spec"]["augment"])
        if len(bare) == 1 and others:
            found.append(Comparison(bare[0], others))
    return found


def by_size(results: Results) -> dict[str, list[tuple[int, str]]]:
    """What met several training sets and is alike else: their sizes with the experiments, by size.

    An augmentation is told by its methods: strengths are tuned. Each is named as its shortest id.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for one in results.plan["experiments"]:
        spec = one["spec"]
        steps = [(step["name"], step["options"].get("border")) for step in spec["augment"]]
        size = spec["data"].get("train") or results.plan["data"]["train"] - spec["data"]["validation"]
        other = [spec.get(name) for name in ("start", "probe", "predict")]
        kind = json.dumps([spec["model"], steps, one.get("source"), other], sort_keys=True)
        found.setdefault(kind, []).append((int(size), one["id"]))
    several = (sorted(members) for members in found.values() if len({size for size, _ in members}) > 1)
    return {min((name for _, name in members), key=len): members for members in several}
