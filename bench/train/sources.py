"""The files that a run is made of: its task, model family, augmentations and measures."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from bench import models
from bench.common.code_hash import code_hash
from bench.data.augment import method
from bench.train.measures import find
from bench.train.tasks import task_of

if TYPE_CHECKING:
    from bench.spec import RunSpec

_RUN = "bench.train.run"


def code_of(spec: RunSpec) -> str:
    """The hash of all code that a run uses."""
    run = inspect.getfile(importlib.import_module(_RUN))
    return code_hash({Path(run), *defining(spec)})


def defining(spec: RunSpec) -> set[Path]:
    """The files that define what a specification names, those of this package and the user's own.

    Raises UserError for a name that is not known.
    """
    named: list[object] = [type(task_of(spec)), *(method(step) for step in spec.augment)]
    named += [find("epoch", name) for name in spec.measures or ()]
    if spec.look:
        named += [find("axis", spec.look.measure)] if spec.look.measure else []
        named += [find("picture", name) for name in spec.look.pictures]
    family = {models.source(spec.model.name)} if spec.model else set()
    return family | {Path(inspect.getfile(one)) for one in named}  # type: ignore[arg-type]
