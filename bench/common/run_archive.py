"""Runs in one file, to be moved between machines. Needs Python's own library alone.

The file is a zip archive: for each run a folder named by its key, with `run.json` (what it is and where it
was made), `result.json` (curve, metrics, cost) and the files that it keeps; and `manifest.json` with the
sha256 of all of them. A file that was cut is refused, and so is one whose names, sizes or keys cannot be.

The sender writes the manifest as well: it tells of accidents, not of forgery. What was measured is believed;
take files from people whom you would believe without them.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bench.common.errors import UserError
from bench.common.files import usable_as_file, written_whole
from bench.common.plain_spec import PlainSpec

FORMAT = 2  # 1 had no specifications, so that nobody could tell whether a key was the run's own
_MANIFEST, _ABOUT, _RESULT = "manifest.json", "run.json", "result.json"
_TAGS = {"commit", "versions", "hardware", "verified"}
_KEY, _CODE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{1,64}")
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, LookupError, ValueError, TypeError, AttributeError
)  # fmt: skip  # what zipfile and json raise where a file is none of ours, encrypted or nested without end
_CHUNK = 2**20
_TEXT = 64 * 2**20  # bytes: the longest JSON
_ROOM, _GROWTH = 2**30, 50  # bytes that a file may unpack to: so many, and so many times its own size


@dataclass(frozen=True)
class ArchivedRun:
    """A finished run on its way: its specification, its result and files, and tags on its making.

    Of a run that was unpacked, a file is read when it is asked for.
    """

    key: str
    code: str
    suite: str
    experiment: str
    phase: str
    spec: Mapping[str, Any]
    tags: Mapping[str, str]  # commit, versions, hardware, code that was seen to give the same
    result: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


_DESCRIBED = [one.name for one in fields(ArchivedRun) if one.name not in ("result", "files")]


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
            add(f"{run.key}/{_ABOUT}", _json({name: getattr(run, name) for name in _DESCRIBED}))
            add(f"{run.key}/{_RESULT}", _json(run.result))
            for name in run.files:
                add(f"{run.key}/{name}", run.files[name])
            count += 1
        archive.writestr(zipfile.ZipInfo(_MANIFEST), _json({"format": FORMAT, "sha256": sums}))
    return count


def unpack(path: Path) -> Iterator[ArchivedRun]:
    """The runs of a file, one by one; all of it is checked before this returns, and little held at a time.

    Raises UserError where it is no such file, was cut or changed, comes from another version, unpacks to
    more than runs do, or holds names or keys that cannot be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive)
            names = _check_sums(path, archive)
            runs = {key: _about(path, archive, key) for key in dict.fromkeys(name[:64] for name in names)}
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    except _BROKEN as error:
        raise UserError(f"{path} is no whole file of runs (bench export writes them): {error}") from error
    return (_archived(path, about, names) for about in runs.values())


class _Files(Mapping[str, bytes]):
    """A run's files in an archive."""

    def __init__(self, path: Path, key: str, names: Iterable[str]) -> None:
        self._path, self._key, self._names = path, key, list(names)

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(f"{self._key}/{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    """An archive says how large its members are, and none is read beyond that."""
    members = archive.infolist()
    whole, limit = sum(one.file_size for one in members), _ROOM + _GROWTH * path.stat().st_size
    texts = [one for one in members if one.filename.endswith(".json") and one.file_size > _TEXT]
    if whole > limit or texts:
        raise UserError(f"{path} would unpack to {whole / 2**20:,.0f} MiB, which runs do not; it is refused")


def _check_sums(path: Path, archive: zipfile.ZipFile) -> list[str]:
    """The names of the files, all of which are what was packed."""
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != FORMAT:
        raise UserError(
            f"{path} has format {manifest['format']}, this version reads {FORMAT}: "
            "write it again with this version (bench export)"
        )
    sums: dict[str, str] = manifest["sha256"]
    if sorted(archive.namelist()) != sorted([*sums, _MANIFEST]):
        raise UserError(f"{path} was changed: it holds other files than were packed")
    for name, wanted in sums.items():
        key, _, file = name.partition("/")
        if not (_KEY.fullmatch(key) and _FILE.fullmatch(file)):
            raise UserError(f"{path} holds {name!r}, which is no file of a run")
        state = hashlib.sha256()
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                state.update(chunk)
        if state.hexdigest() != wanted:
            raise UserError(f"{path} was changed: {name} is not what was packed")
    return list(sums)


def _about(path: Path, archive: zipfile.ZipFile, key: str) -> dict[str, Any]:
    """What a run says of itself, as far as it can be true."""
    about = json.loads(archive.read(f"{key}/{_ABOUT}"))
    if not isinstance(json.loads(archive.read(f"{key}/{_RESULT}")), dict):
        raise UserError(f"{path}: run {key[:12]} has no result")
    if set(about) != set(_DESCRIBED):
        raise UserError(f"{path}: run {key[:12]} does not say what it is, or more than that")
    spec, tags = about["spec"], about["tags"]
    if about["key"] != key or "key" in spec or PlainSpec(spec).key != key:
        raise UserError(f"{path}: run {key[:12]} is not the one that its specification describes")
    if not _CODE.fullmatch(about["code"]):
        raise UserError(f"{path}: run {key[:12]} does not say which code made it")
    for name in ("suite", "experiment"):
        if not usable_as_file(about[name]):
            raise UserError(f"{path}: run {key[:12]} has the {name} {about[name]!r}, which cannot be a name")
    if not set(tags) <= _TAGS or not all(isinstance(value, str) for value in tags.values()):
        raise UserError(f"{path}: run {key[:12]} has tags that no run has")
    return dict(about)


def _archived(path: Path, about: Mapping[str, Any], names: Iterable[str]) -> ArchivedRun:
    kept = [name[65:] for name in names if name.startswith(f"{about['key']}/")]
    files = _Files(path, about["key"], kept)
    texts = (_ABOUT, _RESULT)
    more = _Files(path, about["key"], [name for name in kept if name not in texts])
    return ArchivedRun(**about, result=json.loads(files[_RESULT]), files=more)


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


def nested(params: Mapping[str, str]) -> dict[str, Any]:
    """The inverse of `flat`, as far as there is one: a text that reads as JSON becomes what it reads as."""
    spec: dict[str, Any] = {}
    for name, text in params.items():
        *path, last = name.split(".")
        place = spec
        for step in path:
            place = place.setdefault(step, {})
        try:
            place[last] = json.loads(text)
        except ValueError:
            place[last] = text
    return spec


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1).encode()
