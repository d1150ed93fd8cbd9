"""All that waits for a GPU, in calls that end in time: the tests, the measurements, the runs of a suite.

    python -m benchmarks.on_gpu OUT [--specs FILE ...] [--data-dir data] [--minutes 10] [--at-once 4]

Give the same command again until it says that all is done. It needs torch, torchvision, numpy, pydantic, rich
and pytest, and leaves in OUT:

    tests.txt                   what the tests marked `gpu` said
    gpu.json, gpu.txt           `python -m benchmarks.gpu`
    runs/KEY.zip                runs of the specifications, for `bench import OUT/runs/*.zip`

Specifications are written where the project is installed, in the order in which they are wanted:

    for n in 20 56 110 32 44; do
        bench plan resnet-vs-plain --profile paper --only "*-$n" --specs $n.json
    done
    python -m benchmarks.on_gpu gpu-results --specs 20.json 56.json 110.json 32.json 44.json
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


def told(command: Sequence[str], minutes: float) -> tuple[int, str]:
    """What a command said, line by line on the screen too; it is killed when its time is over."""
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        clock = Timer(60 * minutes, process.kill)
        clock.start()
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        clock.cancel()
    return process.returncode, "".join(lines)


def kept(path: Path, command: Sequence[str], minutes: float, ends: Sequence[int]) -> bool:
    """Run a command unless its output is there; keep that if it ended as it should. False if time was up."""
    if path.is_file():
        return True
    print(f"→ {path}: {' '.join(command)}", flush=True)
    code, said = told(command, minutes)
    if code < 0:
        return False
    if code in ends:
        with written_whole(path) as file:
            file.write(said.encode())
    return True


def main() -> int:
    """Go on where the last call ended: 0 when all is done, 1 when there is more to do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="folder of results, the same in every call")
    parser.add_argument("--specs", type=Path, nargs="*", default=[], help="files of specifications, in order")
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--minutes", type=float, default=10.0, help="that this call may take")
    parser.add_argument("--at-once", type=int, default=4, help="runs that share the GPU")
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        print("torch sees no GPU here: there is nothing to do")
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    began = monotonic()

    def left() -> float:
        return asked.minutes - SPARE - (monotonic() - began) / 60

    python = [sys.executable, "-u", "-m"]
    figures = [*python, "benchmarks.gpu", "--json", str(asked.out / "gpu.json")]
    tests = [*python, "pytest", "-m", "gpu", "tests/train/test_gpu.py"]
    done = kept(asked.out / "tests.txt", tests, left(), ends=(0, 1))
    done = done and kept(asked.out / "gpu.txt", figures, left(), ends=(0,))
    runs = [str(asked.out / "runs"), "--data-dir", str(asked.data_dir), "--at-once", str(asked.at_once)]
    for specs in asked.specs if done else ():
        if left() <= 0:
            return 1
        train = [*python, "bench.train", str(specs), "--out", *runs, "--stop-after", f"{left():.2f}"]
        code, _ = told(train, left() + SPARE)
        if code:
            return code
    print("all is done" if done else "there is more to do: give the same command again")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
