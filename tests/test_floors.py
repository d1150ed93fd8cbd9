"""An import goes down only."""

import ast
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"

# from the ground up; modules of one line may import each other, in no circle
FLOORS = [
    ["errors"],
    ["base", "files", "code", "provenance", "stats", "predictions", "views", "plain", "moving"],
    ["recipe"],
    ["predict"],
    ["runspec"],
    ["spec"],
    ["metrics"],
    ["suites", "exact", "claims", "verdicts", "protocol", "data", "models", "ensembles"],
    ["train", "results", "own"],
    ["report", "schedule"],
    ["store", "track", "screen", "contact"],
    ["driver", "collect", "conclude", "ui", "transport"],
    ["desk"],
    ["visit"],
    ["door"],
    ["cli"],
    ["__main__"],
]
RANK = {name: floor for floor, names in enumerate(FLOORS) for name in names}
FILES = sorted(path for path in BENCH.rglob("*.py") if path != BENCH / "__init__.py")


def imported(path: Path, *, types_too: bool = False) -> set[str]:
    """Dotted names of our modules that a file imports, late ones too."""
    tree = ast.parse(path.read_text())
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING" and not types_too:
            skipped.update(id(inner) for inner in ast.walk(node))
    names = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and id(node) not in skipped
            and (node.module or "").startswith("bench")
        ):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BENCH)))
def test_imports_go_down(path):
    own = path.relative_to(BENCH).parts[0].removesuffix(".py")
    for name in imported(path):
        other = name.split(".")[1] if "." in name else "suites"
        assert RANK[other] <= RANK[own], f"{path.name} imports {name}, a floor above"


def test_only_their_own_modules_know_the_big_libraries():
    homes = {
        "ray": {"schedule/cluster.py", "schedule/handout.py"},
        "mlflow": {"store.py", "track.py"},
        "optuna": {"schedule/tuning.py"},
        "torchvision": set(),  # by importlib, in data/vision.py
    }
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                library = name.split(".")[0]
                if library in homes:
                    assert str(path.relative_to(BENCH)) in homes[library], f"{path} imports {library}"


def test_engine_knows_no_schedule():
    for path in (BENCH / "train").glob("*.py"):
        assert not {name for name in imported(path, types_too=True) if "schedule" in name or "track" in name}
