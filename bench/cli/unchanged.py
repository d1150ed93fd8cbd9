"""Whether anything has changed since a suite was last run to its end: what `make` asks of its files.

Planning takes torch and asking the store takes MLflow, seconds each. Where every file that went into the last
run of the same command is as it was, and so is all that came out of it, the command has nothing to do.
"""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from bench.cli.work import Options
from bench.common.files import written_whole
from bench.spec import Suite
from bench.store.address import database_of, tracking_uri

Row = tuple[str, str, str]  # of the table of verdicts: claim, verdict, why

_PACKAGE = Path(__file__).parent.parent
_MOST = 50_000  # files: looking at more takes longer than it saves


def remember(suite: Suite, options: Options, rows: Sequence[Row]) -> None:
    """Keep the verdicts of a suite that was run to its end, and what they came from."""
    if (state := _state(suite, options)) is not None:
        with written_whole(_memory(suite, options)) as file:
            file.write(json.dumps({"state": state, "verdicts": rows}).encode())


def recall(suite: Suite, options: Options) -> list[Row] | None:
    """The verdicts of the same command, if nothing has changed since; None if it is to be run."""
    try:
        kept = json.loads(_memory(suite, options).read_text(encoding="utf-8"))
        rows = [(str(text), str(verdict), str(why)) for text, verdict, why in kept["verdicts"]]
        told = kept["state"]
    except (OSError, ValueError, TypeError, LookupError):
        return None
    return rows if told == _state(suite, options) else None


def _memory(suite: Suite, options: Options) -> Path:
    return options.runs_dir / "unchanged" / f"{suite.name}-{options.profile}.json"


def _state(suite: Suite, options: Options) -> str | None:
    """A hash of options, environment, and of every file that plays a part, by size and time of change.

    None where that cannot be told from files: a store on a server, or very many images.
    """
    database = database_of(tracking_uri(options.runs_dir))
    if database is None or not database.is_file():
        return None
    report = options.reports_dir / suite.name / options.profile
    folders = (_PACKAGE, options.data_dir, report, options.runs_dir / "artifacts")
    files = list(islice(_files(folders), _MOST + 1))
    if len(files) > _MOST or not (report / "report.html").is_file():
        return None
    packages = Path(sysconfig.get_path("purelib"))  # whose time changes with what is installed
    files += [database, packages, options.reports_dir / "index.html", *_imported()]
    heeded = {name: value for name, value in os.environ.items() if name.startswith("BENCH_")}
    about = [repr(suite), asdict(options), sorted(heeded.items()), sys.version, str(Path.cwd())]
    stats = [(str(path), about.st_size, about.st_mtime_ns) for path, about in _stats(files)]
    return hashlib.sha256(json.dumps([about, stats], default=str).encode()).hexdigest()


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for at, inner, names in os.walk(folder):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            yield from (Path(at, name) for name in sorted(names))


def _stats(files: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    for path in files:
        try:
            yield path, path.stat()
        except OSError:
            continue  # what is not there has no part


def _imported() -> list[Path]:
    """Files of the user's own that the suite has imported: all that was not installed."""
    elsewhere = tuple(Path(one).resolve() for one in (sys.base_prefix, sys.prefix, _PACKAGE))
    found = {Path(file) for one in list(sys.modules.values()) if (file := getattr(one, "__file__", None))}
    return sorted(path for path in found if not any(root in path.resolve().parents for root in elsewhere))
