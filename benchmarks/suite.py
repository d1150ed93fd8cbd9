"""What a run costs beside its training: starting workers, MLflow, Optuna, Ray.

    python -m benchmarks.suite

Layers are timed by suites of tiny runs in fresh processes: the command with few runs, and with many. The
slope is what one run costs, whatever starting costs. `bench run` says at its end what part of
its slots it kept busy.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep, time

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from bench.data import load
from bench.data.sets import write
from bench.spec import DataUse, Recipe, RunSpec

FEW, MANY = 2, 20  # seeds, or trials, of each of three contenders
SUITE = """
from bench import Experiment, Profile, Recipe, Suite
from bench.spec import Data, Range, Tuning

RECIPE = Recipe(epochs=2, batch_size=32, lr=0.1)
SPACE = {{"lr": Range(low=0.01, high=1.0)}}
suite = Suite(
    title="Tiny", question="What does a run cost?", data="noise",
    experiments=[Experiment(id=f"net-{{i}}", recipe={{"weight_decay": 1e-5 * i}}) for i in (1, 2, 3)],
    profiles={{
        "quick": Profile(
            network="resnet-8(width=4)", data=Data(train=64, validation=64), recipe=RECIPE,
            tuning={tuning}, seeds={seeds},
        )
    }},
)
"""
WORKER = """
import json, sys, time
from pathlib import Path
began = float(sys.argv[1])
from bench.common.plain_spec import PlainSpec
from bench.train.run import Context, run
spec, data, folder = PlainSpec(json.loads(sys.argv[2])), Path(sys.argv[3]), Path(sys.argv[4])
first = {}
for number in range(3):
    start = time.time() if number else began
    seen = []
    heard = lambda epoch: seen.append((time.time(), epoch))
    run(spec.replace(seed=number), Context(data, folder / str(number), report=heard))
    at, epoch = seen[0]
    first[number] = at - start - epoch.seconds
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(json.dumps({"fresh": first[0], "kept": first[2], "megabytes": int(peak) / 1024}))
"""


def noise(folder: Path, name: str = "noise", images: int = 256, size: int = 8, classes: int = 5) -> None:
    """A data set of random images."""
    rng = np.random.Generator(np.random.PCG64(0))
    arrays = {}
    for part in ("train", "test"):
        arrays[f"x_{part}"] = rng.integers(0, 256, (images, size, size, 3), np.uint8)
        arrays[f"y_{part}"] = np.arange(images) % classes
    write(folder / f"{name}.npz", arrays)


def command(folder: Path, words: list[str]) -> float:
    """Seconds that `bench` takes in a folder."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return perf_counter() - began


def suite_seconds(folder: Path, *, seeds: int, trials: int, how: list[str]) -> float:
    """Seconds of a whole suite of tiny runs."""
    tuning = f"Tuning(space=SPACE, trials={trials}, generation=4, epochs=2)" if trials else "None"
    with tempfile.TemporaryDirectory(dir=folder) as name:
        suites = Path(name) / "suites"
        suites.mkdir()
        (suites / "tiny.py").write_text(SUITE.format(seeds=seeds, tuning=tuning))
        return command(Path(name), ["run", "tiny", "--data-dir", str(folder), *how])


def slope(folder: Path, how: list[str], *, tuned: bool = False) -> tuple[float, float]:
    """Seconds that starting costs, and that each run more costs; with `tuned`, each trial."""
    few, many = (
        suite_seconds(folder, seeds=1 if tuned else n, trials=n if tuned else 0, how=how) for n in (FEW, MANY)
    )
    each = (many - few) / (3 * (MANY - FEW))
    return few - 3 * (FEW + 1 if tuned else FEW) * each, each


def worker(folder: Path, spec: RunSpec) -> dict[str, float]:
    """Seconds to a first epoch in a process that begins and in one that is kept, and the memory it took."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        words = [sys.executable, "-c", WORKER, str(time()), spec.model_dump_json(), str(folder), name]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def workers(folder: Path, rounds: int = 3) -> dict[str, float]:
    """The same, the median of some processes; memory of ResNet-20 as the quick profile has it."""
    noise(folder, images=2_500, size=16)
    data = DataUse(name="noise", fingerprint=load("noise", folder).fingerprint, validation=500)
    spec = RunSpec(
        model={"name": "resnet-20", "options": {"width": 8}}, data=data, augment=("crop", "flip"),
        recipe=Recipe(epochs=1), seed=0,
    )  # fmt: skip
    every = [worker(folder, spec) for _ in range(rounds)]
    return {name: median(one[name] for one in every) for name in every[0]}


def first_step(folder: Path) -> float:
    """Seconds from the command of a quick suite to the first training step, in a runs folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name:
        began, checkpoints = time(), list[Path]()
        words = ["run", "resnet-vs-plain", "--data-dir", str(folder), "--reports-dir", f"{name}/reports"]
        with subprocess.Popen(
            [sys.executable, "-m", "bench", *words],
            env={**os.environ, "BENCH_RUNS_DIR": name},
            stdout=subprocess.DEVNULL,
        ) as process:
            while not checkpoints and process.poll() is None:
                sleep(0.1)
                checkpoints = list(Path(name).glob("work/*/checkpoint.pt"))
            # a checkpoint is written at an epoch's end, and knows how long the epoch took
            ends = [one.stat().st_mtime - torch.load(one)["curve"][0]["seconds"] for one in checkpoints]
            process.send_signal(signal.SIGINT)
    return min(ends) - began


def main() -> None:
    """Measure and print."""
    console, slots = Console(), os.cpu_count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = workers(folder)
        console.print(
            f"start of a run: {found['fresh']:.1f} s in a fresh worker, {found['kept']:.2f} s in a kept one"
        )
        console.print(f"memory of a worker, ResNet-20 in the quick profile: {found['megabytes']:.0f} MiB")
        noise(folder, "cifar10", images=50_000, size=32, classes=10)
        firsts = sorted(first_step(folder) for _ in range(3))
        console.print(
            f"quick's first training step after {firsts[1]:.1f} s ({firsts[0]:.1f} to {firsts[2]:.1f})"
        )
        noise(folder)
        table = Table("suite of tiny runs", "start", "each more", box=None)
        for words, how, tuned in (
            ("MLflow, in one process", ["--serial"], False),
            ("Optuna too: trials", ["--serial"], True),
            (f"MLflow, Ray with {slots} slots", [], False),
            (f"Optuna too, Ray with {slots} slots: trials", [], True),
        ):
            start, each = slope(folder, how, tuned=tuned)
            table.add_row(words, f"{start:.1f} s", f"{each:.2f} s")
        console.print(table)


if __name__ == "__main__":
    main()
