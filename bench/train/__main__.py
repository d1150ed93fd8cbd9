"""Train runs from plain specifications, where torch, numpy and torchvision are all there is.

    python -m bench.train SPECS.json --out DIR [--data-dir data] [--stop-after MINUTES] [--at-once RUNS]

`bench plan SUITE --specs SPECS.json` writes the specifications. Each run that ends is `DIR/<key>.zip`, which
`bench import` reads; one that is interrupted goes on from its checkpoint when the command is given again.
Small networks leave a GPU mostly idle: with `--at-once` several runs share it, each on a stream of its own.
"""

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event, Lock, local
from time import monotonic
from typing import Any

import torch

from bench.common.errors import UserError
from bench.common.plain_spec import PlainSpec
from bench.common.provenance import Provenance
from bench.common.run_archive import ArchivedRun, pack
from bench.train.context import Context, Interrupted
from bench.train.records import WEIGHTS, Epoch, kept_files
from bench.train.run import run
from bench.train.sources import code_of


def main() -> int:
    """The command: 0 when all runs are there, 1 when some are left over, 2 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.train", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("specs", type=Path, help="file of specifications: bench plan SUITE --specs FILE")
    parser.add_argument("--out", type=Path, required=True, help="folder for finished runs and checkpoints")
    parser.add_argument("--data-dir", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--stop-after", type=float, default=float("inf"), help="stop after so many minutes")
    parser.add_argument("--threads", type=int, default=1, help="cores for a run that has no GPU")
    parser.add_argument("--at-once", type=int, default=1, help="so many runs in this process")
    asked = parser.parse_args()
    if asked.at_once < 1:
        parser.error("--at-once takes a number from 1 on")
    try:
        entries = _read(asked.specs)
        left = [one for one in entries if not _finished(one, asked.out)]
        print(f"{len(entries) - len(left)} of {len(entries)} runs are there", flush=True)
        _train_all(left, asked)
    except (Interrupted, KeyboardInterrupt):
        print("stopped; give the same command again to go on", flush=True)
        return 1
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [{"limits": {}, **one, "key": PlainSpec(one["spec"]).key} for one in entries]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no file of specifications (bench plan SUITE --specs FILE)") from error


def _finished(entry: dict[str, Any], out: Path) -> bool:
    return (out / f"{entry['key']}.zip").is_file()


def _train_all(entries: list[dict[str, Any]], asked: argparse.Namespace) -> None:
    """Train runs in their order, so many at once; all stop at an epoch's end when one fails or time is up."""
    deadline, stopped = monotonic() + 60 * asked.stop_after, Event()
    # several in one process take turns at what they would disturb
    alone = Lock() if asked.at_once > 1 else None
    streams = local()  # one a thread: torch hands out the same few again and again
    begun: dict[str, Future[None]] = {}

    def train(entry: dict[str, Any]) -> None:
        start = entry["spec"].get("start")
        source = start["key"] if start else entry["spec"].get("of")
        if source in begun:
            begun[source].result()  # it was begun before
        with _stream(streams) if alone else nullcontext():
            _train(entry, asked, lambda: stopped.is_set() or monotonic() >= deadline, alone)

    with ThreadPoolExecutor(asked.at_once) as pool:
        for entry in entries:
            begun[entry["key"]] = pool.submit(train, entry)
        try:
            for one in begun.values():
                one.result()
        except BaseException:
            stopped.set()
            pool.shutdown(cancel_futures=True)
            raise


def _stream(streams: local) -> AbstractContextManager[object]:
    """The thread's own queue of the GPU: what stands in others can run at the same time."""
    if not torch.cuda.is_available():
        return nullcontext()
    if not hasattr(streams, "own"):
        streams.own = torch.cuda.Stream()
    return torch.cuda.stream(streams.own)


def _train(
    entry: dict[str, Any],
    asked: argparse.Namespace,
    over: Callable[[], bool],
    alone: AbstractContextManager[object] | None,
) -> None:
    if over():
        raise Interrupted
    spec, folder = PlainSpec(entry["spec"]), asked.out / entry["key"]
    name = f"{entry['experiment']}, seed {spec.seed}"
    begun = spec.start.key if spec.start else spec.of
    start = asked.out / begun / WEIGHTS if begun else None
    device = "cuda" if torch.cuda.is_available() else "cpu"

    def told(epoch: Epoch) -> None:
        shown = f"training error {epoch.train_error:.2f} %"
        if epoch.validation_error is not None:
            shown += f", validation {epoch.validation_error:.2f} %"
        print(f"{name}: epoch {epoch.epoch}, {shown}", flush=True)

    context = Context(
        data_dir=asked.data_dir,
        folder=folder,
        device=device,
        threads=asked.threads,
        start=start,
        limits={int(epoch): limit for epoch, limit in entry["limits"].items()},
        report=told,
        should_stop=over,
        alone=alone,
    )
    result = run(spec, context)  # type: ignore[arg-type]  # a specification, read and not validated
    files = {path.name: path.read_bytes() for path in kept_files(folder)}
    moved = ArchivedRun(
        key=entry["key"],
        code=code_of(spec),  # type: ignore[arg-type]
        suite=entry["suite"],
        experiment=entry["experiment"],
        phase=entry["phase"],
        spec=entry["spec"],
        tags=Provenance().tags(),
        result=result.plain(),
        files=files,
    )
    pack(asked.out / f"{entry['key']}.zip", [moved])
    errors = ", ".join(f"{k} {v:.2f}" for k, v in result.metrics.items() if k.endswith("error"))
    print(f"{name}: {result.status}; {errors}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
