"""How long it takes to collect a large suite from its SQLite store: 1,000 runs of 200 epochs, made up.

    python -m benchmarks.collection

Fills a store in a temporary folder (a few minutes), then times find_cached and collection in fresh processes.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from mlflow.entities import Metric

from bench import Experiment, Profile, Recipe, Suite
from bench.cli.work import cached_runs, open_tracker
from bench.data.sets import write
from bench.plan.plan import Plan, make_plan
from bench.plan.progress import Progress
from bench.results.collect import collect
from bench.spec import Data
from bench.train.records import Epoch, Result

EXPERIMENTS, SEEDS, EPOCHS = 50, 20, 200


def plan(folder: Path) -> Plan:
    """Fifty small networks, untuned."""
    suite = Suite(
        name="large", title="Large", question="Is it fast?", data="noise",
        experiments=[
            Experiment(id=f"net-{i}", recipe={"weight_decay": 1e-5 * (i + 1)}) for i in range(EXPERIMENTS)
        ],
        profiles={
            "paper": Profile(
                network="resnet-8(width=4)", data=Data(validation=20),
                recipe=Recipe(epochs=EPOCHS, batch_size=10), seeds=SEEDS, stand_in=False,
            )
        },
    )  # fmt: skip
    return make_plan(suite, "paper", folder)


def fill(folder: Path) -> None:
    """Log a thousand made-up runs as a driver would, their epochs in few batches."""
    rng = np.random.Generator(np.random.PCG64(0))
    x = rng.integers(0, 256, (100, 8, 8, 3), np.uint8)
    write(
        folder / "noise.npz",
        {f"{k}_{part}": v for part in ("train", "test") for k, v in (("x", x), ("y", np.arange(100) % 5))},
    )
    made, tracker = plan(folder), open_tracker(folder / "runs")
    tracker.open(made)
    names = ("train_loss", "train_error", "validation_loss", "validation_error", "lr")
    for job in (job for one in made.experiments for job in Progress(made).finals(one)):
        tracker.started(job)
        run_id = tracker._runs[job.key]
        values = rng.uniform(5, 90, (EPOCHS, len(names)))
        batch = [
            Metric(n, v, 0, e + 1) for e, row in enumerate(values) for n, v in zip(names, row, strict=True)
        ]
        tracker.client.log_batch(run_id, metrics=batch)
        tracker._logged[job.key] = EPOCHS
        curve = tuple(Epoch(e + 1, 0.1, *map(float, row[:4]), 1.0, 100.0) for e, row in enumerate(values))
        metrics = dict.fromkeys(
            ("train_error", "test_error", "test_balanced_error", "train_loss", "test_loss"), 9.0
        )
        tracker.ended(job, Result("finished", curve, metrics, {"seconds": 1.0}))


def main() -> None:
    """Fill a store here, collect from it in fresh processes."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        began = time.perf_counter()
        tracker, made = open_tracker(folder / "runs"), plan(folder)
        cached = cached_runs(made, tracker, accept_stale=False)
        collect(cached, folder / "results", tracker.artifact)
        took = time.perf_counter() - began
        print(f"collection of {len(cached.results):,} runs × {EPOCHS} epochs from SQLite: {took:.1f} s")
        return
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name))
        for _ in range(3):
            subprocess.run([sys.executable, "-m", "benchmarks.collection", name], check=True)


if __name__ == "__main__":
    main()
