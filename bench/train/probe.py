"""Probing a layer: a linear classifier on what the network, as it is, hands on from there."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.data.split import Images, Split
from bench.train.epoch import EVALUATION_BATCH
from bench.train.layers import after, layers
from bench.train.network import Network

if TYPE_CHECKING:
    from bench.spec.run import Probe

Features = dict[str, NDArray[np.float64]]  # by layer's number, (images, features)


@dataclass(frozen=True)
class Probed:
    """Figures of the best classifier (%), and the strength of it that validation images chose."""

    metrics: dict[str, float]
    strength: float


@dataclass(frozen=True)
class FeatureCache:
    """Features of one network, kept in files for its other probes; `key` says which network and images."""

    folder: Path
    key: str

    def get(self, part: str, compute: Callable[[], Features]) -> Features:
        """The features of a part of the data, computed where the cache has none that can be read."""
        path = self.folder / f"{self.key}-{part}.npz"
        with (
            suppress(OSError, ValueError, zipfile.BadZipFile, EOFError),
            path.open("rb") as kept,
            np.load(kept) as file,
        ):
            return {name: file[name] for name in file.files}
        found = compute()
        with written_whole(path) as file:
            np.savez(file, allow_pickle=False, **found)
        return found


def probe(
    network: Network, wanted: Probe, split: Split, test: Callable[[], Images], seed: int, cache: FeatureCache
) -> Probed:
    """Fit the classifier at every strength, choose on validation images, and open the test images last.

    Features are averaged over the places of a map and standardised by the training images'. Raises UserError
    for a layer that is not there, and where there are no validation images to choose by.
    """
    if not split.validation:
        raise UserError("a probe chooses its strength on validation images; there are none")
    after(network.model, wanted.layer)  # raises where it is not there

    def seen(name: str, images: Callable[[], Images]) -> NDArray[np.float64]:
        return cache.get(name, lambda: features(network, images()))[str(wanted.layer)]

    held_images = split.validation
    train, held_out = seen("train", lambda: split.train), seen("validation", lambda: held_images)
    mean, std = train.mean(0), train.std(0) + 1e-6
    y_train, y_held_out = (part.y.cpu().numpy() for part in (split.train, split.validation))
    fitted = []
    for strength in wanted.strengths:
        model = _classifier(wanted, strength, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strength that does not converge is judged as it ends
            model.fit((train - mean) / std, y_train)
        fitted.append((_error(model.predict((held_out - mean) / std), y_held_out), strength, model))
    chosen_by, strength, model = min(fitted, key=lambda one: one[:2])
    tested = test()
    x_test, y_test = seen("test", lambda: tested), tested.y.cpu().numpy()
    predicted = model.predict((x_test - mean) / std)
    return Probed(
        {
            "validation_error": chosen_by,
            "train_error": _error(model.predict((train - mean) / std), y_train),
            "test_error": _error(predicted, y_test),
            "test_balanced_error": _balanced(predicted, y_test),
        },
        strength,
    )


@torch.inference_mode()
def features(network: Network, images: Images) -> Features:
    """What the network hands on from each layer to the next, averaged over places; by layer.

    That is after normalisation, nonlinearity and pooling, whatever stands between the two layers.
    """
    numbered = layers(network.model)[:-1]
    found: dict[int, list[torch.Tensor]] = {layer.number: [] for layer in numbered}

    def keep(number: int, inputs: tuple[torch.Tensor, ...]) -> None:
        given = inputs[0].float()
        found[number].append(given.mean((2, 3)) if given.dim() == 4 else given.flatten(1))

    handles = [
        after(network.model, number).register_forward_pre_hook(
            lambda module, inputs, number=number: keep(number, inputs)
        )
        for number in found
    ]
    network.model.eval()
    try:
        for x in images.x.split(EVALUATION_BATCH):
            network.logits(x.permute(0, 3, 1, 2))
    finally:
        for handle in handles:
            handle.remove()
    return {str(number): torch.cat(parts).double().cpu().numpy() for number, parts in found.items()}


def _classifier(wanted: Probe, strength: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    weight = "balanced" if wanted.balanced else None
    if wanted.classifier == "svm":
        return LinearSVC(C=strength, class_weight=weight, random_state=seed, dual="auto")
    return LogisticRegression(C=strength, class_weight=weight, max_iter=500)


def _error(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    return 100 * float((predicted != labels).mean())


def _balanced(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    """The mean over classes of each one's error: rare ones count as much as frequent ones."""
    return float(
        np.mean([_error(predicted[labels == one], labels[labels == one]) for one in np.unique(labels)])
    )
