"""Models, augmentations and measures of the user's own: workers import the files that define them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from bench.common.files import import_file
from bench.spec import RunSpec
from bench.train.sources import defining

_BENCH = Path(__file__).parent.parent


def own_files(spec: RunSpec) -> tuple[str, ...]:
    """The files outside this package that define what a run is made of."""
    paths = defining(spec)
    return tuple(sorted(str(path) for path in paths if path.is_file() and _BENCH not in path.parents))


def include(paths: Iterable[str]) -> None:
    """Import the files that this process has not imported yet, so that their decorators run."""
    there = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for path in paths:
        if path not in there:
            module = import_file(Path(path))
            sys.modules[module.__name__] = module  # a kept worker finds it there
