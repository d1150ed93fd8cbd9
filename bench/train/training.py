"""Training a network: the loop around a task's batches, loss and scores."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import asdict
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.common import bits, predictions
from bench.common.errors import UserError
from bench.common.schedules import rate, warming_up
from bench.data.augment import Draw, compose
from bench.data.split import Images, Split, open_test
from bench.train import checkpoint
from bench.train.context import Context, Interrupted, peak_memory
from bench.train.epoch import train_epoch
from bench.train.measures import every_epoch
from bench.train.network import Network, built
from bench.train.objective import Objective
from bench.train.optimizers import optimizer_of
from bench.train.predict import predictions as predicted
from bench.train.records import CHECKPOINT, WEIGHTS, Epoch, Measure, Result, Status
from bench.train.seeding import generator, reseed
from bench.train.step import step_of
from bench.train.tasks import Prepared
from bench.train.transfer import begin, parameter_groups
from bench.train.weights import WeightSets

if TYPE_CHECKING:
    from bench.spec import RunSpec

_BACKWARD = 3  # a training step costs about three forward passes


class TrainedTask(Objective):
    """A task that trains a network for what it says."""

    def price(self, macs: int, images: int) -> float:
        return float(macs * _BACKWARD * images * self.spec.recipe.epochs)

    def run(self, prepared: Prepared) -> Result:
        spec, context, started = prepared.spec, prepared.context, prepared.started
        self.check_data(prepared.split)
        training = Training(self, prepared)
        saved = checkpoint.load(context.folder / CHECKPOINT, spec.key)
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
        result = training.finish(started)
        training.save(result)
        return result


class Training:
    """The state of a training: network, optimizer and the curve so far."""

    def __init__(self, task: Objective, prepared: Prepared) -> None:
        self.task, self.prepared = task, prepared
        self.spec, self.context, self.split = prepared.spec, prepared.context, prepared.split
        self.recipe = recipe = self.spec.recipe
        self.steps = len(self.split.train) // recipe.batch_size
        if not self.steps:
            raise UserError(
                f"batches of {recipe.batch_size} are larger than the {len(self.split.train)} training images"
            )
        self.augment = compose(self.spec.augment)
        self.measures = every_epoch(self.spec.measures or ())
        self.network, groups = self._network(self.spec, self.context, self.split)
        self.optimizer = optimizer_of(recipe, groups, prepared.device, self.context.alone)
        self.step = step_of(self.network, self.optimizer, task, recipe.acceleration, self.context.alone)
        self.sets = WeightSets(self.network.model, self.spec.predict, recipe) if self.spec.predict else None
        self.curve: list[Epoch] = []
        self.measured: list[Measure] = []
        self.seconds = 0.0

    def _network(
        self, spec: RunSpec, context: Context, split: Split
    ) -> tuple[Network, list[dict[str, object]]]:
        """The network as it begins, and the parameter groups that are trained."""
        model = built(spec, self.task.outputs(split.classes), split.channels, context.alone)
        copied, frozen = begin(model, spec.start, context.start) if spec.start else ([], [])
        still = [module for layer in frozen for _, module in layer.modules]
        groups = parameter_groups(model, copied, spec.start.share if spec.start else 1.0)
        return Network.of(model, split, spec.recipe.precision, still), groups

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.network.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        if self.sets:
            self.sets.restore(saved["sets"])
        self.curve = [Epoch(**epoch) for epoch in saved["curve"]]
        self.measured = [Measure(**one) for one in saved["measures"]]
        self.seconds = float(saved["seconds"])

    def save(self, result: Result | None) -> None:
        """Write the checkpoint; with the result, also the final weights."""
        weights = self.network.model.state_dict()
        if result and self.spec.trial is None:
            checkpoint.save(self.context.folder / WEIGHTS, weights)
        state = {
            "key": self.spec.key,
            "model": weights,
            "optimizer": self.optimizer.state_dict(),
            "sets": self.sets.state() if self.sets else {},
            "curve": [asdict(epoch) for epoch in self.curve],
            "measures": [asdict(one) for one in self.measured],
            "seconds": self.seconds,
            "result": result.plain() if result else None,
        }
        checkpoint.save(self.context.folder / CHECKPOINT, state)

    def epoch(self, epoch: int) -> None:
        """Train one epoch, look at the validation split, and add to the curve."""
        began, seed, device = perf_counter(), self.spec.seed, self.prepared.device
        with self.context.alone or nullcontext():  # another may be drawing its first weights
            reseed(seed, epoch)
        lr = self._rates(epoch)
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
        for measure in self.measures:
            self.measured += measure(self.network.model, epoch)
        if epoch in (self.spec.keep or ()):
            kept = self.context.folder / f"weights-{epoch}.pt"
            checkpoint.save(kept, self.network.model.state_dict())
        held = self.task.scores(self.network, self.split.validation).figures if self.split.validation else {}
        self.curve.append(
            Epoch(
                epoch=epoch,
                lr=lr(self.steps - 1),
                train_loss=train.loss,
                train_error=train.error,
                validation_loss=held.get("loss"),
                validation_error=held.get("error"),
                seconds=perf_counter() - began,
                images_per_second=self.steps * self.recipe.batch_size / trained,
            )
        )

    def _rates(self, epoch: int) -> Any:
        """The learning rate of each step of an epoch."""
        first, total = (epoch - 1) * self.steps, self.recipe.epochs * self.steps
        warming = warming_up(self.recipe, [one.train_error for one in self.curve])
        warmup = self.recipe.warmup if warming else None
        held_out = [one.validation_error for one in self.curve if one.validation_error is not None]

        def lr(step: int) -> float:
            return warmup.lr if warmup else rate(self.recipe, first + step, total, held_out)

        return lr

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

    def finish(self, started: float) -> Result:
        """The last figures. This opens the test split: once, and for final runs alone."""
        status: Status = self.over() or "finished"
        metrics, cost, kept, right = dict[str, float](), dict[str, float](), "", ""
        if self.split.validation and self.curve[-1].validation_error is not None:
            metrics["validation_error"] = self.curve[-1].validation_error
        if self.spec.trial is None and status != "diverged":
            test = open_test(self.prepared.images, self.spec.data, self.prepared.device)
            told, cost, right = self._scored(test)
            metrics |= told
            kept = self._predict(test)
            if not math.isfinite(metrics["train_loss"] + metrics["test_loss"]):
                status = "diverged"
        if status == "diverged":
            metrics, right = self._chance(), ""
        self.seconds += perf_counter() - started
        return Result(
            status=status,
            curve=tuple(self.curve),
            metrics=metrics,
            cost=self._cost() | cost,
            predictions=kept,
            right=right,
            measures=tuple(self.measured),
            environment=self.prepared.environment,
        )

    def _scored(self, test: Images) -> tuple[dict[str, float], dict[str, float], str]:
        """Scores on the training and test images, how fast the latter went, and which of them were right."""
        metrics, cost, right = dict[str, float](), dict[str, float](), ""
        parts = ("train", self.split.train, self.task.on_train), ("test", test, self.task.on_test)
        for name, part, told in parts:
            began, scores = perf_counter(), self.task.scores(self.network, part)
            cost = {"evaluation_images_per_second": len(part) / (perf_counter() - began)}
            metrics |= {f"{name}_{score}": scores.figures[score] for score in told}
            right = bits.packed(scores.right.cpu().numpy())
        return metrics, cost, right

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
        chance = self.task.chance(self.split.classes)
        metrics = {"validation_error": chance["error"]} if self.split.validation else {}
        if self.spec.trial is None:
            metrics |= {f"train_{name}": chance[name] for name in self.task.on_train}
            metrics |= {f"test_{name}": chance[name] for name in self.task.on_test}
        return metrics

    def _cost(self) -> dict[str, float]:
        return {
            "seconds": self.seconds,
            "images_per_second": sorted(epoch.images_per_second for epoch in self.curve)[
                len(self.curve) // 2
            ],
            "peak_memory_mb": peak_memory(self.prepared.device),
        }
