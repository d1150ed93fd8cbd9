"""What averaging predictions gives: of independent runs, of a run's weight sets, of views of an image.

All of it is computed from the log-probabilities that final runs keep, so it costs no further training.
Probabilities are averaged, as AlexNet's and GoogLeNet's authors do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.common.bits import packed
from bench.common.views import VIEW_SETS
from bench.spec.ensemble import Ensemble

Probabilities = NDArray[np.float32]  # (images, classes)
Arrays = Mapping[str, NDArray[Any]]  # of one run, as `bench.common.predictions` reads them
_BINS = 15  # of the calibration error
_SETS = 20  # sampled for each point of a descriptive curve
_MOST = 10  # members of a descriptive curve


@dataclass(frozen=True)
class Runs:
    """The final runs of one experiment: how many seeds, their predictions (None: diverged), whether views
    are shifted.
    """

    seeds: int
    load: Callable[[int], Arrays | None]
    shifted: bool = False


def scores(probabilities: Probabilities, labels: NDArray[np.int64]) -> dict[str, float]:
    """Figures of predictions (images, classes): error (%), loss (nats), Brier score, calibration error (%).

    The Brier score is the mean squared distance from the one-hot label, summed over classes (0 to 2). The
    calibration error is the expected one of Guo et al. 2017 (arXiv 1706.04599): the mean over images of the
    gap between confidence and accuracy in 15 bins of equal width.
    """
    rows = np.arange(len(labels))
    own = probabilities[rows, labels].astype(np.float64)
    right = probabilities.argmax(1) == labels
    confidence = probabilities.max(1).astype(np.float64)
    brier = (probabilities.astype(np.float64) ** 2).sum(1) - 2 * own + 1
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)
    return {
        "test_error": 100 * float(1 - right.mean()),
        "test_loss": float(-np.log(np.maximum(own, 1e-12)).mean()),
        "brier": float(brier.mean()),
        "calibration_error": 100 * float(np.abs(gaps).sum() / len(labels)),
    }


def disagreement(nets: Sequence[Probabilities]) -> float:
    """The share (%) of images that two nets put into different classes, over all pairs; NaN for one net."""
    chosen = [net.argmax(1) for net in nets]
    pairs = [100 * float((a != b).mean()) for a, b in combinations(chosen, 2)]
    return float(np.mean(pairs)) if pairs else float("nan")


class Gallery:
    """The predictions of all experiments' runs, averaged on demand and kept."""

    def __init__(self, runs: Mapping[str, Runs], classes: int) -> None:
        self.runs, self.classes = runs, classes
        self.arrays = cache(lambda experiment, seed: runs[experiment].load(seed))
        self.nets = cache(self._nets)

    def labels(self) -> NDArray[np.int64] | None:
        """The labels of the test images, or None where no run keeps predictions of them."""
        for name, one in self.runs.items():
            for seed in range(one.seeds):
                arrays = self.arrays(name, seed)
                if arrays is not None:
                    found = arrays.get("test/labels")
                    return None if found is None else found.astype(np.int64)
        return None

    def _nets(self, experiment: str, seed: int, weights: str, views: int) -> tuple[Probabilities, ...]:
        """The predictions of one run: one net, or one for each end of a cycle; views averaged."""
        arrays = self.arrays(experiment, seed)
        if arrays is None:  # diverged: it guesses
            labels = self.labels()
            n = 0 if labels is None else len(labels)
            return (np.full((n, self.classes), 1 / self.classes, dtype=np.float32),)
        start = "test/cycle-" if weights == "cycles" else f"test/{weights}/"
        names = {name.split("/")[1] for name in arrays if name.startswith(start)}
        return tuple(
            _mean([_probabilities(arrays[f"test/{name}/{view}"]) for view in VIEW_SETS[views]])
            for name in sorted(names, key=lambda name: (len(name), name))
        )


