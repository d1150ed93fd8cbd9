"""What figures draw: experiments in groups, where each stands on an axis, and its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.spec.metrics import title, unit

if TYPE_CHECKING:
    from bench.claims.stats import Sample
    from bench.results.tables import Results
    from bench.spec.base import Scalar

_WORDS = {
    "depth": "layers with weights",
    "macs": "multiply-accumulates for an image",
    "seconds": "seconds to train, median of the runs, as measured where they ran",
    "data.train": "training images",
    "data.size": "pixels a side",
    "start.layers": "layers that the net begins with",
    "start.frozen": "frozen layers",
    "probe.layer": "layer that is probed",
    "recipe.epochs": "epochs",
    "recipe.lr": "learning rate",
}


def words_of(setting: str) -> str:
    """A setting or count in words."""
    return _WORDS.get(setting, setting.rpartition(".")[2].replace("_", " "))


def measured(metric: str) -> str:
    """A metric in words, with its unit."""
    return ", ".join(filter(None, (title(metric), unit(metric))))


def sample(results: "Results", name: str, metric: str) -> "Sample":
    """An experiment's values, one a seed, or an ensemble's, one a set of members."""
    return results.values(name, metric)


def ran(results: "Results", names: Iterable[str], metric: str) -> list[str]:
    """Those of the experiments, or ensembles, that have values."""
    return [name for name in names if len(sample(results, name, metric))]


def value(results: "Results", experiment: str, setting: str) -> "Scalar | None":
    """A setting or count of an experiment; all images where it does not say how many it trains on."""
    from bench.results.settings import setting as said

    found: Scalar | None = said(results, experiment, setting)
    if found is None and setting in ("data.train", "train"):
        return int(results.plan["data"]["train"]) - int(said(results, experiment, "data.validation") or 0)
    return found


def above(results: "Results", experiment: str, over: str, metric: str) -> "Sample":
    """Differences of an experiment's values from another's, seed by seed, where both have run."""
    import numpy as np

    values, others = results.by_seed(experiment, metric), results.by_seed(over, metric)
    gaps = np.array([value - others[seed] for seed, value in values.items() if seed in others], dtype=float)
    finite: Sample = gaps[np.isfinite(gaps)]
    return finite


@dataclass(frozen=True)
class Group:
    """Experiments that belong together in a figure; without a name each stands for itself."""

    name: str
    experiments: tuple[str, ...]


def grouped(
    results: "Results", names: Iterable[str], groups: Mapping[str, tuple[str, ...]], by: tuple[str, ...]
) -> list[Group]:
    """The groups as declared; else experiments that agree in the settings `by`; else all in one.

    They come in the order of their first experiments in the suite.
    """
    names = list(names)
    if groups:
        found = {name: tuple(one for one in members if one in names) for name, members in groups.items()}
    else:
        keys = {one: ", ".join(_told(results, one, setting) for setting in by) for one in names}
        found = {key: tuple(one for one in names if keys[one] == key) for key in keys.values()}
    shown = [Group(name, members) for name, members in found.items() if members]
    return sorted(shown, key=lambda group: min(map(results.experiments.index, group.experiments)))


def _told(results: "Results", experiment: str, setting: str) -> str:
    found = value(results, experiment, setting)
    return found if isinstance(found, str) else f"{words_of(setting)} {'–' if found is None else found}"
