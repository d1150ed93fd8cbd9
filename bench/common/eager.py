"""torch's compiler, kept out where nothing is compiled: its import takes as long as torch's own."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_COMPILER = "torch._dynamo"


@contextmanager
def uncompiled() -> Iterator[None]:
    """Within the block, functions of torch that only ask not to be compiled do not import the compiler.

    At its first call, such a function has the compiler make a version of it that is not compiled, and keeps
    that for later. Here it gets itself back. Nothing must be compiled meanwhile, in any thread.
    """
    if _COMPILER in sys.modules:
        yield
        return
    stand_in: Any = ModuleType(_COMPILER)
    stand_in.disable = _same
    stand_in.graph_break = lambda: None
    sys.modules[_COMPILER] = stand_in
    try:
        yield
    finally:
        del sys.modules[_COMPILER]


def _same(function: Callable[..., Any], *options: object, **more: object) -> Callable[..., Any]:
    return function
