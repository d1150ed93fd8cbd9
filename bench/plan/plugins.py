"""Models and augmentations of the user's own: workers import the files that define them."""

import inspect
from collections.abc import Iterable
from pathlib import Path

from bench import models
from bench.common.files import import_file
from bench.data.augment import method, methods
from bench.spec import RunSpec

_BENCH = Path(__file__).parent.parent


def own_files(spec: RunSpec) -> tuple[str, ...]:
    """The files outside this package that define what a run is made of."""
    paths = {models.source(spec.model.name), *(_file(method(step)) for step in spec.augment)}
    return tuple(sorted(str(path) for path in paths if path.is_file() and _BENCH not in path.parents))


def include(paths: Iterable[str]) -> None:
    """Import the files that this process has not imported yet, so that their decorators run."""
    defining = (*(one.build for one in models.members().values()), *methods().values())
    there = {str(_file(one)) for one in defining}
    for path in paths:
        if path not in there:
            import_file(Path(path))


def _file(decorated: object) -> Path:
    return Path(inspect.getfile(decorated))  # type: ignore[arg-type]
