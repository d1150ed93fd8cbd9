"""Where and how a run runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from bench.common.errors import UserError
from bench.train.memory import keep_freed
from bench.train.records import Epoch


class Interrupted(Exception):
    """The run was asked to stop at an epoch boundary; its checkpoint is there to go on from."""


@dataclass(frozen=True)
class Context:
    """Where and how a run runs: all that does not change the distribution of its result.

    `folder` keeps `checkpoint.pt` and, at the end, all that the run leaves beside its result: `weights.pt`,
    predictions, weights of single epochs, pictures. `start` is the file of the weights that the run begins
    with or looks at. `limits` are validation errors (%) by epoch; a run that is worse there ends as pruned.
    `report` is called after every epoch. Where several runs share a process, a thread each, they share
    `alone`, which one holds while it seeds, builds or records; a network that draws random numbers as it
    trains cannot be among them.
    """

    data_dir: Path
    folder: Path  # its neighbour `features` keeps what probes of one network share
    device: str = "cpu"
    threads: int = 1
    deterministic: bool = False
    start: Path | None = None
    limits: Mapping[int, float] = field(default_factory=dict)
    report: Callable[[Epoch], None] = lambda epoch: None
    should_stop: Callable[[], bool] = lambda: False
    alone: AbstractContextManager[object] | None = None


def prepare(context: Context) -> torch.device:
    """Set what a kept worker may have left otherwise, and give the device."""
    keep_freed()
    torch.set_num_threads(context.threads)
    # trying algorithms waits for the whole device, which breaks another thread's recording
    torch.backends.cudnn.benchmark = not context.deterministic and context.alone is None
    torch.backends.cudnn.deterministic = context.deterministic
    device = torch.device(context.device)
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise UserError("a GPU was asked for, but torch sees none")
        torch.cuda.reset_peak_memory_stats(device)
    return device


def peak_memory(device: torch.device) -> float:
    """The most memory that was in use, in MiB: on a GPU by tensors, else by the process so far."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux, bytes on macOS
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
