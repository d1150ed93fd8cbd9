"""The one place that imports torchvision, late: for downloads of the classic data sets."""

import importlib
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from bench.common.errors import UserError, suggest
from bench.common.files import written_whole

DOWNLOADS = {
    "cifar10": "CIFAR10",
    "cifar100": "CIFAR100",
    "mnist": "MNIST",
    "fashion_mnist": "FashionMNIST",
}
IMAGENET = "imagenet-"  # and a model's name in torchvision: what weights are called
_CONNECT_SECONDS = 10.0


def torchvision(module: str) -> ModuleType:
    """`torchvision.<module>`, also where a CPU build of torch meets a CUDA build of torchvision.

    That mix lacks the compiled operators, and importing it fails because their schemas are not
    declared. Nothing here uses the operators, so the schemas are declared and the import repeated.
    """
    try:
        return importlib.import_module(f"torchvision.{module}")
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    loaded = importlib.import_module(f"torchvision.{module}")
    loaded.bench_schemas = library  # type: ignore[attr-defined]  # they last as long as it does
    return loaded


def download(name: str) -> dict[str, Any]:
    """The arrays of a classic data set, by download through torchvision, which checks its checksum.

    Returns what `DATA/<name>.npz` holds. Raises UserError where it cannot be had.
    """
    if name not in DOWNLOADS:
        raise UserError(f"{name!r} is no data set that can be downloaded: {suggest(name, DOWNLOADS)}")
    factory = getattr(torchvision("datasets"), DOWNLOADS[name])
    with tempfile.TemporaryDirectory() as folder, _connect_timeout():
        try:
            splits = [factory(folder, train=train, download=True) for train in (True, False)]
        except (OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())
            raise UserError(f"{name} cannot be downloaded: {reason}") from error
        return _arrays(name, *splits)


def _arrays(name: str, train: Any, test: Any) -> dict[str, Any]:
    return {
        "x_train": np.asarray(train.data, dtype=np.uint8),
        "y_train": np.asarray(train.targets, dtype=np.int64),
        "x_test": np.asarray(test.data, dtype=np.uint8),
        "y_test": np.asarray(test.targets, dtype=np.int64),
        "classes": np.array([str(one) for one in train.classes]),
        "provenance": np.array(f"{name}: downloaded by torchvision, checksums verified"),
    }


@contextmanager
def _connect_timeout() -> Iterator[None]:
    """Without it a machine behind a silent firewall would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_CONNECT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def fetch_weights(name: str, data_dir: Path) -> Path:
    """Download `imagenet-MODEL` through torchvision, checksum checked, into `DATA/<name>.pt`.

    They are its first ones, trained as the papers do (IMAGENET1K_V1). Raises UserError where there are none.
    """
    zoo = torchvision("models")
    model, target = name.removeprefix(IMAGENET), data_dir / f"{name}.pt"
    if model not in zoo.list_models(module=zoo):
        raise UserError(f"torchvision has no model {model!r}: {suggest(model, zoo.list_models(module=zoo))}")
    with _connect_timeout():
        try:
            state = zoo.get_model_weights(model)["IMAGENET1K_V1"].get_state_dict(check_hash=True)
        except (OSError, RuntimeError, KeyError) as error:
            reason = " ".join(str(error).split())
            raise UserError(f"{name} cannot be downloaded: {reason}") from error
    with written_whole(target) as file:
        torch.save(dict(state), file)
    return target


def fetch(name: str, data_dir: Path) -> Path:
    """Download a data set into `DATA/<name>.npz`, whole or not at all; one that is there is kept."""
    from bench.data.sets import write

    target = data_dir / f"{name}.npz"
    if not target.exists():
        write(target, download(name))
    return target
