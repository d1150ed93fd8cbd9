"""What an experiment's runs were made with, by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.results.tables import Results
from bench.spec.base import Scalar


def setting(results: Results, experiment: str, name: str) -> Scalar | None:
    """A setting of an experiment's specification, or a count of its network.

    Settings are dotted (`recipe.lr`, `data.train`, `model.name`); the last part alone will do where only one
    ends so. None where the experiment does not say it.
    """
    spec: Mapping[str, Any] = next(
        (one["spec"] for one in results.plan["experiments"] if one["id"] == experiment), {}
    )
    said = dict(_flat(spec))
    ending = [full for full in said if full.rpartition(".")[2] == name]
    if name not in said and len(ending) == 1:
        return said[ending[0]]
    return said.get(name, results.count(experiment, name))


def _flat(spec: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Scalar]]:
    for name, value in spec.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (bool, int, float, str)):
            yield prefix + name, value
