"""Where a step goes: operations by torch's profiler, and batch norm by memory format.

    python -m benchmarks.step [--model resnet-20]

One thread, batches of 128 images of 32×32 pixels, bf16 autocast, channels-last memory that is kept.
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.table import Table
from torch.profiler import ProfilerActivity, profile

from bench import models
from bench.train.memory import keep_freed

BATCH, ROUNDS, SHOWN = 128, 15, 8


def shares(work: Callable[[], object]) -> list[tuple[str, float]]:
    """The operations that take most time of their own, with their shares in %."""
    for _ in range(3):
        work()
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        for _ in range(5):
            work()
    found = profiled.key_averages()
    total = sum(one.self_cpu_time_total for one in found)
    largest = sorted(found, key=lambda one: -one.self_cpu_time_total)[:SHOWN]
    return [(one.key, 100 * one.self_cpu_time_total / total) for one in largest]


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(ROUNDS + 2):
        began = perf_counter()
        work()
        times.append(1000 * (perf_counter() - began))
    return median(times[2:])


def batch_norm(layout: torch.memory_format) -> Callable[[], object]:
    """Forward and backward of batch norm with 16 channels of 32×32 pixels, in bf16."""
    x = torch.randn(BATCH, 16, 32, 32, dtype=torch.bfloat16).contiguous(memory_format=layout)
    gradient, x = torch.randn_like(x), x.requires_grad_()
    scale, shift = torch.ones(16, requires_grad=True), torch.zeros(16, requires_grad=True)
    return lambda: F.batch_norm(x, None, None, scale, shift, True).backward(gradient)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="resnet-20")
    asked = parser.parse_args()
    keep_freed()
    torch.set_num_threads(1)
    model = models.build(asked.model, num_classes=10).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, fused=True)
    x = torch.randn(BATCH, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    y = torch.randint(10, (BATCH,))

    def forward() -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            logits: torch.Tensor = model(x)
        return logits.float()

    def step() -> None:
        loss = F.cross_entropy(forward(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    console = Console()
    trained = shares(step)
    model.eval()
    with torch.inference_mode():
        evaluated = shares(forward)
    for title, found in (("a training step", trained), ("evaluation", evaluated)):
        table = Table("operation", "share", title=f"{asked.model}, {title}", title_justify="left", box=None)
        for name, share in found:
            table.add_row(name, f"{share:.0f} %")
        console.print(table)
    for words, layout in (("channels-last", torch.channels_last), ("plain", torch.contiguous_format)):
        took = milliseconds(batch_norm(layout))
        console.print(f"batch norm of 16 channels, forward and backward, {words}: {took:.1f} ms")
    bits = torch.randn(BATCH, 16, 32, 32, dtype=torch.bfloat16).contiguous(memory_format=torch.channels_last)
    console.print(f"sum over the same values: {milliseconds(lambda: bits.sum((0, 2, 3))):.1f} ms")


if __name__ == "__main__":
    main()
