"""One run, from a plain specification to its result, resumable at every epoch."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from bench.common.errors import UserError
from bench.data.sets import load
from bench.data.split import open_split
from bench.train import checkpoint
from bench.train.context import Context, Interrupted, prepare
from bench.train.environment import environment_class
from bench.train.records import CHECKPOINT, Result
from bench.train.tasks import Prepared, task_of

if TYPE_CHECKING:
    from bench.spec import RunSpec

__all__ = ["Context", "Interrupted", "run"]


def run(spec: RunSpec, context: Context) -> Result:
    """Do one run, going on from its checkpoint where there is one.

    Raises UserError if the data set is not the one that the specification names, or too small;
    Interrupted if the context asks to stop. Divergence is a result, not an error.
    """
    started = perf_counter()
    device = prepare(context)
    images = load(spec.data.name, context.data_dir)
    if images.fingerprint != spec.data.fingerprint:
        raise UserError(f"data set {spec.data.name!r} in {context.data_dir} has changed since planning")
    saved = checkpoint.load(context.folder / CHECKPOINT, spec.key)
    if saved and saved["result"]:
        return Result.from_plain(saved["result"])  # finished while no driver was there to hear of it
    split = open_split(images, spec.data, device)
    prepared = Prepared(spec, context, images, split, device, environment_class(device), started)
    return task_of(spec).run(prepared)
