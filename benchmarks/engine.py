"""The engine against the loop that people write, against bare steps, and against this machine's peaks.

    python -m benchmarks.engine [--model resnet-20] [--rounds 7] [--json FILE]

All sides train the same network on the same images in batches of 128, each in a process of its own, one after
the other in each round and warmed up before; the table gives medians, and ratios round by round with their
quartiles. "Plain" is the usual script: DataLoader, torchvision's transforms image by image, float32 NCHW,
`.item()` every step.
"""

import argparse
import json
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from bench import models
from bench.data.augment import Draw, compose
from bench.data.split import Images, Split, channel_statistics, principal_colours
from bench.models.counts import count
from bench.spec import DataUse, Named, Recipe, RunSpec
from bench.train.epoch import evaluate, train_epoch
from bench.train.memory import keep_freed
from bench.train.network import Network
from bench.train.precision import autocast, is_half
from bench.train.seeding import generator
from bench.train.step import step_of
from bench.train.tasks.classify import Classify
from benchmarks.peaks import CPU, PEAKS, Timed

BATCH, STEPS, SIDE, CLASSES = 128, 8, 32, 10
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


class Photographs(Dataset[tuple[torch.Tensor, int]]):
    """Images as PIL sees them, with transforms, as torchvision's own data sets give them."""

    def __init__(
        self, x: np.ndarray, y: np.ndarray, transform: Callable[[Image.Image], torch.Tensor]
    ) -> None:
        self.x, self.y, self.transform = x, y, transform

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.x[i])), int(self.y[i])


def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Random images (n, 32, 32, 3) and labels: speed does not depend on what they show."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, SIDE, SIDE, 3), np.uint8), rng.integers(0, CLASSES, n)


def sgd(model: torch.nn.Module, **more: object) -> torch.optim.Optimizer:
    """The recipe's optimizer."""
    groups = [{"params": list(model.parameters()), "share": 1.0}]
    return torch.optim.SGD(groups, lr=0.1, momentum=0.9, weight_decay=1e-4, **more)  # type: ignore[arg-type]


