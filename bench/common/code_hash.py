"""The identity of code: what tells whether a finished run was made by today's engine.

It is the hash of the source text of all that a run uses, found by following imports. What changes no number
is left out, so that no run grows stale by it: comments, docstrings, layout, imports for types alone, what a
`raise` says, and the modules of `PLUMBING`. It is the same on every version of Python.
"""

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent  # of the package `bench`
PLUMBING = ("code_hash", "errors", "files", "plain_spec", "provenance", "run_archive")  # of bench.common

Span = tuple[tuple[int, int], tuple[int, int]]  # (line, column) of the first character, and behind the last
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LAYOUT = {tokenize.NEWLINE: "\n", tokenize.INDENT: "\t+", tokenize.DEDENT: "\t-"}
_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER}
_F_START, _F_END = (getattr(tokenize, f"FSTRING_{end}", -1) for end in ("START", "END"))  # from 3.12 on


def code_hash(files: Iterable[Path]) -> str:
    """Hash of some files and of all that they import: of this package, and neighbours of a user's file."""
    state = hashlib.sha256()
    texts = {_name(path): _text(path, path.stat().st_mtime_ns) for path in closure(files)}
    for name in sorted(texts):
        state.update(f"{name}\0{texts[name]}\0".encode())
    return state.hexdigest()


def closure(files: Iterable[Path]) -> set[Path]:
    """The files, and by their imports all others that they are built from, but for plumbing.

    A C++ source goes with the module that it lies beside.
    """
    found, waiting = set[Path](), [path.resolve() for path in files]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, path.stat().st_mtime_ns)
    compiled = {path.with_suffix(".cpp") for path in found}
    return found | {path for path in compiled if path.is_file()}


@cache
def _imported(path: Path, mtime_ns: int) -> tuple[Path, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {id(inner) for one in _type_checks(tree) for inner in ast.walk(one)}
    names: list[str] = []
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return tuple(dict.fromkeys(file.resolve() for name in names for file in _files(name, path)))


def _files(name: str, importer: Path) -> Iterator[Path]:
    """The files that importing a module runs, if it is ours or the importer's neighbour."""
    package, *rest = name.split(".")
    if package != "bench":
        neighbour = importer.parent / f"{package}.py"
        if neighbour.is_file() and ROOT / "bench" not in importer.parents:
            yield neighbour
        return
    if rest[:1] == ["common"] and len(rest) > 1 and rest[1] in PLUMBING:
        return
    for depth in range(1, len(rest) + 1):
        place = ROOT.joinpath("bench", *rest[:depth])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                yield path


@cache  # a plan asks for every experiment, and most of their files are the same
def _text(path: Path, mtime_ns: int) -> str:
    source = path.read_text(encoding="utf-8")
    return stripped(source) if path.suffix == ".py" else source


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT / "bench") else path.name


def stripped(source: str) -> str:
    """The source text without what changes no number: one token a word, one statement a line."""
    dropped = _dropped(source)
    words: list[str] = []
    open_blocks = 0  # of what is dropped: they end behind it
    for kind, text, start in _tokens(source):
        inside = any(first <= start < end for first, end in dropped)
        if kind == tokenize.DEDENT and open_blocks:
            open_blocks -= 1
            continue
        open_blocks += inside and kind == tokenize.INDENT
        if inside or kind in _SKIPPED:
            continue
        if kind == tokenize.NEWLINE and (not words or words[-1] in _LAYOUT.values()):
            continue  # nothing is left of this statement
        words.append(_LAYOUT.get(kind, text))
    return " ".join(words)


def _tokens(source: str) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """Kind, text and place of each token; an f-string is one, as it was up to Python 3.11."""
    lines, open_strings, began = source.splitlines(keepends=True), 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == _F_START:
            began = began if open_strings else token.start
            open_strings += 1
        elif token.type == _F_END:
            open_strings -= 1
            if not open_strings:
                yield tokenize.STRING, _between(lines, began, token.end), began
        elif not open_strings:
            yield token.type, token.string, token.start


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    (first, left), (last, right) = start, end
    if first == last:
        return lines[first - 1][left:right]
    return "".join([lines[first - 1][left:], *lines[first : last - 1], lines[last - 1][:right]])


def _dropped(source: str) -> list[Span]:
    """Where docstrings, what a `raise` says, and imports for types stand."""
    tree, lines = ast.parse(source), source.splitlines()
    spans = [_span(one, lines) for one in _type_checks(tree)]
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            spans.append(_span(node.body[0], lines))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            spans.append((_span(node.exc.func, lines)[1], _span(node.exc, lines)[1]))
    return spans


def _type_checks(tree: ast.Module) -> list[ast.If]:
    conditions = [node for node in ast.walk(tree) if isinstance(node, ast.If) and not node.orelse]
    return [one for one in conditions if isinstance(one.test, ast.Name) and one.test.id == "TYPE_CHECKING"]


def _span(node: ast.stmt | ast.expr, lines: list[str]) -> Span:
    """Where a node stands, in characters: the syntax tree counts bytes."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    places = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    start, end = ((row, len(lines[row - 1].encode()[:column].decode())) for row, column in places)
    return start, end
