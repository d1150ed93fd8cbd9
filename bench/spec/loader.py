"""Finding and loading suite files: `--suites-dir`, then `./suites`, then the copy in the wheel."""

from pathlib import Path

from pydantic import ValidationError

from bench.common.errors import UserError, suggest
from bench.common.files import import_file
from bench.spec import Suite
from bench.spec.base import describe


def suite_files(suites_dir: Path | None = None) -> dict[str, Path]:
    """All suite files by suite name (`resnet_vs_plain.py` is `resnet-vs-plain`), nearest folder first.

    Raises UserError if a folder was asked for that is not there.
    """
    if suites_dir is not None and not suites_dir.is_dir():
        raise UserError(f"--suites-dir {suites_dir}: there is no such folder")
    packaged = Path(__file__).parent.parent / "_suites"
    folders = [suites_dir] if suites_dir else [Path("suites"), packaged]
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("[!_]*.py")):
            found.setdefault(path.stem.replace("_", "-"), path)
    return found


def load_suite(name: str, suites_dir: Path | None = None) -> Suite:
    """The suite of that name, or of the file at that path. Raises UserError on anything wrong with it."""
    if name.endswith(".py"):
        return _load_file(Path(name))
    files = suite_files(suites_dir)
    if name not in files:
        raise UserError(f"there is no suite {name!r}: {suggest(name, files)}")
    return _load_file(files[name])


def _load_file(path: Path) -> Suite:
    if not path.is_file():
        raise UserError(f"{path}: there is no such suite file")
    try:
        module = import_file(path)
    except ValidationError as error:
        raise UserError(f"{path}: {describe(error)}") from error
    except Exception as error:  # a user's file may raise anything
        raise UserError(f"{path}: {type(error).__name__}: {error}") from error
    suite = getattr(module, "suite", None)
    if not isinstance(suite, Suite):
        raise UserError(f"{path}: a suite file must end in `suite = Suite(...)`")
    return suite.model_copy(
        update={"name": path.stem.replace("_", "-"), "expectations": (module.__doc__ or "").strip()}
    )
