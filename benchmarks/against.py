"""The engine against that of another checkout of this project, side by side: what a change gave.

    python -m benchmarks.against ../other [--rounds 5] [--json FILE]

Each side trains (or evaluates) in a process of its own, one thread, the other waiting; batches of 128 random
images, bf16. A round gives a ratio; the table has medians, with the quartiles of the ratios.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

HERE = Path(__file__).resolve()
CASES: dict[str, tuple[str, int, dict[str, Any]]] = {  # a network, pixels a side, its options
    "resnet-20, 32×32": ("resnet-20", 32, {}),
    "resnet-20, 16×16": ("resnet-20", 16, {}),
    "resnet-20, 32×32, 8 wide": ("resnet-20", 32, {"width": 8}),
    "plain-20, 32×32": ("plain-20", 32, {}),
    "vgg-b, quarter wide, 32×32": ("vgg-b", 32, {"input_size": 32, "scale": 0.25}),
    "vgg-b with batch norm, quarter wide, 32×32": (
        "vgg-b",
        32,
        {"input_size": 32, "scale": 0.25, "batch_norm": True},
    ),
    "alexnet, quarter wide, 32×32": ("alexnet", 32, {"input_size": 32, "scale": 0.25}),
}
WORK = {"training": "engine_training", "evaluation": "engine_evaluation"}  # in `benchmarks.engine`


def serve(case: str, what: str) -> None:
    """In a side's own process, which imports that side's packages: a round for every line that comes in."""
    import torch

    from bench.train.memory import keep_freed

    keep_freed()
    from benchmarks import engine

    torch.set_num_threads(1)
    name, side, options = CASES[case]
    build = engine.models.build
    engine.SIDE = side
    engine.models.build = lambda name, **given: build(name, **given, **options)
    once = getattr(engine, WORK[what])(name)
    once()
    for _ in sys.stdin:
        print(once(), flush=True)


def side_of(checkout: Path, case: str, what: str) -> subprocess.Popen[str]:
    """A process of a checkout, with its own environment's Python where it has one."""
    own = checkout / ".venv" / "bin" / "python"
    return subprocess.Popen(
        [str(own) if own.is_file() else sys.executable, str(HERE), "--serve", case, what],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def in_turns(checkouts: Sequence[Path], case: str, what: str, rounds: int) -> list[list[float]]:
    """Images a second of each checkout, round by round; the first round warms up."""
    found: list[list[float]] = [[] for _ in checkouts]
    with ExitStack() as stack:
        sides = [stack.enter_context(side_of(one, case, what)) for one in checkouts]
        for turn in range(rounds + 1):
            for side, speeds in zip(sides, found, strict=True):
                assert side.stdin is not None
                assert side.stdout is not None
                print(file=side.stdin, flush=True)
                speed = float(side.stdout.readline())
                if turn:
                    speeds.append(speed)
        for side in sides:
            side.communicate()
    return found


def cpu() -> str:
    """The processor's name, and what it computes with."""
    import torch

    from bench.train.environment import environment_class

    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "cores")
    return f"{name}; {environment_class(torch.device('cpu'))}"


def main() -> None:
    """Measure and print."""
    from rich.console import Console
    from rich.table import Table

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("other", type=Path, help="a checkout of another version")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--work", nargs="+", choices=WORK, default=list(WORK))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    told = Table("network", "what", "before, images/s", "now", "ratio", box=None, title=cpu())
    found = {}
    for what in asked.work:
        for case in asked.cases:
            checkouts = [asked.other.resolve(), HERE.parent.parent]
            before, now = found[f"{case}, {what}"] = in_turns(checkouts, case, what, asked.rounds)
            low, middle, high = quantiles([b / a for a, b in zip(before, now, strict=True)], n=4)
            speeds = (f"{median(before):,.0f}", f"{median(now):,.0f}")
            told.add_row(case, what, *speeds, f"{middle:.2f} [{low:.2f}, {high:.2f}]")
    Console().print(told)
    if asked.json:
        asked.json.write_text(json.dumps({"cpu": cpu(), "images_per_second": found}, indent=1))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main()
