"""The code's hash: what tells whether a finished run was made by today's engine.

It covers the syntax trees, comments and docstrings stripped, of `bench/train`, `bench/data` and the
model's family, so that rewording a comment makes no run stale.
"""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

_BENCH = Path(__file__).parent.parent
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_hash(family: Path) -> str:
    """Hash of the engine, the data code and the file of one model family (with what it imports of ours)."""
    files = {*(_BENCH / "train").rglob("*.py"), *(_BENCH / "data").rglob("*.py")}
    return _hash_files(files | _family_files(family))


def _family_files(path: Path) -> set[Path]:
    """The family's file and, by its imports, the other model files that it is built from."""
    found, waiting = set[Path](), [path]
    while waiting:
        current = waiting.pop()
        if current in found or not current.is_file():
            continue
        found.add(current)
        for node in ast.walk(ast.parse(current.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bench.models."):
                parts = (node.module or "").split(".")[2:]
                waiting.append(_BENCH.joinpath("models", *parts).with_suffix(".py"))
    return found


def _hash_files(files: Iterable[Path]) -> str:
    state = hashlib.sha256()
    for path in sorted(files):
        state.update(path.name.encode())
        state.update(stripped(path.read_text(encoding="utf-8")).encode())
    return state.hexdigest()


def stripped(source: str) -> str:
    """The source text as its syntax tree has it: without comments, layout and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
