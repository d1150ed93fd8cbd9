"""C++ sources that lie beside the modules which call them: compiled once for this machine, then loaded.

A library is kept in the user's cache, by all that it was made from. Where there is no compiler, or
`BENCH_FUSED` is 0, there is none, and the module does by other means what it would have done.
"""

import ctypes
import hashlib
import os
import platform
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from bench.common.files import user_cache

SWITCH = "BENCH_FUSED"
# rounding as it is written: with multiplications and additions made one, digits would differ by compiler
_FLAGS = ("-std=c++17", "-O3", "-fPIC", "-ffp-contract=off")
_NATIVE = "-mcpu=native" if platform.machine() in ("arm64", "aarch64") else "-march=native"


class NotCompiled(Exception):
    """There is no library, and why."""


def library(module: str) -> ctypes.CDLL | None:
    """The library of the source beside a module's file; None where there is none to be had.

    Loops over threads use the OpenMP that torch has loaded: torch must have been imported.
    """
    if os.environ.get(SWITCH) == "0":
        return None
    return _library(Path(module).with_suffix(".cpp"))


@cache
def _library(source: Path) -> ctypes.CDLL | None:
    try:
        return compiled(source)
    except NotCompiled:
        return None


def compiled(source: Path) -> ctypes.CDLL:
    """The library of a source, from the cache or made now. Raises NotCompiled, with the reason."""
    try:
        made = user_cache() / f"{source.stem}-{_identity(source)}.so"
        if not made.is_file():
            _compile(source, made)
        return ctypes.CDLL(str(made))
    except OSError as error:
        raise NotCompiled(str(error)) from error


def _identity(source: Path) -> str:
    """What the library is made from: the text, the options, the processor that it is for."""
    parts = [source.read_text(encoding="utf-8"), *_FLAGS, platform.machine()]
    information = Path("/proc/cpuinfo")
    if information.is_file():  # a home that several machines share has a library for each kind
        lines = information.read_text(encoding="utf-8").splitlines()
        parts += [line for line in lines if line.startswith(("flags", "Features"))][:1]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _compile(source: Path, to: Path) -> None:
    """Compile, with loops over threads if the compiler has them. Several may do so at once."""
    to.parent.mkdir(parents=True, exist_ok=True)
    compiler, reasons = os.environ.get("CXX", "c++"), []
    with tempfile.TemporaryDirectory(dir=to.parent) as folder:
        parts, linked = Path(folder, "parts.o"), Path(folder, "linked.so")
        for threads in (["-fopenmp"], []):
            try:
                _run([compiler, *_FLAGS, _NATIVE, *threads, "-c", str(source), "-o", str(parts)])
                # without a library of threads: another one beside torch's would fight it for the cores
                _run([compiler, "-shared", *_undefined(), str(parts), "-o", str(linked)])
                ctypes.CDLL(str(linked))
            except (OSError, NotCompiled) as error:
                reasons.append(str(error))
            else:
                linked.replace(to)
                return
    raise NotCompiled(reasons[0])


def _undefined() -> list[str]:
    """Names that are found when the library is loaded: Linux allows them anyway."""
    return ["-undefined", "dynamic_lookup"] if platform.system() == "Darwin" else []


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        first = next(iter(done.stderr.strip().splitlines()), f"ended with {done.returncode}")
        raise NotCompiled(f"{command[0]}: {first}")
