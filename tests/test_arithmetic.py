"""The suite that trains nothing, from the command line to its report."""

import json
import re

import pytest


@pytest.fixture
def folder(command, tmp_path, request):
    suites = request.config.rootpath / "suites"
    code, out, errors = command("run", "arithmetic", "--suites-dir", suites, "--profile", "paper")
    assert code == 0, errors
    assert re.search(r"arithmetic: counting \d+ networks", out)
    return tmp_path / "reports" / "arithmetic" / "paper"


def test_counts_verdicts_and_a_table_for_each_network(folder, command):
    outcomes = {one["claim"]: one for one in json.loads((folder / "verdicts.json").read_text())}
    wrong = {name for name, one in outcomes.items() if one["verdict"] != "supported"}
    assert wrong == {"remove-34", "googlenet-5m", "googlenet-norm", "alexnet-7", "alexnet-7x7"}
    assert "difference 1,696,512" in outcomes["remove-34"]["note"]
    assert "1.7 M in all" in outcomes["remove-34"]["note"], "the verdict says why"

    table = (folder / "tables" / "layers" / "vgg-16.csv").read_text().splitlines()
    assert table[0] == "layer,kind,output,parameters,MACs,receptive field"
    assert table[1] == '0.0,Conv2d,64×224×224,"1,792","86,704,128",3'
    assert table[-1].startswith('all,,,"138,357,544","15,470,264,320"')
    networks = json.loads((folder / "suite.json").read_text())["networks"]
    assert len(list((folder / "tables" / "layers").glob("*.csv"))) == len(networks)

    page = (folder / "report.html").read_text()
    assert "exact counts, no data" in page
    assert "Final runs" not in page
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, _, errors = command("report", "arithmetic")
    assert code == 0, errors
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
