"""Files that appear whole or not at all, and files of Python that are run."""

import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from bench.common.errors import UserError

_OUTSIDE = re.compile(r"[/\\\x00-\x1f\x7f\ud800-\udfff]")  # separators, control characters, half characters
_LONGEST = 200  # bytes: file systems take 255, endings included


def usable_as_file(name: str) -> bool:
    """Whether a name can be a file's: one that stays in its folder, is not hidden and not too long."""
    return not (_OUTSIDE.search(name) or name.startswith(".")) and 0 < len(name.encode()) <= _LONGEST


def user_cache() -> Path:
    """The folder of this user's for what can be made again; it need not be there."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "cnn-bench"


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes its place at the end: temporary file, fsync, rename.

    A kill at any moment leaves the old file or the new one. Raises UserError if the folder cannot be
    written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)  # mkstemp's 0600 would hide it from others
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def import_file(path: Path) -> ModuleType:
    """Run a Python file. It may import its neighbours, as a script may."""
    spec = importlib.util.spec_from_file_location(f"bench_file_{path.stem}", path.resolve())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent.resolve()))
    return module
