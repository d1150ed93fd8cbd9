"""The engine on a GPU: how steps are launched, how many runs share it, and what the floor of a step is.

    python -m benchmarks.gpu [--models resnet-20 resnet-56 resnet-110] [--json FILE]

Batches of 128 random images of 32×32 pixels, bf16, crop and flip, in rounds that take turns. "64,000 steps"
is He's recipe for CIFAR-10 at that speed. "Plain" is the usual script with a DataLoader of several workers.
"""

import argparse
import json
import threading
from contextlib import nullcontext, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch.profiler import ProfilerActivity, profile

from bench.common.errors import UserError
from bench.models.counts import count
from bench.spec.base import Named
from benchmarks.engine import BATCH, CLASSES, SIDE, engine_evaluation, engine_training, plain_training
from benchmarks.peaks import Timed, convolution, copying

RECIPE_STEPS = 64_000
LAUNCHES = ("eager", "graph", "compile")
TOGETHER = (1, 2, 4, 8)


def in_turns(sides: dict[str, Timed], rounds: int) -> dict[str, float]:
    """The median speed of each, after one round to warm up."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, once in sides.items():
            speed = once()
            if turn:
                found[name].append(speed)
    return {name: median(speeds) for name, speeds in found.items()}


def together(name: str, how: str, runs: int, steps: int, device: torch.device, rounds: int) -> float:
    """Images a second of so many runs in one process: a thread and, on a GPU, a stream each."""
    alone, gate, speeds = threading.Lock(), threading.Barrier(runs + 1), []
    torch.backends.cudnn.benchmark = runs == 1  # as `bench.train --at-once` has it

    def train_in_step() -> None:
        with alone:
            train = engine_training(name, how, steps, device, alone)
        train()
        for _ in range(rounds):
            gate.wait()
            train()
            gate.wait()

    def one() -> None:
        stream = torch.cuda.stream(torch.cuda.Stream()) if device.type == "cuda" else nullcontext()
        try:
            with stream:
                train_in_step()
        except BaseException:
            gate.abort()  # nobody waits for one that fails
            raise

    threads = [threading.Thread(target=one) for _ in range(runs)]
    for thread in threads:
        thread.start()
    for _ in range(rounds):
        gate.wait()
        began = perf_counter()
        gate.wait()
        speeds.append(runs * BATCH * steps / (perf_counter() - began))
    for thread in threads:
        thread.join()
    return median(speeds)


def floor(name: str, device: torch.device) -> dict[str, float]:
    """What a step launches and moves: kernels, their time, and the least that its operations can take."""
    steps = 10
    train = engine_training(name, "eager", steps, device)
    train()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
        train()
    kernels = [
        one
        for one in profiled.events()
        if one.device_type == torch.autograd.DeviceType.CUDA and not one.is_user_annotation
    ]
    macs = count(Named(name=name), num_classes=CLASSES, in_channels=3, size=(SIDE, SIDE)).counts["macs"]
    return {
        "kernels": len(kernels) / steps,
        "kernel_ms": sum(one.time_range.elapsed_us() for one in kernels) / 1e3 / steps,
        "operations": 2 * 3 * macs * BATCH,  # backward costs two forward passes
    }


def device_peaks(device: torch.device) -> dict[str, float]:
    """Operations a second of a dense bf16 convolution, and bytes a second of a copy."""
    sides = {"convolution": convolution(torch.bfloat16, device), "copy": copying(device)}
    return in_turns(sides, 20)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--models", nargs="+", default=["resnet-20", "resnet-56", "resnet-110"])
    parser.add_argument("--steps", type=int, default=200, help="steps of an epoch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=8, help="of the plain script's DataLoader")
    parser.add_argument("--device", default="cuda", help="cpu tries the script out")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    device = torch.device(asked.device)
    console = Console()
    if device.type == "cuda" and not torch.cuda.is_available():
        console.print("torch sees no GPU: there is nothing to measure")
        return 2
    torch.backends.cudnn.benchmark = True
    what = torch.cuda.get_device_name() if device.type == "cuda" else "cores"
    console.print(f"{what}, torch {torch.__version__}; batches of {BATCH}, bf16")
    found: dict[str, Any] = {"device": what, "torch": torch.__version__, "models": {}}
    found["peaks"] = peaks = device_peaks(device)
    tera, giga = peaks["convolution"] / 1e12, peaks["copy"] / 1e9
    console.print(f"peaks: convolution {tera:.1f} T operations/s, copy {giga:.0f} GB/s")
    for name in asked.models:
        found["models"][name] = measured(console, name, asked, device, peaks)
        if asked.json:
            asked.json.write_text(json.dumps(found, indent=1))
    return 0


def measured(
    console: Console, name: str, asked: argparse.Namespace, device: torch.device, peaks: dict[str, float]
) -> dict[str, Any]:
    """The tables of one network."""
    sides: dict[str, Timed] = {
        "plain": plain_training(name, asked.workers, min(asked.steps, 50), device),
        "eager, evaluation": engine_evaluation(name, asked.steps, device),
    }
    for how in LAUNCHES:
        try:
            train = engine_training(name, how, asked.steps, device)
            train()
        except (UserError, RuntimeError) as error:  # one way that fails must not cost the others
            console.print(f"{name}, {how}: {str(error).splitlines()[0]}")
        else:
            sides[how] = train
    speeds = in_turns(sides, asked.rounds)
    table = Table("launched", "images/s", "ms/step", "64,000 steps", "to plain", title=name, box=None)
    for how, speed in speeds.items():
        step = BATCH / speed
        minutes = f"{RECIPE_STEPS * step / 60:.1f} min" if "evaluation" not in how else ""
        table.add_row(how, f"{speed:,.0f}", f"{1e3 * step:.2f}", minutes, f"{speed / speeds['plain']:.1f}")
    console.print(table)
    packed: dict[int, float] = {}
    with suppress(threading.BrokenBarrierError):  # its thread has said why
        for runs in TOGETHER:
            packed[runs] = together(name, "graph", runs, asked.steps, device, asked.rounds)
    shared = Table("runs at once", "images/s in all", "to one", "slowdown of each", box=None)
    for runs, speed in packed.items():
        gain = speed / packed[1]
        shared.add_row(str(runs), f"{speed:,.0f}", f"{gain:.2f}", f"{runs / gain:.2f}")
    console.print(shared)
    least = floor(name, device)
    console.print(
        f"a step: {least['kernels']:.0f} kernels of {least['kernel_ms']:.2f} ms in all; its operations take "
        f"{1e3 * least['operations'] / peaks['convolution']:.2f} ms at the convolution peak"
    )
    return {"images_per_second": speeds, "together": packed, "floor": least}


if __name__ == "__main__":
    raise SystemExit(main())