def ensemble_rows(ensembles: Sequence[Ensemble], gallery: Gallery) -> list[dict[str, Any]]:
    """A row for each disjoint set of members of each ensemble: what `ensembles.csv` holds.

    And, as `right`, which test images the set got right.
    """
    return [row for one in ensembles for row in _rows(one, gallery)]


def _rows(ensemble: Ensemble, gallery: Gallery) -> Iterator[dict[str, Any]]:
    labels = gallery.labels()
    if labels is None:
        return
    for replicate in range(min(gallery.runs[name].seeds for name in ensemble.of) // ensemble.members):
        first = replicate * ensemble.members
        drawn = [(name, first + i) for name in ensemble.of for i in range(ensemble.members)]
        nets = [
            net for name, seed in drawn for net in gallery.nets(name, seed, ensemble.weights, ensemble.views)
        ]
        yield {
            "ensemble": ensemble.id,
            "replicate": replicate,
            "seeds": f"{first}-{first + ensemble.members - 1}" if ensemble.members > 1 else str(first),
            "nets": len(nets),
            **scores(_mean(nets), labels),
            "disagreement": disagreement(nets),
            "right": packed(_mean(nets).argmax(1) == labels),
        }


def sampled_rows(gallery: Gallery, together: int = 1) -> list[dict[str, Any]]:
    """Descriptive curves: the error of sampled, overlapping sets of 1 to 10 members, without any test.

    Where so many seeds go `together`, sharing a split as members of a set do, sets stay among them. For each
    experiment and number of members the mean over the sets, with the least and the most; with 1 view and,
    where views are kept, with 10; and for 1 and 4 members with all numbers of views.
    """
    labels = gallery.labels()
    if labels is None:
        return []
    rng = np.random.Generator(np.random.PCG64(0))
    rows = []
    for name, runs in gallery.runs.items():
        shared = together if together > 1 else max(1, runs.seeds)
        for members in range(1, min(runs.seeds, shared, _MOST) + 1):
            sets = _sets(rng, runs.seeds, members, shared)
            for views in VIEW_SETS if runs.shifted else (1,):
                if views not in (1, 10) and members not in (1, 4):
                    continue
                errors = [
                    _error([gallery.nets(name, seed, "last", views)[0] for seed in one], labels)
                    for one in sets
                ]
                rows.append(_point(name, "last", members, views, errors))
        cycles = len(gallery.nets(name, 0, "cycles", 1)) if runs.seeds else 0
        for last in range(1, cycles + 1):
            errors = [
                _error(gallery.nets(name, seed, "cycles", 1)[-last:], labels) for seed in range(runs.seeds)
            ]
            rows.append(_point(name, "cycles", last, 1, errors))
    return rows


def _point(name: str, weights: str, members: int, views: int, errors: Sequence[float]) -> dict[str, Any]:
    return {
        "experiment": name,
        "weights": weights,
        "members": members,
        "views": views,
        "sets": len(errors),
        "test_error": float(np.mean(errors)),
        "least": min(errors),
        "most": max(errors),
    }


def _sets(rng: np.random.Generator, seeds: int, members: int, together: int) -> list[tuple[int, ...]]:
    """All sets of so many of the seeds that go together, or as many drawn ones as a curve takes."""
    blocks = [range(seeds)[first : first + together] for first in range(0, seeds, together)]
    every = [one for block in blocks for one in combinations(block, members)]
    if len(every) <= _SETS:
        return every
    return [every[i] for i in sorted(rng.choice(len(every), _SETS, replace=False))]


def _error(nets: Sequence[Probabilities], labels: NDArray[np.int64]) -> float:
    return 100 * float((_mean(nets).argmax(1) != labels).mean())


def _mean(nets: Sequence[Probabilities]) -> Probabilities:
    total = np.zeros_like(nets[0])
    for net in nets:
        total += net
    return total / np.float32(len(nets))


def _probabilities(logs: NDArray[np.float16]) -> Probabilities:
    return np.exp(logs.astype(np.float32))
