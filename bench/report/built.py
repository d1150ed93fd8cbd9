"""Whether a report is as it would be built again: its figures are drawn only where something has changed."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from bench.results.files import put
from bench.results.folders import REPLICATES, RUNGS

_PACKAGE = Path(__file__).parent.parent
_STAMP = ".built"
_MADE = ("report.html", "report.md", "verdicts.json")  # of a folder, beside its tables and figures
_FOLDERS = ("tables", "figures")


def is_built(folder: Path) -> bool:
    """Whether results, code and all that was made of them are those of the last build."""
    try:
        return (folder / _STAMP).read_text(encoding="utf-8") == _stamp(folder)
    except OSError:
        return False


def built(folder: Path) -> None:
    """Note that a report has just been built."""
    put(folder / _STAMP, _stamp(folder))


def _stamp(folder: Path) -> str:
    found = hashlib.sha256(version("matplotlib").encode())
    for path in (*_files(_PACKAGE.rglob("*"), _PACKAGE), *_files(_of(folder), folder)):
        found.update(f"{path.name} {path.stat().st_size} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _of(folder: Path) -> Iterable[Path]:
    """Its own files, and the results of its rungs and replicates, whose reports are their own."""
    yield from (path for path in folder.rglob("*") if not _inner(path.relative_to(folder)))


def _inner(path: Path) -> bool:
    """Whether a file was made for a rung's or a replicate's own report."""
    below = path.parts[0] in (RUNGS, REPLICATES)
    return below and (path.name in _MADE or bool({*path.parts} & {*_FOLDERS}))


def _files(paths: Iterable[Path], root: Path) -> list[Path]:
    """Files that count, in an order that does not hang on the file system."""
    kept = (path for path in paths if path.is_file() and path.name != _STAMP and path.suffix != ".pyc")
    return sorted(kept, key=lambda path: path.relative_to(root).as_posix())
