"""Results folders that come from elsewhere: what stands in them may be written by anyone."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from bench.common.errors import UserError
from bench.report.build import build_report
from bench.report.index import build_index
from bench.report.library import entries
from bench.results.files import write
from bench.spec import Network, Suite
from tests.report.made import built, made_up

SCRIPT = "<!--<script>alert(1)</script>"


def counted(folder, name):
    """A results folder with a counted network of that id."""
    network = {"id": name, "size": 8, "channels": 3}
    layer = {"network": name, "layer": 1, "kind": "Conv2d", "output": "8", "parameters": 1, "macs": 1}
    layers = pd.DataFrame([{**layer, "receptive_field": 3}])
    write(replace(made_up(networks=[network]), layers=layers), folder)
    return folder


@pytest.mark.parametrize(
    "name", ["../../../outside", "/outside", "a\\b", "..", ".hidden", "", "a\nb", "x" * 201]
)
def test_an_id_that_leaves_the_folder_is_refused(tmp_path, name):
    folder = counted(tmp_path / "deep" / "er" / "results", name)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="cannot be a file's name"):
        build_report(folder)
    assert set(tmp_path.rglob("*")) == before
    with pytest.raises(ValueError, match="cannot be a file's name"):
        Suite(title="T", question="Q", networks=[Network(model="resnet-20", id=name or ".", size=8)])


@pytest.mark.parametrize("name", ["net and AlexNet", "4 nets, 10 crops", "A7B+", "vgg-a", "1 × 1"])
def test_ids_as_people_write_them_go_on_working(tmp_path, name):
    build_report(counted(tmp_path, name))
    assert (tmp_path / "tables" / "layers" / f"{name}.csv").is_file()
    Suite(title="T", question="Q", networks=[Network(model="resnet-20", id=name, size=8)])


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "results"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("kept")
    write(made_up(), folder)
    (folder / "tables").symlink_to(elsewhere)
    with pytest.raises(UserError, match="leads out of the folder"):
        build_report(folder)
    assert [path.name for path in elsewhere.iterdir()] == ["mine.txt"]


def test_no_id_or_text_becomes_html(tmp_path):
    results = made_up(question=SCRIPT, title=f"T {SCRIPT}")
    old, new = "plain-20", SCRIPT.replace("/", "")  # a slash cannot stand in an id
    for table in (results.runs, results.curves, results.cost, results.counts):
        table["experiment"] = table["experiment"].replace(old, new)
    results.plan["experiments"][0]["id"] = new
    results.plan["claims"][0].update(lower=new, text=SCRIPT, said=SCRIPT, source=SCRIPT)
    files = built(tmp_path, results)
    page = files["report.html"].decode()
    data = re.search(r'<script type="application/json" id="curves-data">(.*?)</script>', page, re.S)
    assert data is not None
    assert "<" not in data[1]
    assert new in json.loads(data[1])["epochs"]
    own = r"<(?:!doctype|!--|script|/script)"
    clean = built(tmp_path / "clean", made_up())["report.html"].decode()
    assert re.findall(own, re.sub(r"(?s)<svg.*?</svg>", "", page)) == re.findall(
        own, re.sub(r"(?s)<svg.*?</svg>", "", clean)
    )
    for name, content in files.items():
        if name.endswith(".md"):
            assert not re.search(r"<[A-Za-z/!?]", content.decode()), name
        if name.endswith(".svg"):
            assert b"<script" not in content, name


def _lacking(name):
    def damage(folder):
        plan = json.loads((folder / "suite.json").read_text("utf-8"))
        del plan[name]
        (folder / "suite.json").write_text(json.dumps(plan))

    return damage


def _claim_of_no_kind(folder):
    text = (folder / "suite.json").read_text("utf-8")
    (folder / "suite.json").write_text(text.replace('"kind": "difference"', '"kind": "rumour"'))


def _column_renamed(folder):
    text = (folder / "measures.csv").read_text("utf-8")
    (folder / "measures.csv").write_text(text.replace("value", "worth", 1))


@pytest.mark.parametrize(
    "damage",
    [_lacking("name"), _lacking("experiments"), _lacking("title"), _claim_of_no_kind, _column_renamed],
)
def test_a_damaged_results_folder_is_one_line(tmp_path, damage):
    write(made_up(), tmp_path)
    damage(tmp_path)
    with pytest.raises(UserError, match=r"its files are damaged .*; run its suite again") as caught:
        build_report(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_damaged_report_is_left_out_and_named(tmp_path, capsys, command, suites_dir):
    reports = tmp_path / "reports"
    for name in ("sound", "cut", "list", "bare", "binary"):
        built(reports / name / "quick", made_up(name=name))
    (reports / "cut" / "quick" / "suite.json").write_text('{"name": ')
    (reports / "list" / "quick" / "verdicts.json").write_text("[1]")
    (reports / "bare" / "quick" / "runs.csv").unlink()
    (reports / "binary" / "quick" / "verdicts.json").write_bytes(b"\xff\xfe\x00")
    lines: list[str] = []
    assert [one.folder.parent.name for one in entries(reports, lines.append)] == ["sound"]
    assert len(lines) == 4
    assert all("\n" not in line and "left out" in line for line in lines)
    page = build_index(reports, lines.append).read_text("utf-8")
    assert page.count("<h3>") == 1
    code, out, errors = command("list", "--suites-dir", suites_dir)
    assert (code, errors) == (0, "")
    assert out.count("left out") == 4
    code, out, errors = command("report")
    assert (code, errors) == (0, "")
    assert "all of them:" in out
