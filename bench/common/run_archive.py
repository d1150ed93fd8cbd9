"""Runs in one file, to be moved between machines. Needs Python's own library alone.

The file is a zip archive: for each run a folder named by its key, with `run.json` (what it is and where it
was made), `result.json` (curve, metrics, cost) and the files that it keeps; and `manifest.json` with the
sha256 of all of them. A file that was cut or changed is refused.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.common.errors import UserError
from bench.common.files import written_whole

FORMAT = 1
_MANIFEST, _ABOUT, _RESULT = "manifest.json", "run.json", "result.json"


@dataclass(frozen=True)
class ArchivedRun:
    """A finished run on its way: its specification, flat, its result and files, and tags on its making."""

    key: str
    code: str
    suite: str
    experiment: str
    phase: str
    params: Mapping[str, str]
    tags: Mapping[str, str]  # commit, versions, hardware
    result: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


def pack(path: Path, runs: Iterable[ArchivedRun]) -> int:
    """Write runs to a file, whole or not at all; returns how many.

    Raises UserError if it cannot be written.
    """
    sums: dict[str, str] = {}
    with written_whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            sums[name] = hashlib.sha256(content).hexdigest()
            archive.writestr(zipfile.ZipInfo(name), content)

        count = 0
        for run in runs:
            about = {name: value for name, value in asdict(run).items() if name not in ("result", "files")}
            add(f"{run.key}/{_ABOUT}", _json(about))
            add(f"{run.key}/{_RESULT}", _json(run.result))
            for name, content in run.files.items():
                add(f"{run.key}/{name}", content)
            count += 1
        archive.writestr(zipfile.ZipInfo(_MANIFEST), _json({"format": FORMAT, "sha256": sums}))
    return count


def unpack(path: Path) -> Iterator[ArchivedRun]:
    """The runs of a file, all of it checked first.

    Raises UserError where it is no such file, was cut or changed, or comes from a later version.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest["format"] != FORMAT:
                raise UserError(f"{path} has format {manifest['format']}, this version reads {FORMAT}")
            sums = manifest["sha256"]
            there = set(archive.namelist()) - {_MANIFEST}
            if there != set(sums):
                raise UserError(f"{path} was changed: it holds other files than were packed")
            for name, wanted in sums.items():
                if hashlib.sha256(archive.read(name)).hexdigest() != wanted:
                    raise UserError(f"{path} was changed: {name} is not what was packed")
            for key in dict.fromkeys(name.partition("/")[0] for name in sums):
                yield _archived(archive, key, sums)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UserError(f"{path} is no whole file of runs (bench export writes them): {error}") from error


def _archived(archive: zipfile.ZipFile, key: str, names: Iterable[str]) -> ArchivedRun:
    kept = [name for name in names if name.startswith(f"{key}/")]
    files = {name.partition("/")[2]: archive.read(name) for name in kept}
    about, result = json.loads(files.pop(_ABOUT)), json.loads(files.pop(_RESULT))
    return ArchivedRun(**about, result=result, files=files)


def flat(spec: Mapping[str, Any]) -> dict[str, str]:
    """A specification by dotted names: `recipe.lr`, `model.name`, …; without what is None."""
    found: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping) and value:
            for name, inner in value.items():
                walk(f"{prefix}.{name}" if prefix else name, inner)
        elif value is not None:
            found[prefix] = value if isinstance(value, str) else json.dumps(value)

    walk("", spec)
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1).encode()
