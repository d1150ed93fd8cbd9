"""Where the store of runs is. Knows nothing of MLflow, whose import takes seconds."""

import os
from pathlib import Path

_SCHEME = "sqlite:///"


def tracking_uri(runs_dir: Path) -> str:
    """The store's absolute address: MLFLOW_TRACKING_URI, else SQLite in the runs folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or address_of(runs_dir / "mlflow.db")


def address_of(database: Path) -> str:
    """The address of an SQLite file."""
    return f"{_SCHEME}{database.resolve()}"


def database_of(uri: str) -> Path | None:
    """The file of an SQLite address; None for other stores, and for those without a file of their own."""
    name = uri.removeprefix(_SCHEME)
    special = name in ("", ":memory:") or "?" in name
    return None if special or not uri.startswith(_SCHEME) else Path(name).resolve()
