"""Where a training step goes, and what part of this machine's convolution peak it reaches.

    python -m benchmarks.step [--model resnet-20]

One thread, batches of 128 images of 32×32 pixels, in the precision of recipes, channels-last memory that is
kept. Each operation is timed as it is dispatched; torch's own profiler allocates in between, and that slows
what makes new tensors.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable
from statistics import quantiles
from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.table import Table
from torch.utils._python_dispatch import TorchDispatchMode

from bench import models
from bench.models import batch_norm
from bench.models.counts import count
from bench.spec.base import Named
from bench.train.environment import environment_class
from bench.train.memory import keep_freed
from bench.train.precision import autocast, is_half
from benchmarks.peaks import convolution

CPU = torch.device("cpu")
PRECISION = torch.bfloat16 if is_half("bf16", CPU) else torch.float32  # that of recipes
BATCH, SIDE, CLASSES, STEPS, ROUNDS = 128, 32, 10, 10, 30
KINDS = {  # the operations that make up a step, as the table names them
    "convolution_backward": "convolutions, backward",
    "convolution": "convolutions, forward",
    "native_batch_norm": "batch norm, forward",
    "native_batch_norm_backward": "batch norm, backward",
    "threshold_backward": "ReLU, backward",
    "relu_": "ReLU, forward",
    "add": "residual additions, gradients added",
    "_native_batch_norm_legit": "batch norm, forward",
    "_to_copy": "weights and images cast",
    "_fused_sgd_": "optimizer",
    "forward": "batch norm, addition and ReLU in one pass, forward",
    "backward": "batch norm, addition and ReLU in one pass, backward",
    "evaluate": "batch norm, addition and ReLU in one pass",
}


class Stopwatch(TorchDispatchMode):
    """Seconds by operation, while it is open: forward, backward and optimizer."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seconds: dict[str, float] = defaultdict(float)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        began = perf_counter()
        made = func(*args, **(kwargs or {}))
        self.seconds[func.overloadpacket.__name__] += perf_counter() - began
        return made


class Passes:
    """The functions of `bench.models.batch_norm`, whose calls nobody dispatches, with a stopwatch."""

    def __init__(self, calls: Any, seconds: dict[str, float]) -> None:
        self.calls, self.seconds = calls, seconds

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            began = perf_counter()
            made = getattr(self.calls, name)(*given)
            self.seconds[name] += perf_counter() - began
            return made

        return call


def shares(work: Callable[[], object]) -> dict[str, float]:
    """What part of its time each kind of operation takes, in %, largest first."""
    with Stopwatch():
        work()
    calls = batch_norm._calls
    with Stopwatch() as watch:
        if batch_norm.available():
            batch_norm._calls = lambda of: Passes(calls(of), watch.seconds)  # type: ignore[assignment,return-value]
        for _ in range(STEPS):
            work()
    batch_norm._calls = calls
    found: dict[str, float] = defaultdict(float)
    for name, seconds in watch.seconds.items():
        found[KINDS.get(name, "all else")] += 100 * seconds / sum(watch.seconds.values())
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def training_step(name: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """A step of that network on one batch that is ready, and its evaluation."""
    model = models.build(name, num_classes=CLASSES).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, fused=True)
    x = torch.randn(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    y = torch.randint(CLASSES, (BATCH,))

    def forward() -> torch.Tensor:
        with autocast("bf16", CPU):
            logits: torch.Tensor = model(x)
        return logits.float()

    def step() -> None:
        model.train()
        loss = F.cross_entropy(forward(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    @torch.no_grad()  # in inference mode operations are dispatched without their names
    def evaluate() -> None:
        model.eval()
        forward()

    return step, evaluate


def of_peak(step: Callable[[], object], operations: float) -> list[float]:
    """The step's speed over the convolution peak's, which is measured before and after each step."""
    peak, found = convolution(PRECISION), []
    for turn in range(ROUNDS + 5):
        before = peak()
        began = perf_counter()
        step()
        took = perf_counter() - began
        if turn >= 5:  # the first ones warm up
            found.append(operations / took / ((before + peak()) / 2))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="resnet-20")
    asked = parser.parse_args()
    keep_freed()
    torch.set_num_threads(1)
    counted = count(Named(name=asked.model), num_classes=CLASSES, in_channels=3, size=(SIDE, SIDE)).counts
    step, evaluate = training_step(asked.model)
    ratios = of_peak(step, 2 * 3 * counted["macs"] * BATCH)  # backward costs two forward passes
    low, middle, high = quantiles(ratios, n=4)
    console = Console()
    for title, work in (("a training step", step), ("evaluation", evaluate)):
        table = Table("operation", "share", title=f"{asked.model}, {title}", title_justify="left", box=None)
        for name, share in shares(work).items():
            table.add_row(name, f"{share:.0f} %")
        console.print(table)
    console.print(f"step / convolution peak ({environment_class(CPU)}): {middle:.2f} [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main()
