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
from typing import Any

from bench.cli.work import Options
from bench.common.files import written_whole
from bench.spec import Suite
from bench.store.address import database_of, tracking_uri

Row = tuple[str, str, str]  # of the table of verdicts: claim, verdict, why

_PACKAGE = Path(__file__).parent.parent
_MOST = 50_000  # files: looking at more takes longer than it saves


class Memory:
    """What a command has come to, and from what; begun before it runs."""

    def __init__(self, suite: Suite, options: Options) -> None:
        self.suite, self.options = suite, options
        asked = f"{suite.name}-{options.profile}-{options.replicate}"
        self.path = options.runs_dir / "unchanged" / f"{asked}.json"
        self.before = _taken(suite, options)

    def recall(self) -> list[Row] | None:
        """The verdicts of the same command, if nothing has changed since; None if it is to be run."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            rows = [(str(text), str(verdict), str(why)) for text, verdict, why in kept["verdicts"]]
            told = kept["state"]
        except (OSError, ValueError, TypeError, LookupError):
            return None
        return rows if told == self._state() else None

    def remember(self, rows: Sequence[Row]) -> None:
        """Keep the verdicts of a command that came to its end, unless code or data changed meanwhile."""
        state = self._state()
        if state is not None and self.before == _taken(self.suite, self.options):
            with written_whole(self.path) as file:
                file.write(json.dumps({"state": state, "verdicts": rows}).encode())

    def _state(self) -> list[str] | None:
        """Hashes of what goes in and of what came out; None where that cannot be told from files."""
        made = _made(self.suite, self.options)
        return None if self.before is None or made is None else [self.before, made]


def _taken(suite: Suite, options: Options) -> str | None:
    """Hash of what goes in: suite, options, environment, this package, what is installed, data."""
    files = _files(_PACKAGE, options.data_dir)
    if files is None:
        return None
    packages = Path(sysconfig.get_path("purelib"))  # whose time changes with what is installed
    heeded = {name: value for name, value in os.environ.items() if name.startswith("BENCH_")}
    settings = [repr(suite), asdict(options), sorted(heeded.items()), sys.version, str(Path.cwd())]
    return _hash(settings, [*files, packages, *_imported()])


def _made(suite: Suite, options: Options) -> str | None:
    """Hash of what came out: the store with its artifacts, and the report. None for a store on a server."""
    database = database_of(tracking_uri(options.runs_dir))
    report = options.results(suite)
    files = _files(report, options.runs_dir / "artifacts")
    if database is None or files is None or not (report / "report.html").is_file():
        return None
    return _hash([str(database)], [*files, database, options.reports_dir / "index.html"])


def _hash(settings: list[Any], files: Iterable[Path]) -> str:
    """Of settings, and of files by size and time of change."""
    stats = [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in _stats(files)]
    return hashlib.sha256(json.dumps([settings, stats], default=str).encode()).hexdigest()


def _files(*folders: Path) -> list[Path] | None:
    """All files in some folders; None if there are too many."""
    found = list(islice(_each_file(folders), _MOST + 1))
    return found if len(found) <= _MOST else None


def _each_file(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for at, inner, names in os.walk(folder, followlinks=True):  # data may lie elsewhere
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
    installed = [Path(one) for one in (sys.base_prefix, sys.prefix, _PACKAGE)]
    begins = tuple(f"{one}{os.sep}" for one in installed)  # of most; links to be followed are few
    files = {str(file) for one in list(sys.modules.values()) if (file := getattr(one, "__file__", None))}
    rest = {Path(file) for file in files if not file.startswith(begins)}
    roots = [one.resolve() for one in installed]
    return sorted(path for path in rest if not any(root in path.resolve().parents for root in roots))
