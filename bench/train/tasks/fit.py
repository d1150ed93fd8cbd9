"""Fit: a linear classifier on features, of a network's layer or of the images themselves."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bench.common.bits import packed
from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.data.split import Images, Split, open_test
from bench.models.layers import before_classifier, layers
from bench.train.context import peak_memory
from bench.train.epoch import EVALUATION_BATCH
from bench.train.network import Network, built
from bench.train.records import FEATURES, Result
from bench.train.tasks import Prepared, Task
from bench.train.transfer import begin

if TYPE_CHECKING:
    from bench.spec.run import Probe

Features = dict[str, NDArray[np.float64]]  # by name, (images, features)


class Fit(Task):
    """A linear classifier (scikit-learn's), whose strength validation images choose."""

    def price(self, macs: int, images: int) -> float:
        return float(macs * images)

    def check(self, network: nn.Module) -> None:
        """Raises UserError for a layer that is not there."""
        assert self.spec.probe is not None
        if self.spec.probe.layer is not None:
            before_classifier(network, self.spec.probe.layer)

    def run(self, prepared: Prepared) -> Result:
        spec, split, device = prepared.spec, prepared.split, prepared.device
        assert spec.probe is not None
        featured = _of_images(spec.probe) if spec.probe.features else _of_layer(prepared, spec.probe)

        def test() -> Images:
            return open_test(prepared.images, spec.data, device)

        found = fit(featured, spec.probe, split, test, spec.seed)
        cost = {"seconds": perf_counter() - prepared.started, "peak_memory_mb": peak_memory(device)}
        metrics = found.metrics | {"strength": found.strength}
        right, where = packed(found.right), prepared.environment
        return Result("finished", (), metrics, cost, environment=where, right=right)


Featured = Callable[
    [str, Callable[[], Images]], NDArray[np.float64]
]  # part of the data, its images -> features


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


def _of_layer(prepared: Prepared, wanted: Probe) -> Featured:
    """What a layer of the network hands on, with the weights that it begins with."""
    spec, context, split = prepared.spec, prepared.context, prepared.split
    cache = FeatureCache(context.folder.parent / FEATURES, spec.replace(probe=None).key)
    model = built(spec, split.classes, split.channels, context.alone)
    if spec.start:
        begin(model, spec.start, context.start)
    network = Network.of(model, split, spec.recipe.precision)
    before_classifier(model, wanted.layer or 0)  # raises where it is not there
    return lambda part, images: cache.get(part, lambda: features(network, images()))[str(wanted.layer)]


def _of_images(wanted: Probe) -> Featured:
    """Features that need no network."""
    describe = _hog if wanted.features == "hog" else _pixels
    return lambda part, images: describe(images().x.cpu().numpy())


def _pixels(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The pixels (n, height, width, channels) as they are: (n, height × width × channels)."""
    return images.reshape(len(images), -1).astype(np.float64)


def _hog(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Histograms of oriented gradients (Dalal and Triggs 2005): 9 directions, cells of 8×8 pixels, blocks of
    2×2.

    Of images smaller than 32 pixels a side, cells are a quarter of it.
    """
    from skimage.feature import hog

    cell = min(8, images.shape[1] // 4)
    options: dict[str, Any] = {"pixels_per_cell": (cell, cell), "cells_per_block": (2, 2), "channel_axis": -1}
    return np.stack([hog(image, orientations=9, **options) for image in images]).astype(np.float64)


@dataclass(frozen=True)
class Fitted:
    """Figures of the best classifier (%), and the strength of it that validation images chose."""

    metrics: dict[str, float]
    strength: float
    right: NDArray[np.bool_]  # which test images (n,)


def fit(featured: Featured, wanted: Probe, split: Split, test: Callable[[], Images], seed: int) -> Fitted:
    """Fit the classifier at every strength, choose on validation images, and open the test images last.

    Features are standardised by the training images'. Raises UserError where there are no validation images
    to choose by.
    """
    if not split.validation:
        raise UserError("a probe chooses its strength on validation images; there are none")
    held_images = split.validation
    train, held_out = featured("train", lambda: split.train), featured("validation", lambda: held_images)
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
    x_test, y_test = featured("test", lambda: tested), tested.y.cpu().numpy()
    predicted = model.predict((x_test - mean) / std)
    return Fitted(
        {
            "validation_error": chosen_by,
            "train_error": _error(model.predict((train - mean) / std), y_train),
            "test_error": _error(predicted, y_test),
            "test_balanced_error": _balanced(predicted, y_test),
        },
        strength,
        predicted == y_test,
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
        layer.into.register_forward_pre_hook(lambda module, inputs, number=layer.number: keep(number, inputs))
        for layer in numbered
        if layer.into
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


task = Fit
