"""One run, from a plain specification to its result, resumable at every epoch."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import torch
from torch import nn

from bench import models
from bench.common import predictions
from bench.common.errors import UserError
from bench.data.augment import Draw, compose
from bench.data.sets import ImageSet, load
from bench.data.split import Images, Split, open_split, open_test
from bench.train import checkpoint
from bench.train.epoch import evaluate, train_epoch
from bench.train.memory import keep_freed
from bench.train.network import Network
from bench.train.predict import predictions as predicted
from bench.train.probe import FeatureCache, probe
from bench.train.rates import rate, warming_up
from bench.train.records import FEATURES, Epoch, Result, Status
from bench.train.seeding import generator, reseed
from bench.train.step import draws, step_of
from bench.train.transfer import begin, parameter_groups
from bench.train.weights import WeightSets

if TYPE_CHECKING:
    from bench.spec import RunSpec


class Interrupted(Exception):
    """The run was asked to stop at an epoch boundary; its checkpoint is there to go on from."""


@dataclass(frozen=True)
class Context:
    """Where and how a run runs: all that does not change the distribution of its result.

    `folder` keeps `checkpoint.pt` and, at the end, `weights.pt` and, where the run is to keep what it
    predicts, `predictions.npz`. `start` is the file of the weights that the run begins with. `limits` are
    validation errors (%) by epoch; a run that is worse there ends as pruned. `report` is called after every
    epoch. Where several runs share a process, a thread each, they share `alone`, which one holds while it
    seeds, builds or records; a network that draws random numbers as it trains cannot be among them.
    """

    data_dir: Path
    folder: Path  # its neighbour `features` keeps what probes of one network share
    device: str = "cpu"
    threads: int = 1
    deterministic: bool = False
    start: Path | None = None
    limits: Mapping[int, float] = field(default_factory=dict)
    report: Callable[[Epoch], None] = lambda epoch: None
    should_stop: Callable[[], bool] = lambda: False
    alone: AbstractContextManager[object] | None = None


def run(spec: RunSpec, context: Context) -> Result:
    """Train and evaluate one run, going on from its checkpoint where there is one.

    Raises UserError if the data set is not the one that the specification names, or too small;
    Interrupted if the context asks to stop. Divergence is a result, not an error.
    """
    started = perf_counter()
    device = _prepare(context)
    images = load(spec.data.name, context.data_dir)
    if images.fingerprint != spec.data.fingerprint:
        raise UserError(f"data set {spec.data.name!r} in {context.data_dir} has changed since planning")
    saved = checkpoint.load(context.folder / "checkpoint.pt", spec.key)
    if saved and saved["result"]:
        return Result.from_plain(saved["result"])  # finished while no driver was there to hear of it
    split = open_split(images, spec.data, device)
    if spec.probe:
        return _probed(spec, context, split, images, started)
    training = _Training(spec, context, split)
    if saved:
        training.restore(saved)
    for epoch in range(len(training.curve) + 1, spec.recipe.epochs + 1):
        if training.over():
            break
        if context.should_stop():
            raise Interrupted
        training.epoch(epoch)
        training.seconds += perf_counter() - started
        started = perf_counter()
        training.save(None)
        context.report(training.curve[-1])
    result = training.finish(images, started)
    training.save(result)
    return result


def _probed(spec: RunSpec, context: Context, split: Split, images: ImageSet, started: float) -> Result:
    """A run that trains nothing: a linear classifier on what a layer of its network hands on."""
    assert spec.probe is not None
    device = split.train.x.device
    model = _built(spec, split, context.alone)
    if spec.start:
        begin(model, spec.start, context.start or Path())
    network = Network.of(model, split, spec.recipe.precision)
    cache = FeatureCache(context.folder.parent / FEATURES, spec.replace(probe=None).key)
    found = probe(network, spec.probe, split, lambda: open_test(images, spec.data, device), spec.seed, cache)
    cost = {"seconds": perf_counter() - started, "peak_memory_mb": _peak_memory(device)}
    return Result("finished", (), found.metrics | {"strength": found.strength}, cost)


def _built(spec: RunSpec, split: Split, alone: AbstractContextManager[object] | None) -> nn.Module:
    """The network with its first weights, which the process's generator draws."""
    with alone or nullcontext():
        reseed(spec.seed, 0)
        model = models.build(
            spec.model.name, num_classes=split.classes, in_channels=split.channels, **spec.model.options
        )
    if alone and draws(model):
        raise UserError(f"{spec.model.name} draws random numbers as it trains (dropout): train one at a time")
    return model


