import ast
import subprocess
import sys
from time import process_time

import pytest

from bench import load_suite
from bench.common.errors import UserError
from bench.spec.loader import suite_files
from tests.conftest import ROOT

SUITES = sorted((ROOT / "suites").glob("[!_]*.py"))
MODELS = sorted((ROOT / "bench" / "models").glob("*.py"))


def test_unknown_suite_says_what_there_is():
    with pytest.raises(UserError, match=r"no suite 'resnet-vs-plane': did you mean 'resnet-vs-plain'\?"):
        load_suite("resnet-vs-plane")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("suite = 3", "must end in `suite = Suite"),
        ("suite = (", "SyntaxError"),
        ("from bench import Recipe\nsuite = Recipe(epochs=0)", r"epochs: .*greater.*given: 0"),
        ("from bench import Recipe\nsuite = Recipe(epochs=1, momentun=2)", "did you mean 'momentum'"),
    ],
)
def test_broken_suite_files_get_one_line(tmp_path, text, message):
    (tmp_path / "broken.py").write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        load_suite("broken", tmp_path)
    assert "\n" not in str(caught.value).split("(given")[0]


def test_suites_dir_must_exist(tmp_path):
    with pytest.raises(UserError, match="no such folder"):
        suite_files(tmp_path / "nowhere")


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_suites_are_data(path):
    """A docstring, imports, constants, small helpers, and `suite` last."""
    body = ast.parse(path.read_text()).body
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[-1], ast.Assign)
    assert body[-1].targets[0].id == "suite"
    suite = load_suite(str(path))
    assert suite.expectations
    for name in suite.profiles:
        for claim in suite.decided(name):
            assert claim.id in suite.expectations or name != "quick", "the docstring names quick's claims"


def test_files_stay_short():
    lines = {path: len(path.read_text().splitlines()) for path in (*SUITES, *MODELS)}
    assert {path.name: n for path, n in lines.items() if n > (100 if path in SUITES else 300)} == {}
    tables = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "suites").glob("_*.py")}
    assert {name: n for name, n in tables.items() if n > 250} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "suites").glob("*.py")), ids=lambda path: path.stem)
def test_suites_name_their_fields(path):
    """No tables of nameless columns: neither rows of five and more, nor loops that take such rows apart."""
    text = path.read_text()
    assert "fmt: skip" not in text
    assert "fmt: off" not in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Tuple, ast.List, ast.Dict)):
            rows = node.values if isinstance(node, ast.Dict) else node.elts
            assert not [row.lineno for row in rows if isinstance(row, ast.Tuple) and len(row.elts) >= 5]
        if isinstance(node, ast.comprehension | ast.For) and isinstance(node.target, ast.Tuple):
            assert len(node.target.elts) < 5, f"line {node.target.lineno}"


def test_a_suite_may_import_its_neighbours(tmp_path):
    (tmp_path / "_words.py").write_text("TITLE = 'Own words'")
    (tmp_path / "own.py").write_text(
        "from _words import TITLE\nfrom bench import Suite\nfrom bench.spec import Network\n"
        "suite = Suite(title=TITLE, question='', networks=[Network(model='vgg-16', size=224)])"
    )
    assert load_suite("own", tmp_path).title == "Own words"


def test_loading_suites_loads_nothing_heavy():
    code = (
        "import sys; from bench import load_suite; from bench.spec.loader import suite_files;"
        "[load_suite(name) for name in suite_files()];"
        "print([m for m in ('torch', 'ray', 'mlflow', 'optuna', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_a_suite_is_validated_in_no_time(path):
    load_suite(str(path))  # what it imports is shared by all
    before = process_time()
    load_suite(str(path))
    assert process_time() - before < 0.3
