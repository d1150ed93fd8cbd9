"""How many trials a seed is worth: mean and spread of the whole procedure against its cost.

    python -m benchmarks.trials FOLDER [--data-dir data] [--seeds 16]

Two small tasks, one network trained from scratch and one trained on from a source, are run at nine learning
rates for the whole number of epochs, a half and a quarter of it, each seed with its own split. From these
stored runs any procedure can be put together: a rate of each of so many equal parts of the range is tried at
a shorter budget, the one with the least validation error is trained in full. Beside its mean test error and
the standard deviation over seeds stands that of a mean over as many seeds as one price buys. Draws of rates
are averaged over; a trial has the initial weights of the final run of its seed and rate, which real trials
have not. FOLDER keeps the runs: the same command goes on.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import bench
from bench.results.tables import Results
from bench.spec import Data, Experiment, Profile, Recipe, Suite, Transfer

RATES = tuple(round(0.05 * 2 ** (step / 2), 4) for step in range(9))  # 0.05 to 0.8
ASSUMED = 4  # the place of the rate that a recipe has as it stands, 0.2
SHARES, EPOCHS = {"": 1.0, "half ": 0.5, "quarter ": 0.25}, 12
PRICE = 60  # final runs, to spend on seeds with their trials
DRAWS = 400
TASKS: Mapping[str, Mapping[str, object]] = {
    "scratch": {},
    "trained on": {"start": Transfer(source="photographs", layers=7), "data": {"half": "B"}},
}
SUITE = Suite(
    name="trials",
    title="Trials",
    question="How many trials is a seed worth?",
    data="cifar10",
    augment=("flip",),
    sources=[Experiment(id="photographs", data={"half": "A"})],
    experiments=[
        Experiment(id=f"{task} {share}{lr}", recipe={"lr": lr, "epochs": round(EPOCHS * part)}, **own)
        for task, own in TASKS.items()
        for share, part in SHARES.items()
        for lr in RATES
    ],
    profiles={
        "quick": Profile(
            network="plain-8(width=8)",
            data=Data(train=2_000, validation=500, size=16),
            recipe=Recipe(epochs=EPOCHS, batch_size=50, lr=RATES[ASSUMED], schedule="one-cycle"),
            seeds=16,
            stand_in=False,
        )
    },
)

Table = NDArray[np.float64]  # (rates, seeds), %


def tables(results: Results, task: str) -> dict[str, tuple[Table, Table]]:
    """Validation and test errors of a task by share of the epochs; of seeds that all have."""
    found = {}
    for share in SHARES:
        names = [f"{task} {share}{lr}" for lr in RATES]
        held_out, test = (
            np.array([list(results.by_seed(name, metric).values()) for name in names])
            for metric in ("validation_error", "test_error")
        )
        found[share] = held_out, test
    return found


def chosen(trials: Table, final: Table, parts: Sequence[Sequence[int]], rng: np.random.Generator) -> Table:
    """The test error of each seed at the rate that its trials, one of each part, chose; (draws, seeds)."""
    drawn = np.stack([rng.choice(part, (DRAWS, final.shape[1])) for part in parts])
    seeds = np.arange(final.shape[1])
    best = np.take_along_axis(drawn, trials[drawn, seeds].argmin(axis=0)[None], axis=0)[0]
    return np.asarray(final[best, seeds])


def rows(task: str, seen: Mapping[str, tuple[Table, Table]], rng: np.random.Generator) -> list[str]:
    """Lines of the table for a task."""
    final = seen[""][1]
    ways = {"the recipe's rate, 0.2": (1.0, final[ASSUMED][None])}
    for share in ("quarter ", "half "):
        for n in (2, 3, 5, 9):
            parts = [list(map(int, part)) for part in np.array_split(np.arange(len(RATES)), n)]
            cost = 1 + n * SHARES[share]
            name = f"{n} trials of a {share.strip()}"
            ways[name] = (cost, chosen(seen[share][0], final, parts, rng))
    lines = []
    for name, (cost, errors) in ways.items():
        spread = float(np.sqrt(errors.var(axis=1, ddof=1).mean()))
        of_mean = spread / np.sqrt(PRICE / cost)
        cells = (task, name, f"{cost:g}", f"{errors.mean():.2f}", f"{spread:.2f}", f"{of_mean:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Train what is missing, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--seeds", type=int, default=16)
    asked = parser.parse_args()
    done = bench.run(
        SUITE,
        data_dir=asked.data_dir,
        runs_dir=asked.folder / "runs",
        reports_dir=asked.folder / "reports",
        seeds=asked.seeds,
        say=print,
    )
    rng = np.random.default_rng(0)
    print(
        "\n| task | procedure | cost, runs a seed | test error, % | sd over seeds | sd of the mean, 60 runs |"
    )
    print("|---|---|---:|---:|---:|---:|")
    for task in TASKS:
        print("\n".join(rows(task, tables(done.results, task), rng)))


if __name__ == "__main__":
    main()
