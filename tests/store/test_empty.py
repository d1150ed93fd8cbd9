"""An empty store is a copy of one that MLflow made once, and serves as one that it made here."""

import sqlite3
from contextlib import closing

from bench.store import empty, reader
from bench.store.reader import Store


def rows(path):
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def test_migrations_run_once_and_the_copy_is_of_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    migrated, first, second = [], tmp_path / "first", tmp_path / "second"

    def migrate(uri):
        migrated.append(uri)
        reader._migrated(uri)

    for folder in (first, second):
        folder.mkdir()
        empty.make_empty(folder / "mlflow.db", folder, migrate)
    assert len(migrated) == 1
    one, other = rows(first / "mlflow.db"), rows(second / "mlflow.db")
    assert {name for name in one if one[name] != other[name]} == {"experiments"}
    for folder, found in ((first, one), (second, other)):
        ((number, name, artifacts, *_),) = found["experiments"]
        assert (number, name, artifacts) == (0, "Default", str(folder / "mlruns" / "0"))
    assert Store(f"sqlite:///{second}/mlflow.db").finished() == {}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    empty.make_empty(tmp_path / "mlflow.db", tmp_path, reader._migrated)
    assert Store(f"sqlite:///{tmp_path}/mlflow.db").finished() == {}
