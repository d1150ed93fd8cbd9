"""A store in an SQLite file: made whole or not at all, and made anew where it was never finished.

MLflow cannot go on where a kill has ended it while it made one.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from bench.common.errors import UserError
from bench.store.address import database_of

_UNFINISHED = ".unfinished-"  # the folders in which stores are made
_BESIDE = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a file, and would apply to another one


def ready(uri: str, make: Callable[[Path, Path], object], say: Callable[[str], None]) -> None:
    """See to it that the file of an SQLite address is a finished store; others are left alone.

    `make` makes a store's file, given its place for now and the folder where it will lie; `say` is given a
    line where a half-made one is set aside. Raises UserError where something else than a file is in the way.
    """
    path = database_of(uri)
    if path is None or _finished(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):  # of several processes one makes it, the others find it finished
        if _finished(path):
            return
        _set_aside(path, say)
        for left in path.parent.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=path.parent, prefix=_UNFINISHED, ignore_cleanup_errors=True) as folder:
            whole = Path(folder, path.name)
            make(whole, path.parent)
            whole.replace(path)


def _finished(path: Path) -> bool:
    """Whether MLflow has come to the end of making it: the default experiment is what it makes last."""
    if path.is_dir():
        raise UserError(f"the tracking store {path} is a folder, where a file should be; move it away")
    if not path.is_file() or not path.stat().st_size:
        return False
    with closing(sqlite3.connect(path, timeout=20)) as database:
        try:
            return bool(database.execute("SELECT EXISTS (SELECT 1 FROM experiments)").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return False
            raise


def _set_aside(path: Path, say: Callable[[str], None]) -> None:
    """Move a half-made store and what SQLite keeps beside it away, so that nothing of it is lost."""
    if path.is_file() and path.stat().st_size:
        aside = path.with_name(f"{path.name}.half-made")
        path.replace(aside)
        say(
            f"the tracking store {path} was interrupted while it was made; made anew, the old is {aside.name}"
        )
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
