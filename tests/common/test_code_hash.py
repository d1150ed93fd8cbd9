"""The identity of code: what counts, what does not, and what a run is made of."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.common import code_hash as module
from bench.common.code_hash import closure, code_hash, stripped
from bench.spec import DataUse, Look, Probe, Recipe, RunSpec
from bench.train.sources import code_of
from tests.conftest import ROOT

PLAIN = "import x\ndef f(x):\n    return x + g(1, 2)\n"
SAME = {
    "docstrings": '"""File."""\nimport x\ndef f(x):\n    """Of it,\n    long."""\n    return x + g(1, 2)\n',
    "comments": "import x  # why\n# more\ndef f(x):\n    # so\n    return x + g(1, 2)  # because\n",
    "white space": "import  x\n\n\ndef f( x ):\n\n\treturn x+g(1,\n     2)\n",
    "line breaks": "import x\ndef f(x):\n    return x + \\\n        g(\n   1,  # one\n  2)",
    "imports for types": "import x\nif TYPE_CHECKING:\n    import y\ndef f(x):\n    return x + g(1, 2)\n",
}
OTHER = {
    "a number": PLAIN.replace("2", "3"),
    "a name": PLAIN.replace("f(x)", "f(y)"),
    "depth of a line": "import x\ndef f(x):\n    pass\nreturn_ = x + g(1, 2)\n",
    "a string that is no docstring": PLAIN + "'told'\nx = 'é' # ü\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_does_not_count(text):
    assert stripped(text) == stripped(PLAIN)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_what_counts(text):
    assert stripped(text) != stripped(PLAIN)


def test_indentation_counts_as_structure():
    inside, outside = "if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"
    assert stripped(inside) != stripped(outside)


def test_what_an_error_says_does_not_count_but_whether_it_is_raised_does():
    said = 'def f(x):\n    if x:\n        raise UserError(f"{x}: so not") from error\n'
    other = 'def f(x):\n    if x:\n        raise UserError(\n            "otherwise")  from error\n'
    silent = "def f(x):\n    if x:\n        pass\n"
    assert stripped(said) == stripped(other)
    assert stripped(said) != stripped(silent)
    assert stripped(said) != stripped(said.replace("if x", "if not x"))


def others() -> list[str]:
    """Other versions of Python that can be had here."""
    named = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)]
    found = [path for path in named if path] + [
        str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.1[1-9]*/bin/python3"))
    ]
    runs = [path for path in found if not subprocess.run([path, "-c", ""], capture_output=True).returncode]
    return list(dict.fromkeys(runs))


STRIP = """
import sys, json, importlib.util
spec = importlib.util.spec_from_file_location("code_hash", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps({path: module.stripped(open(path, encoding="utf-8").read()) for path in sys.argv[2:]}))
"""


def test_every_version_of_python_sees_the_same_text(tmp_path):
    """Of all our files and of what tokenizers differ in: f-strings, nested ones, several lines."""
    odd = tmp_path / "odd.py"
    odd.write_text(
        'def f(a, b):\n    """Docs é."""\n    x = f"{a!r:>{b}} {{x}} {f\'{a}\'}"  # é\n'
        '    y = f"""é {a\n    } #no"""\n    return rf"{x}" f\'{y=}\' "z"\n'
    )
    files = [str(odd), *map(str, sorted((ROOT / "bench").rglob("*.py")))]
    here = {path: stripped(Path(path).read_text(encoding="utf-8")) for path in files}
    for python in others():
        done = subprocess.run(
            [python, "-c", STRIP, module.__file__, *files],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        assert json.loads(done.stdout) == here, python


def spec(**changes) -> RunSpec:
    base = RunSpec(
        model="resnet-8",
        data=DataUse(name="none", fingerprint=""),
        augment=("flip",),
        recipe=Recipe(epochs=1),
        seed=0,
    )
    return base.replace(**changes)


def names(one: RunSpec) -> set[str]:
    from bench.train.sources import defining

    run = ROOT / "bench" / "train" / "run.py"
    return {path.relative_to(ROOT).as_posix() for path in closure({run, *defining(one)})}


def test_a_run_is_made_of_its_own_parts_alone():
    files = names(spec())
    for part in (
        "models/resnet",
        "data/augment/geometry",
        "train/tasks/classify",
        "common/schedules",
        "common/views",
    ):
        assert f"bench/{part}.py" in files, part
    for other in ("models/vgg", "data/augment/colour", "train/tasks/localize", "train/measures/filters"):
        assert f"bench/{other}.py" not in files, other
    floors = {path.split("/")[1] for path in files}
    assert floors == {"common", "data", "models", "train"}
    assert not files & {f"bench/common/{name}.py" for name in module.PLUMBING}


def test_other_tasks_and_measures_are_other_code():
    probe = {"probe": Probe(layer=1)}
    look = {"look": Look(measure="shifted_error", at=(1,)), "of": "0" * 64}
    measured = {"measures": ("gradient_norm",)}
    codes = [code_of(spec(**one)) for one in ({}, probe, look, measured, {"augment": ()}, {"model": "vgg-a"})]
    assert len(set(codes)) == len(codes)
    assert code_of(spec(seed=1, recipe=Recipe(epochs=9))) == codes[0]


def test_neighbours_of_a_user_s_file_belong_to_it(tmp_path):
    (tmp_path / "_parts.py").write_text("WIDTH = 4\n")
    own = tmp_path / "_model.py"
    own.write_text("import json\nfrom _parts import WIDTH\nfrom bench.models.pool import average\n")
    before = code_hash([own])
    assert {path.name for path in closure([own])} >= {"_parts.py", "pool.py"}
    (tmp_path / "_parts.py").write_text("WIDTH = 8\n")
    assert code_hash([own]) != before
    (tmp_path / "_parts.py").write_text("WIDTH = 4  # as before\n")
    assert code_hash([own]) == before


def test_the_hash_is_a_function_of_the_files_alone():
    run = [sys.executable, "-c", "from tests.common.test_code_hash import *; print(code_of(spec()))"]
    done = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == code_of(spec())
