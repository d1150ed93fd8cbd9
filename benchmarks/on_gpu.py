"""All that waits for a GPU, in calls that end in time: tests, speeds alone and packed, the runs of a suite.

    python -m benchmarks.on_gpu OUT [--specs FILE ...] [--data-dir data] [--minutes 10] [--at-once 5]

Give the same command again until it says that all is done; what ended well is not done twice. In order, with
the most minutes that each may take (it is killed then, and the next is begun):

    4   OUT/tests.txt           what the tests marked `gpu` said
    5   OUT/gpu.txt, gpu.json   `python -m benchmarks.gpu`: ways of launching, runs at once, kernels of a step
    –   OUT/runs/KEY.zip        runs of the specifications, for `bench import OUT/runs/*.zip`

So the first call of ten minutes ends with tests and speeds, and the next ones train. They go on from epoch to
epoch: a run that a call's end interrupts loses less than one. It takes torch, torchvision, numpy, pydantic,
rich and pytest. Specifications are written where the project is installed, in the order in which they are
wanted; five seeds of the published recipe:

    for n in 20 56 110; do
        bench plan resnet-vs-plain --profile paper --seeds 5 --only "*-$n" --specs $n.json
    done
    python -m benchmarks.on_gpu gpu-results --specs 20.json 56.json 110.json

`--try-out` goes the same way on cores, with networks and rounds that take seconds (and specifications of the
smoke profile), to see that all of it works before a GPU is there.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from time import monotonic

import torch

from bench.common.files import written_whole

SPARE = 0.5  # minutes that the last epoch of a call may take
LITTLE = ["--device", "cpu", "--models", "resnet-8", "--steps", "2", "--rounds", "1", "--workers", "0"]


def told(command: Sequence[str], minutes: float) -> tuple[int, str]:
    """What a command said, line by line on the screen too; it is killed when its time is over."""
    lines = []
    print(f"→ {' '.join(command)}", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        clock = Timer(60 * minutes, process.kill)
        clock.start()
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        clock.cancel()
    return process.returncode, "".join(lines)


def main() -> int:
    """Go on where the last call ended: 0 when all is done, 1 when there is more to do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="folder of results, the same in every call")
    parser.add_argument("--specs", type=Path, nargs="*", default=[], help="files of specifications, in order")
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--minutes", type=float, default=10.0, help="that this call may take")
    parser.add_argument("--at-once", type=int, default=5, help="runs that share the GPU")
    parser.add_argument("--try-out", action="store_true", help="on cores, in little")
    asked = parser.parse_args()
    if not (torch.cuda.is_available() or asked.try_out):
        print("torch sees no GPU here: there is nothing to do (--try-out goes the way on cores)")
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    began = monotonic()

    def left() -> float:
        return asked.minutes - SPARE - (monotonic() - began) / 60

    python = [sys.executable, "-u", "-m"]
    tests = [*python, "pytest", "-m", "gpu", "tests/train/test_gpu.py"]
    speeds = [*python, "benchmarks.gpu", "--json", str(asked.out / "gpu.json"), *LITTLE * asked.try_out]
    # tests that fail are news worth keeping; without a GPU none is left to run
    for name, command, minutes, ends in (("tests", tests, 4, (0, 1)), ("gpu", speeds, 5, (0,))):
        path = asked.out / f"{name}.txt"
        if not path.is_file() and left() > 0:
            code, said = told(command, min(minutes, left()))
            if code in ends:
                with written_whole(path) as file:
                    file.write(said.encode())
    runs = [str(asked.out / "runs"), "--data-dir", str(asked.data_dir), "--at-once", str(asked.at_once)]
    for specs in asked.specs:
        if left() <= 0:
            break
        train = [*python, "bench.train", str(specs), "--out", *runs, "--stop-after", f"{left():.2f}"]
        code, _ = told(train, left() + SPARE)
        if code:
            return code
    else:
        if all((asked.out / f"{name}.txt").is_file() for name in ("tests", "gpu")):
            print("all is done")
            return 0
    print("there is more to do: give the same command again")
    return 1


if __name__ == "__main__":
    sys.exit(main())
