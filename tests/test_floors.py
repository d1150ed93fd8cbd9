"""An import goes down only, and there are no circles."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "bench"

# from the ground up; packages of one floor do not import each other
FLOORS = (
    ("common",),
    ("spec",),
    ("data", "models", "claims"),
    ("train",),
    ("plan",),
    ("store",),
    ("execute", "results"),
    ("report",),
    ("cli",),
)
RANK = {name: floor for floor, names in enumerate(FLOORS) for name in names}
FILES = sorted(path for path in BENCH.rglob("*.py") if path.parent != BENCH)
LIBRARIES = {  # where alone each may be imported
    "ray": {"execute/ray_executor.py", "execute/ray_searcher.py"},
    "mlflow": {"store/new_run.py", "store/reader.py"},
    "optuna": {"plan/tuning.py"},
    "torchvision": set(),  # by importlib, in data/vision.py
}


@cache
def imported(path: Path, *, types_too: bool = False) -> frozenset[str]:
    """Dotted names of our modules that a file imports, late ones too; `from bench import models` is one."""
    tree = ast.parse(path.read_text())
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING" and not types_too:
            skipped.update(id(inner) for inner in ast.walk(node))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in skipped and node.module:
            for alias in node.names:
                names.add(_module(f"{node.module}.{alias.name}") or _module(node.module))
        elif isinstance(node, ast.Import) and id(node) not in skipped:
            names.update(_module(alias.name) for alias in node.names)
    return frozenset(name for name in names if name)


def _module(name: str) -> str:
    """The name, where it is a module of ours; else nothing."""
    path = ROOT.joinpath(*name.split("."))
    ours = name.startswith("bench.") and (
        path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
    )
    return name if ours else ""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_nothing_lies_loose_and_every_package_has_its_floor():
    assert {path.name for path in BENCH.glob("*.py")} == {"__init__.py", "__main__.py"}
    assert {path.parent.name for path in BENCH.glob("*/__init__.py")} == set(RANK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BENCH)))
def test_imports_go_down(path):
    own = path.relative_to(BENCH).parts[0]
    for name in imported(path):
        other = name.split(".")[1]
        assert other == own or RANK[other] < RANK[own], f"{path.name} imports {name}, which is not below it"


def test_no_module_imports_itself_in_a_circle():
    graph = {_name(path): imported(path) for path in FILES}
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for other in graph.get(name, ()):
                walk(other, (*way, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_only_their_own_modules_know_the_big_libraries():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for library in {name.split(".")[0] for name in names} & set(LIBRARIES):
                assert path.relative_to(BENCH).as_posix() in LIBRARIES[library], f"{path} imports {library}"


def test_files_stay_short():
    """One thing a file: beyond some 250 lines it is two."""
    long = {path.name: n for path in FILES if (n := len(path.read_text().splitlines())) > 250}
    assert not long
