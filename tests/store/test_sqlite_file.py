"""The store's SQLite file: whole or not there, whatever ends the process that makes it."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from bench.common.errors import UserError
from bench.store import sqlite_file
from bench.store.reader import Store
from tests.conftest import ROOT

MAKE = "import sys; from bench.store.reader import Store; Store(sys.argv[1]); print('made', flush=True)"


def half_made(path):
    """What a kill leaves of the migrations: tables, and no default experiment."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE experiments (experiment_id INTEGER)")
        database.execute("CREATE TABLE webhooks (webhook_id TEXT)")
        database.commit()


def test_a_process_killed_while_it_makes_a_store_leaves_none_or_a_whole_one(tmp_path):
    path = tmp_path / "mlflow.db"
    for moment in (0.0, 0.5, 1.5):  # within the migrations: an empty cache has nothing to copy
        maker = subprocess.Popen(
            [sys.executable, "-c", MAKE, f"sqlite:///{path}"],
            cwd=ROOT,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / f"cache-{moment}")},
        )
        before = set(tmp_path.glob(".unfinished-*"))
        until = time.monotonic() + 60
        while set(tmp_path.glob(".unfinished-*")) <= before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(moment)
        maker.send_signal(signal.SIGKILL)
        maker.wait()
        assert not path.exists() or sqlite_file._finished(path), f"half made after {moment} s"
    lines: list[str] = []
    store = Store(f"sqlite:///{path}", lines.append)
    assert store.finished() == {}
    assert lines == [], "nothing half made lay there"
    assert not list(tmp_path.glob(".unfinished-*")), "what the dead left is swept up"


def test_a_half_made_store_is_set_aside_and_made_anew(tmp_path):
    path = tmp_path / "mlflow.db"
    half_made(path)
    lines: list[str] = []
    store = Store(f"sqlite:///{path}", lines.append)
    assert store.finished() == {}
    (line,) = lines
    assert "interrupted while it was made" in line
    assert (tmp_path / "mlflow.db.half-made").is_file()
    assert Store(f"sqlite:///{path}", lines.append).finished() == {}
    assert len(lines) == 1


def make(path, folder):
    """A finished store, as far as the file is looked at."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE experiments (experiment_id INTEGER)")
        database.execute("INSERT INTO experiments VALUES (0)")
        database.commit()


def test_a_store_that_is_there_is_left_alone(tmp_path):
    path = tmp_path / "mlflow.db"
    make(path, tmp_path)
    before = path.read_bytes()
    sqlite_file.ready(f"sqlite:///{path}", lambda path, folder: pytest.fail("made again"), pytest.fail)
    assert path.read_bytes() == before
    for uri in ("sqlite://", "sqlite:///:memory:", "http://127.0.0.1:9", "sqlite:///x.db?mode=ro"):
        sqlite_file.ready(uri, lambda path, folder: pytest.fail("made"), pytest.fail)


def test_of_several_that_begin_at_once_one_makes_it(tmp_path):
    path, made = tmp_path / "mlflow.db", []

    def slowly(path, folder):
        made.append(path)
        time.sleep(0.3)
        make(path, folder)

    def begin():
        sqlite_file.ready(f"sqlite:///{path}", slowly, print)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert sqlite_file._finished(path)


def test_a_stray_journal_is_not_applied_to_a_new_store(tmp_path):
    path = tmp_path / "mlflow.db"
    (tmp_path / "mlflow.db-journal").write_bytes(b"of another file")
    sqlite_file.ready(f"sqlite:///{path}", make, print)
    assert {one.name for one in tmp_path.iterdir()} == {"mlflow.db", "mlflow.db.lock"}


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (
            lambda path: path.write_bytes(b"no database at all" * 99),
            "does not answer: file is not a database",
        ),
    ],
    ids=["folder", "text"],
)
def test_what_is_no_store_is_one_line(tmp_path, harm, message):
    path = tmp_path / "mlflow.db"
    harm(path)
    with pytest.raises(UserError, match=message) as caught:
        Store(f"sqlite:///{path}")
    assert "\n" not in str(caught.value)
    assert path.exists()
