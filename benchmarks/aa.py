"""An A/A study: how often the whole path finds a difference where there is none, and one that is there.

    python -m benchmarks.aa FOLDER [--data-dir data] [--replicates 12] [--comparisons 240]

Two small networks are run as any suite is: 20 seeds a replicate, each with its own split of CIFAR-10, search
for a learning rate and training. All their seeds make a pool for each network. A comparison draws two blocks
of 20 seeds that share none and has the verdict rules go through their looks: of one network against itself,
where any verdict is false, and of the narrow against the wide one. Beside that stands what the same rules
find for normal seeds of the pools' means and spreads. FOLDER keeps the runs: the same command goes on.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import bench
from bench.claims import Difference
from bench.claims.verdicts import decide
from bench.spec import Data, Experiment, Profile, Range, Recipe, Suite, Tuning

LOOKS, SEEDS, NORMAL = (5, 8, 12, 20), 20, 2000
CLAIM = Difference(id="less", text="B errs less than A.", metric="test_error", lower="B", higher="A")
SUITE = Suite(
    name="aa",
    title="A/A",
    question="Does a network differ from itself?",
    data="cifar10",
    augment=("flip",),
    experiments=[
        Experiment(id="narrow", model="resnet-8(width=8)"),
        Experiment(id="wide", model="resnet-8(width=9)"),
    ],
    profiles={
        "quick": Profile(
            data=Data(train=2_000, validation=1_000, size=8),
            recipe=Recipe(epochs=9, batch_size=50, lr=0.2, schedule="one-cycle"),
            tuning=Tuning(space={"lr": Range(low=0.05, high=0.8)}, trials=3, generation=3, epochs=3),
            seeds=SEEDS,
            stand_in=False,
        )
    },
    claims=[CLAIM.replace(lower="wide", higher="narrow")],
)

Pool = NDArray[np.float64]  # (seeds,) test errors, %


def pools(folder: Path, data_dir: Path, replicates: int) -> dict[str, Pool]:
    """The test errors of all seeds of each network, trained where they are missing."""
    found: dict[str, list[float]] = {one.id: [] for one in SUITE.experiments}
    for replicate in range(replicates):
        done = bench.run(
            SUITE,
            data_dir=data_dir,
            runs_dir=folder / "runs",
            reports_dir=folder / "reports",
            replicate=replicate,
            say=print,
        )
        for name, own in found.items():
            own += done.results.by_seed(name, "test_error").values()
    return {name: np.array(own) for name, own in found.items()}


def blocks(a: Pool, b: Pool, comparisons: int, rng: np.random.Generator) -> Iterator[tuple[Pool, Pool]]:
    """Pairs of blocks of seeds that share none, where the pools are the same one; shuffled when used up."""
    made = 0
    while made < comparisons:
        drawn = [rng.permutation(len(a)), rng.permutation(len(b))]
        if a is b:
            drawn = [drawn[0][::2], drawn[0][1::2]]
        for i in range(min(map(len, drawn)) // SEEDS):
            one, other = (places[i * SEEDS : (i + 1) * SEEDS] for places in drawn)
            if made < comparisons:
                yield a[one], b[other]
            made += 1


def verdict(a: Pool, b: Pool) -> tuple[str, int]:
    """What the rules say of two blocks, and at which look."""
    values = {name: dict(enumerate(map(float, own))) for name, own in (("A", a), ("B", b))}
    (found,) = decide([CLAIM], lambda name, metric: values[name], lambda name, quantity: None)
    return found.verdict, found.look or 0


def row(what: str, pairs: Iterator[tuple[Pool, Pool]]) -> tuple[str, float]:
    """A line of the table, and the share of comparisons with a verdict."""
    found = [verdict(a, b) for a, b in pairs]
    decided = [(said, look) for said, look in found if said != "undecided"]
    interval = stats.binomtest(len(decided), len(found)).proportion_ci(method="exact")
    by_look = " / ".join(str(sum(look == at for _, look in decided)) for at in LOOKS)
    share = 100 * len(decided) / len(found)
    sides = [sum(said == kind for said, _ in decided) for kind in ("supported", "contradicted")]
    cells = (
        what, str(len(found)), f"{share:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]", by_look,
        f"{sides[0]} / {sides[1]}",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |", share


def normal(a: Pool, b: Pool, rng: np.random.Generator) -> Iterator[tuple[Pool, Pool]]:
    """Blocks of normal seeds with the pools' means and spreads."""
    for _ in range(NORMAL):
        yield rng.normal(a.mean(), a.std(ddof=1), SEEDS), rng.normal(b.mean(), b.std(ddof=1), SEEDS)


def main() -> None:
    """Train what is missing, compare, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--replicates", type=int, default=12)
    parser.add_argument("--comparisons", type=int, default=240)
    asked = parser.parse_args()
    pool = pools(asked.folder, asked.data_dir, asked.replicates)
    for name, own in pool.items():
        shape = f"skewness {stats.skew(own):.2f}, excess kurtosis {stats.kurtosis(own):.2f}"
        print(f"{name}: {len(own)} seeds, test error {own.mean():.2f} %, sd {own.std(ddof=1):.2f}, {shape}")
    rng = np.random.default_rng(0)
    print(
        f"\n| comparison | n | verdicts, % [95 %] | at {' / '.join(map(str, LOOKS))} seeds | for / against |"
    )
    print("|---|---:|---:|---:|---:|")
    narrow, wide = pool["narrow"], pool["wide"]
    for name, own in pool.items():
        print(row(f"{name} against itself", blocks(own, own, asked.comparisons, rng))[0])
    print(row("narrow against wide", blocks(narrow, wide, asked.comparisons, rng))[0])
    print(row("the same, normal seeds", normal(narrow, wide, rng))[0])


if __name__ == "__main__":
    main()
