"""An empty store in an SQLite file: MLflow's migrations take seconds, a copy of what they made does not."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.common.errors import UserError
from bench.common.files import user_cache, written_whole
from bench.store.address import address_of


def make_empty(path: Path, folder: Path, migrate: Callable[[str], object]) -> None:
    """Make an empty store's file, by MLflow's migrations or as a copy of one that the same version made.

    `folder` is where the file is to lie, `migrate` makes a store at an address. What it made is kept in the
    user's cache, where that can be written.
    """
    kept = user_cache() / f"mlflow-{version('mlflow')}.db"
    if not kept.is_file():
        with TemporaryDirectory(ignore_cleanup_errors=True) as aside:
            made = Path(aside, "made.db")
            migrate(address_of(made))
            with suppress(UserError), written_whole(kept) as file:
                file.write(made.read_bytes())
            shutil.copyfile(made, path)  # MLflow keeps its own file open, which some systems do not move
    else:
        shutil.copyfile(kept, path)
    _here_and_now(path, folder)


def _here_and_now(path: Path, folder: Path) -> None:
    """The default experiment, which MLflow has made, is of that folder and of this moment."""
    now, artifacts = int(time.time() * 1000), folder.resolve() / "mlruns" / "0"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE experiments SET artifact_location = ?, creation_time = ?, last_update_time = ?",
            (str(artifacts), now, now),
        )