def plain_training(name: str, workers: int = 0, batches: int = STEPS, device: torch.device = CPU) -> Timed:
    """A training epoch of the usual script; images a second."""
    x, y = drawn(BATCH * batches)
    steps = [transforms.RandomCrop(SIDE, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor()]
    data = Photographs(x, y, transforms.Compose([*steps, transforms.Normalize(MEAN, STD)]))
    loader = DataLoader(
        data,
        batch_size=BATCH,
        shuffle=True,
        num_workers=workers,
        drop_last=True,
        persistent_workers=workers > 0,
    )
    model = models.build(name, num_classes=CLASSES).to(device)
    optimizer = sgd(model)

    def epoch() -> float:
        began, total, correct = perf_counter(), 0.0, 0
        model.train()
        for images, labels in loader:
            there = labels.to(device)
            optimizer.zero_grad()
            logits = model(images.to(device))
            loss = F.cross_entropy(logits, there)
            loss.backward()
            optimizer.step()
            total += loss.item()
            correct += (logits.argmax(1) == there).sum().item()
        return BATCH * batches / (perf_counter() - began)

    return epoch


def plain_evaluation(name: str) -> Timed:
    """Evaluation as the usual script does it; images a second."""
    x, y = drawn(BATCH * STEPS)
    steps = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    loader = DataLoader(Photographs(x, y, transforms.Compose(steps)), batch_size=BATCH)
    model = models.build(name, num_classes=CLASSES).eval()

    @torch.no_grad()
    def epoch() -> float:
        began, correct = perf_counter(), 0
        for images, labels in loader:
            correct += (model(images).argmax(1) == labels).sum().item()
        return BATCH * STEPS / (perf_counter() - began)

    return epoch


def _ours(name: str, batches: int, device: torch.device) -> tuple[Network, Split]:
    x, y = drawn(BATCH * batches)
    images = Images(torch.from_numpy(x).to(device), torch.from_numpy(y).to(device))
    mean, std = channel_statistics(images.x)
    split = Split(images, images, mean, std, CLASSES)
    return Network.of(models.build(name, num_classes=CLASSES), split, "bf16"), split


def _classify(name: str) -> Classify:
    data = DataUse(name="noise", fingerprint="")
    return Classify(RunSpec(model=name, data=data, augment=(), recipe=Recipe(epochs=1), seed=0))


def engine_training(
    name: str,
    how: str | None = None,
    batches: int = STEPS,
    device: torch.device = CPU,
    alone: AbstractContextManager[object] | None = None,
) -> Timed:
    """A training epoch of the engine: data, augmentation and running figures included."""
    network, split = _ours(name, batches, device)
    step = step_of(network, sgd(network.model, fused=True), _classify(name), how, alone)
    augment = compose([Named(name="crop"), Named(name="flip")])

    def epoch() -> float:
        began = perf_counter()
        draw = Draw(generator(0, 1, "augment", device), split.mean, lambda: principal_colours(split.train.x))
        shuffle = generator(0, 1, "order", device)
        train_epoch(step, split.train, BATCH, augment, draw, shuffle, lambda i: 0.1)
        return BATCH * batches / (perf_counter() - began)  # reading the sums has waited for the device

    return epoch


def engine_evaluation(name: str, batches: int = STEPS, device: torch.device = CPU) -> Timed:
    """Evaluation by the engine."""
    network, split = _ours(name, batches, device)

    def epoch() -> float:
        began = perf_counter()
        evaluate(network, split.train)
        return BATCH * batches / (perf_counter() - began)

    return epoch


def bare_steps(name: str) -> Timed:
    """Forward, loss, backward and update on one batch that is ready, in the engine's precision and format."""
    model = models.build(name, num_classes=CLASSES).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = sgd(model, fused=True)
    x = torch.randn(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    y = torch.randint(CLASSES, (BATCH,))

    def epoch() -> float:
        began = perf_counter()
        model.train()
        for _ in range(STEPS):
            with autocast("bf16", CPU):
                logits = model(x)
            loss = F.cross_entropy(logits.float(), y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        return BATCH * STEPS / (perf_counter() - began)

    return epoch


SIDES: dict[str, Callable[[str], Timed]] = {
    "engine": engine_training,
    "plain": plain_training,
    "bare steps": bare_steps,
    "engine, evaluation": engine_evaluation,
    "plain, evaluation": plain_evaluation,
    "engine, memory returned": engine_training,
    "engine, evaluation, memory returned": engine_evaluation,
}
RETURNED = "memory returned"


def _serve(side: str, model: str, threads: int, pipe: Connection) -> None:
    """A side's own process, a round when asked. All but plain ones keep memory as the engine does."""
    torch.set_num_threads(threads)
    if not (side.startswith("plain") or side.endswith(RETURNED)):
        keep_freed()
    once = (SIDES | PEAKS)[side](model)
    once()
    while pipe.recv():
        pipe.send(once())


@contextmanager
def side_of(side: str, model: str, threads: int = 1) -> Iterator[Connection]:
    """A side in a process of its own, warmed up; send True for a round, which it answers."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(side, model, threads, theirs))
    process.start()
    try:
        yield ours
    finally:
        ours.send(False)
        process.join()


def in_turns(model: str, names: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Every side once a round, the others waiting; after one round to warm up."""
    found: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as stack:
        pipes = {name: stack.enter_context(side_of(name, model)) for name in names}
        for turn in range(rounds + 1):
            for name, pipe in pipes.items():
                pipe.send(True)
                value = pipe.recv()
                if turn:
                    found[name].append(value)
    return found


def at_once(side: str, model: str, processes: int, threads: int, rounds: int) -> float:
    """Images a second of several processes together."""
    with ExitStack() as stack:
        pipes = [stack.enter_context(side_of(side, model, threads)) for _ in range(processes)]
        totals = []
        for _ in range(rounds):
            for pipe in pipes:
                pipe.send(True)
            totals.append(sum(pipe.recv() for pipe in pipes))
    return median(totals)


def ratio(over: list[float], under: list[float]) -> str:
    """The median of the rounds' ratios with its quartiles."""
    ratios = [a / b for a, b in zip(over, under, strict=True)]
    low, middle, high = quantiles(ratios, n=4)
    return f"{middle:.2f} [{low:.2f}, {high:.2f}]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="resnet-20")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    half = is_half("bf16", CPU)
    peaks_there = [name for name in PEAKS if half or "bf16" not in name]
    every = in_turns(asked.model, [*SIDES, *peaks_there], asked.rounds)
    found = {
        name: values
        for name, values in every.items()
        if "engine" in name or "plain" in name or "bare" in name
    }
    peaks = {name: values for name, values in every.items() if name not in found}
    cores = os.cpu_count() or 1
    together = {
        f"engine, {cores} processes of 1 thread": at_once("engine", asked.model, cores, 1, asked.rounds),
        f"engine, 1 process of {cores} threads": at_once("engine", asked.model, 1, cores, asked.rounds),
        f"plain, {cores} processes of 1 thread": at_once("plain", asked.model, cores, 1, asked.rounds),
        f"plain, 1 process of {cores} threads": at_once("plain", asked.model, 1, cores, asked.rounds),
    }
    macs = count(Named(name=asked.model), num_classes=CLASSES, in_channels=3, size=(SIDE, SIDE)).counts[
        "macs"
    ]
    peak = f"convolution {'bf16' if half else 'fp32'}"
    step = [2 * 3 * macs * speed for speed in found["bare steps"]]  # backward costs two forward passes
    mine = [2 * 3 * macs * speed for speed in found["engine"]]
    console = Console()
    console.print(
        f"{asked.model}, batches of {BATCH}, {platform.processor() or platform.machine()}, {cores} cores"
    )
    console.print(f"torch {torch.__version__}, torchvision {torchvision.__version__}; one thread unless said")
    speeds = Table("what", "images/s", box=None)
    for name, values in {**found, **{k: [v] for k, v in together.items()}}.items():
        speeds.add_row(name, f"{median(values):,.0f}")
    limits = Table("peak", "a second", box=None)
    for name, values in peaks.items():
        unit = "GB" if name == "copy" else "G operations"
        limits.add_row(name, f"{median(values) / 1e9:,.0f} {unit}")
    a, threaded, b, c = together.values()
    ratios = {
        "engine / bare steps": ratio(found["engine"], found["bare steps"]),
        "engine / plain": ratio(found["engine"], found["plain"]),
        f"engine, {cores} at once / {cores} threads": f"{a / threaded:.2f}",
        f"engine / plain, {cores} at once": f"{a / b:.2f}",
        f"engine, {cores} at once / plain, {cores} threads": f"{a / c:.2f}",
        "training: memory kept / returned": ratio(found["engine"], found["engine, memory returned"]),
        "evaluation: memory kept / returned": ratio(
            found["engine, evaluation"], found["engine, evaluation, memory returned"]
        ),
        "evaluation: engine / plain": ratio(found["engine, evaluation"], found["plain, evaluation"]),
        f"bare steps / {peak} peak": ratio(step, peaks[peak]),
        f"engine / {peak} peak": ratio(mine, peaks[peak]),
    }
    told = Table("ratio", "median [quartiles]", box=None)
    for name, value in ratios.items():
        told.add_row(name, value)
    for table in (speeds, limits, told):
        console.print(table)
    if asked.json:
        asked.json.write_text(json.dumps({"images_per_second": found, "at_once": together, "peaks": peaks}))


if __name__ == "__main__":
    main()
