"""How long a large suite's report takes: 1,000 runs of 200 epochs, made up.

    python -m benchmarks.report

Prints seconds and peak memory of `build_report` in a process of its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from bench.claims import Difference
from bench.report.build import build_report
from bench.results.files import FORMAT, write
from bench.results.tables import Results

EXPERIMENTS, SEEDS, EPOCHS = 50, 20, 200


def made_up() -> Results:
    """Results with made-up numbers, as a run would leave them."""
    rng = np.random.Generator(np.random.PCG64(1))
    names = [f"{kind}-{depth}" for kind in ("plain", "resnet") for depth in range(8, 8 + 3 * EXPERIMENTS, 6)]
    keys = pd.MultiIndex.from_product([names[:EXPERIMENTS], range(SEEDS)], names=["experiment", "seed"])
    runs = keys.to_frame(index=False)
    n, levels = len(runs), np.repeat(rng.uniform(5, 40, EXPERIMENTS), SEEDS)
    runs = runs.assign(
        budget=1000, key=[f"{i:064x}" for i in range(n)], status="finished", epochs=EPOCHS, environment="",
        test_images=10_000,
    )  # fmt: skip
    metrics = {
        "train_error": levels, "train_loss": 1.0, "test_error": levels + rng.normal(0, 1, n),
        "test_balanced_error": levels + rng.normal(0, 1, n), "test_loss": 1.1, "validation_error": levels,
    }  # fmt: skip
    ran = runs[["experiment", "seed", "budget"]]
    measures = pd.concat([ran.assign(metric=name, at="", value=value) for name, value in metrics.items()])
    epochs = np.tile(np.arange(1, EPOCHS + 1), n)
    curves = runs[["experiment", "seed"]].loc[np.repeat(np.arange(n), EPOCHS)].reset_index(drop=True)
    falling = np.repeat(levels, EPOCHS) + 60 / epochs + rng.normal(0, 0.5, n * EPOCHS)
    curves = curves.assign(
        epoch=epochs, lr=0.1, train_loss=falling / 50, train_error=falling, validation_loss=falling / 40,
        validation_error=falling + 2,
    )  # fmt: skip
    cost = runs[["experiment", "seed"]].assign(
        phase="final", seconds=100.0, images_per_second=1000.0, peak_memory_mb=500.0, run_id="r"
    )
    names = names[:EXPERIMENTS]
    claims = [
        Difference(id=f"claim-{i}", text="One beats the other.", metric="test_error", lower=a, higher=b)
        for i, (a, b) in enumerate(zip(names[:10], names[10:20], strict=True))
    ]
    spec = {
        "augment": [], "model": {"name": "resnet", "options": {}}, "data": {"train": 100, "validation": 10},
        "recipe": {"lr": 0.1, "weight_decay": 1e-4, "epochs": EPOCHS},
    }  # fmt: skip
    plan = {
        "name": "large", "title": "A large suite", "question": "Is it fast?", "hash": "0" * 16,
        "format": FORMAT,
        "networks": [], "expectations": "", "profile": "paper", "seeds": SEEDS, "tuning": None,
        "data": {"name": "cifar10", "asked": "cifar10", "provenance": "made up", "classes": 10},
        "differences": [], "references": [],
        "claims": [claim.model_dump(mode="json") for claim in claims],
        "experiments": [{"id": name, "tuned": False, "space": [], "spec": spec} for name in names],
    }  # fmt: skip
    counts = pd.DataFrame({"experiment": names, "parameters": 10**5, "macs": 10**7})
    counts["depth"] = [int(name.partition("-")[2]) for name in names]
    provenance = {"data": "made up", "commits": ["c"], "hardware": ["h"], "versions": ["v"]}
    empty = pd.DataFrame()
    return Results(plan, runs, curves, empty, counts, empty, cost, provenance, measures)


def main() -> None:
    """Write the results here, build the report in a fresh process."""
    if len(sys.argv) > 1:
        began = time.perf_counter()
        build_report(Path(sys.argv[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        took = time.perf_counter() - began
        print(f"report of {EXPERIMENTS * SEEDS:,} runs × {EPOCHS} epochs: {took:.1f} s, {peak:,.0f} MB")
        return
    with tempfile.TemporaryDirectory() as folder:
        write(made_up(), Path(folder))
        for _ in range(3):
            subprocess.run([sys.executable, "-m", "benchmarks.report", folder], check=True)
        size = (Path(folder) / "report.html").stat().st_size / 2**20
        print(f"report.html: {size:.1f} MB")


if __name__ == "__main__":
    main()