class _Training:
    """The state of a training: network, optimizer and the curve so far."""

    def __init__(self, spec: RunSpec, context: Context, split: Split) -> None:
        recipe = spec.recipe
        self.spec, self.context, self.split, self.recipe = spec, context, split, recipe
        self.steps = len(split.train) // recipe.batch_size
        if not self.steps:
            raise UserError(
                f"batches of {recipe.batch_size} are larger than the {len(split.train)} training images"
            )
        self.augment = compose(spec.augment)
        model = _built(spec, split, context.alone)
        copied, frozen = begin(model, spec.start, context.start or Path()) if spec.start else ([], [])
        still = [module for layer in frozen for _, module in layer.modules]
        self.network = Network.of(model, split, recipe.precision, still)
        self.optimizer = torch.optim.SGD(
            parameter_groups(model, copied, spec.start.share if spec.start else 1.0),
            lr=recipe.lr,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
        self.step = step_of(self.network, self.optimizer, recipe.acceleration, context.alone)
        self.sets = WeightSets(model, spec.predict, recipe) if spec.predict else None
        self.curve: list[Epoch] = []
        self.seconds = 0.0

    def restore(self, saved: dict[str, object]) -> None:
        """Go on from a checkpoint."""
        self.network.model.load_state_dict(saved["model"])  # type: ignore[arg-type]
        self.optimizer.load_state_dict(saved["optimizer"])  # type: ignore[arg-type]
        if self.sets:
            self.sets.restore(saved["sets"])  # type: ignore[arg-type]
        self.curve = [Epoch(**epoch) for epoch in saved["curve"]]  # type: ignore[attr-defined]
        self.seconds = float(saved["seconds"])  # type: ignore[arg-type]

    def save(self, result: Result | None) -> None:
        """Write the checkpoint; with the result, also the final weights."""
        weights = self.network.model.state_dict()
        if result and self.spec.trial is None:
            checkpoint.save(self.context.folder / "weights.pt", weights)
        state = {
            "key": self.spec.key,
            "model": weights,
            "optimizer": self.optimizer.state_dict(),
            "sets": self.sets.state() if self.sets else {},
            "curve": [asdict(epoch) for epoch in self.curve],
            "seconds": self.seconds,
            "result": result.plain() if result else None,
        }
        checkpoint.save(self.context.folder / "checkpoint.pt", state)

    def epoch(self, epoch: int) -> None:
        """Train one epoch, look at the validation split, and add to the curve."""
        began, seed, device = perf_counter(), self.spec.seed, self.split.train.x.device
        with self.context.alone or nullcontext():  # another may be drawing its first weights
            reseed(seed, epoch)
        first, total = (epoch - 1) * self.steps, self.recipe.epochs * self.steps
        warmup = self.recipe.warmup if warming_up(self.recipe, self.curve) else None

        def lr(step: int) -> float:
            return warmup.lr if warmup else rate(self.recipe, first + step, total)

        train = train_epoch(
            self.step,
            self.split.train,
            self.recipe.batch_size,
            self.augment,
            Draw(generator(seed, epoch, "augment", device), self.split.mean, lambda: self.split.principal),
            generator(seed, epoch, "order", device),
            lr,
            self.sets.after_step if self.sets and self.sets.ema else None,
        )
        if self.sets:
            self.sets.after_epoch(epoch)
        trained = perf_counter() - began
        held_out = evaluate(self.network, self.split.validation) if self.split.validation else None
        self.curve.append(
            Epoch(
                epoch=epoch,
                lr=lr(self.steps - 1),
                train_loss=train.loss,
                train_error=train.error,
                validation_loss=held_out.loss if held_out else None,
                validation_error=held_out.error if held_out else None,
                seconds=perf_counter() - began,
                images_per_second=self.steps * self.recipe.batch_size / trained,
            )
        )

    def over(self) -> Status | None:
        """Why the training ends before its last epoch, if it does."""
        if not self.curve:
            return None
        last = self.curve[-1]
        seen = (last.train_loss, last.validation_loss or 0.0)
        if not all(math.isfinite(loss) for loss in seen):
            return "diverged"
        limit = self.context.limits.get(last.epoch)
        if limit is not None and last.validation_error is not None and last.validation_error > limit:
            return "pruned"
        return None

    def finish(self, images: ImageSet, started: float) -> Result:
        """The last figures. This opens the test split: once, and for final runs alone."""
        status: Status = self.over() or "finished"
        metrics, cost, kept = {}, {}, ""
        if self.split.validation and self.curve[-1].validation_error is not None:
            metrics["validation_error"] = self.curve[-1].validation_error
        if self.spec.trial is None and status != "diverged":
            test = open_test(images, self.spec.data, self.split.train.x.device)
            for name, part in (("train", self.split.train), ("test", test)):
                began, scores = perf_counter(), evaluate(self.network, part)
                cost = {"evaluation_images_per_second": len(part) / (perf_counter() - began)}
                metrics |= {f"{name}_error": scores.error, f"{name}_loss": scores.loss}
            metrics["test_balanced_error"] = scores.balanced
            kept = self._predict(test)
            if not math.isfinite(metrics["train_loss"] + metrics["test_loss"]):
                status = "diverged"
        if status == "diverged":
            metrics = self._chance()
        self.seconds += perf_counter() - started
        return Result(status, tuple(self.curve), metrics, self._cost() | cost, kept)

    def _predict(self, test: Images) -> str:
        """Keep what the specification asks to be predicted; the digest of the file, or nothing."""
        if not (self.sets and self.spec.predict):
            return ""
        splits = {"validation": self.split.validation, "test": test}
        there = {name: images for name, images in splits.items() if images}
        arrays = predicted(self.network, self.sets, self.spec.predict, there, self.split.train)
        return predictions.write(self.context.folder / predictions.FILE, self.spec.key, arrays)

    def _chance(self) -> dict[str, float]:
        """What a diverged run counts as in every claim: guessing among the classes alike."""
        classes = self.split.classes
        error, loss = 100.0 * (1 - 1 / classes), math.log(classes)
        metrics = {"validation_error": error} if self.split.validation else {}
        if self.spec.trial is None:
            metrics |= {"train_error": error, "train_loss": loss, "test_error": error, "test_loss": loss}
            metrics["test_balanced_error"] = error
        return metrics

    def _cost(self) -> dict[str, float]:
        speeds = sorted(epoch.images_per_second for epoch in self.curve)
        return {
            "seconds": self.seconds,
            "images_per_second": speeds[len(speeds) // 2],
            "peak_memory_mb": _peak_memory(self.split.train.x.device),
        }


def _peak_memory(device: torch.device) -> float:
    """The most memory that was in use, in MiB: on a GPU by tensors, else by the process so far."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux, bytes on macOS
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _prepare(context: Context) -> torch.device:
    """Set what a kept worker may have left otherwise, and give the device."""
    keep_freed()
    torch.set_num_threads(context.threads)
    # trying algorithms waits for the whole device, which breaks another thread's recording
    torch.backends.cudnn.benchmark = not context.deterministic and context.alone is None
    torch.backends.cudnn.deterministic = context.deterministic
    device = torch.device(context.device)
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise UserError("a GPU was asked for, but torch sees none")
        torch.cuda.reset_peak_memory_stats(device)
    return device
