"""Results folders: their files, written and read.

A results folder holds `suite.json` (the plan), `runs.csv` (final runs with their settings), `measures.csv`
(what they gave: a metric, at a place along an axis or at the end, a row), `right.csv` (which test images they
got right, a bit an image), `curves.csv`, `trials.csv`, `counts.csv` and `layers.csv`, and where predictions
are averaged `ensembles.csv` and `sampled.csv`, all of them a function of the runs alone, and `cost.csv` and
`provenance.json`, which depend on the machine and the occasion. Reports are made from these files and nothing
else.

In `rungs/SHARE` lies the same of each shorter budget of a ladder, in `replicates/NUMBER` that of each
replicate.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from bench.common.errors import UserError
from bench.common.files import usable_as_file, written_whole
from bench.results.columns import CURVE, MEASURE
from bench.results.folders import RUNGS, replicate_folders
from bench.results.old_format import melted
from bench.results.tables import Results
from bench.spec.seeds import PROBES

FORMAT = 2  # of the results files
_OLD = 1  # had metrics as columns of runs.csv
_TABLES = ("runs", "curves", "trials", "counts", "layers", "cost")
_TEXTS = {"at": str, "environment": str}
_COLUMNS = {"runs": ("experiment", "seed", "status"), "measures": MEASURE, "curves": CURVE}
_MORE = ("ensembles", "sampled", "right")  # where there are any
SHEET, _PICTURES = "augmentations.png", "pictures/*.png"


def write(results: Results, folder: Path) -> None:
    """Write a results folder, each file whole or not at all."""
    put(folder / "suite.json", as_json(results.plan))
    for name in (*_TABLES, "measures"):
        put(folder / f"{name}.csv", getattr(results, name).to_csv(index=False, lineterminator="\n"))
    for name in _MORE:
        table = getattr(results, name)
        if table.empty:
            (folder / f"{name}.csv").unlink(missing_ok=True)
        else:
            put(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    put(folder / "provenance.json", as_json(results.provenance))
    pictures = {**({SHEET: results.sheet} if results.sheet else {}), **results.pictures}
    for path in [path for path in (folder / SHEET, *folder.glob(_PICTURES)) if path.is_file()]:
        if path.relative_to(folder).as_posix() not in pictures:
            path.unlink()
    for name, content in pictures.items():
        put(folder / name, content)
    rungs = {f"{one.plan['share']:g}": one for one in results.rungs}
    for path in [path for path in folder.glob(f"{RUNGS}/*") if path.name not in rungs and path.is_dir()]:
        shutil.rmtree(path)
    for name, one in rungs.items():
        write(one, folder / RUNGS / name)


def read(folder: Path) -> Results:
    """Read a results folder, of the older format too, with its rungs and its replicates.

    Raises UserError where a file is missing or broken.
    """
    again = [one for one in map(_read, replicate_folders(folder)) if one.replicate < PROBES]
    return replace(_read(folder), replicates=tuple(sorted(again, key=lambda one: one.replicate)))


def _read(folder: Path) -> Results:
    """One results folder with its rungs."""
    try:
        plan = json.loads((folder / "suite.json").read_text(encoding="utf-8"))
        old = _checked(folder, plan) == _OLD
        more = [name for name in _MORE if (folder / f"{name}.csv").is_file()]
        names = (*_TABLES, *more) if old else (*_TABLES, "measures", *more)
        tables = {name: _table(folder / f"{name}.csv") for name in names}
        provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        sheet = (folder / SHEET).read_bytes() if (folder / SHEET).is_file() else b""
        if old:
            plan["format"], (tables["runs"], tables["measures"]) = FORMAT, melted(tables["runs"])
    except FileNotFoundError as error:
        raise UserError(f"{folder}: no results here ({Path(error.filename).name} is missing)") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: results cannot be read: {error}") from error
    pictures = {f"pictures/{path.name}": path.read_bytes() for path in sorted(folder.glob(_PICTURES))}
    inner = sorted(path.parent for path in folder.glob(f"{RUNGS}/*/suite.json"))
    rungs = sorted((_read(path) for path in inner), key=lambda one: one.share)
    found = Results(
        plan,
        **tables,
        provenance=provenance,
        sheet=sheet,
        pictures=pictures,
        rungs=tuple(rungs),
        replicates=(),
    )
    try:
        _look_through(folder, found)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        raise UserError(f"{folder}: its files are damaged ({what}); run its suite again") from error
    return found


def _look_through(folder: Path, found: Results) -> None:
    """All that is made of a folder's files later, so that whatever is wrong with them is told here."""
    for name in _ids(found.plan):  # tables are named after them, and the folder may come from anywhere
        if not usable_as_file(name):
            raise UserError(f"{folder / 'suite.json'}: the id {name!r} cannot be a file's name")
    for table, columns in _COLUMNS.items():
        if lacking := set(columns) - set(getattr(found, table).columns) if found.experiments else ():
            raise LookupError(f"{table}.csv has no column {sorted(lacking)[0]!r}")
    _ = [found.plan[name] for name in ("title", "question", "profile", "hash")]
    _ = found.claims, found.references, found.label, found.ladder, found.decided


def _checked(folder: Path, plan: Any) -> int:
    """The format of a results folder. Raises UserError for one that this version does not read."""
    if not isinstance(plan, dict):
        raise UserError(f"{folder}: results cannot be read: suite.json holds no plan")
    found = plan.get("format")
    if found not in (_OLD, FORMAT):
        raise UserError(
            f"{folder}: results of format {found}, where this version reads {_OLD} and {FORMAT}; "
            "give the run command again (finished runs are kept)"
        )
    return int(found)


def _ids(plan: Mapping[str, Any]) -> list[str]:
    """The ids of what a plan names, and its own name."""
    kinds = ("experiments", "sources", "networks", "ensembles", "claims")
    return [str(plan["name"]), *(str(one["id"]) for kind in kinds for one in plan.get(kind, ()))]


def as_json(data: Any) -> str:
    """JSON as results files hold it: sorted, indented, with an end of line."""
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def put(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises UserError where the folder cannot be written."""
    with written_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=_TEXTS)
        return table.fillna({name: "" for name in _TEXTS if name in table})
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
