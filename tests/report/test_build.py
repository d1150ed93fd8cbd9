import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from bench.claims import Difference
from bench.claims.verdicts import decide
from bench.common.errors import UserError
from bench.report.build import build_report
from bench.report.library import find_results
from bench.results.files import read, write
from tests.report.made import averaged, built, made_up, probed, transferred


def test_same_files_same_bytes(tmp_path, report):
    assert built(tmp_path, made_up()) == report
    assert built(tmp_path, read(tmp_path)) == report, "and again from what was written"


def test_what_is_not_made_any_more_goes(tmp_path):
    write(made_up(), tmp_path)
    old = tmp_path / "figures" / "old.svg"
    old.parent.mkdir()
    old.write_text("<svg/>")
    build_report(tmp_path)
    assert not old.exists()
    assert (tmp_path / "runs.csv").exists()


def test_a_report_is_built_anew_only_where_something_has_changed(tmp_path, monkeypatch):
    built(tmp_path, made_up())
    drawn = []
    monkeypatch.setattr("bench.report.build.pictures", lambda *given: drawn.append(given) or [])
    first = build_report(tmp_path)
    assert not drawn
    assert [one.verdict for one in first] == [
        one["verdict"] for one in json.loads((tmp_path / "verdicts.json").read_text())
    ]
    for path, content in (
        (tmp_path / "runs.csv", (tmp_path / "runs.csv").read_text().replace("finished", "diverged", 1)),
        (tmp_path / "report.html", "<html>by hand</html>"),
    ):
        path.write_text(content)
        build_report(tmp_path)
        assert len(drawn) == 1, path
        drawn.clear()
    (tmp_path / "tables" / "runs.csv").unlink()
    build_report(tmp_path)
    assert len(drawn) == 1
    assert (tmp_path / "tables" / "runs.csv").is_file()


def test_what_depends_on_the_machine_stays_in_its_own_files(tmp_path, report):
    slow = made_up()
    slow = replace(
        slow, cost=slow.cost.assign(seconds=99.0), provenance={**slow.provenance, "commits": ["def"]}
    )
    made = built(tmp_path, slow)
    differing = {name for name in report if report[name] != made[name]}
    assert differing == {
        "cost.csv", "provenance.json", "tables/cost.csv", "tables/cost.md", "tables/cost.tex", "report.md",
        "report.html",
    }  # fmt: skip


def test_verdicts_stand_in_every_form(report):
    verdicts = {one["claim"]: one for one in json.loads(report["verdicts.json"])}
    assert verdicts["degradation"]["verdict"] == "supported"
    assert verdicts["degradation"]["n"] == 5
    assert verdicts["weights"]["verdict"] == "supported"
    assert "cure" not in verdicts, "resnet-110 does not stand in this profile"
    for name in ("report.html", "report.md", "tables/verdicts.csv", "tables/verdicts.md"):
        text = report[name].decode()
        assert "not run in quick" in text
        assert "supported" in text


def test_missing_runs_are_said_in_the_title(tmp_path):
    text = built(tmp_path, made_up(missing=3))["report.md"].decode()
    assert text.splitlines()[0].endswith("incomplete: 17 of 20 runs")


def test_no_runs_at_all_is_still_a_report(tmp_path):
    text = built(tmp_path, made_up(missing=20))["report.md"].decode()
    assert "incomplete: 0 of 20 runs" in text
    assert "has 0" in text


def test_a_stand_in_is_loud(tmp_path):
    data = {"name": "shapes", "asked": "cifar10", "provenance": "synthetic"}
    files = built(tmp_path, made_up(data=data))
    for name in ("report.md", "report.html"):
        text = files[name].decode()
        assert "shapes standing in for cifar10" in text
        assert "NOT from cifar10" in text
    assert "(other protocol!)" in files["tables/experiments.md"].decode()


def test_numbers_from_memory_are_never_the_paper_s(report):
    table = report["tables/experiments.csv"].decode()
    assert "8.75 (single run)" in table
    assert "A paper, Table 6" in report["tables/references.csv"].decode()
    assert "1.234" not in table + report["report.html"].decode()


def test_the_page_needs_no_network_and_escapes_text(report):
    page = report["report.html"].decode()
    addresses = set(re.findall(r'(?:src|href)="([^"]*)"', page))
    assert all(one.startswith(("#", "data:")) for one in addresses), addresses
    assert "url(http" not in page
    assert "Quick &lt;decides&gt;." in page


def test_the_user_s_results_come_before_the_published(tmp_path):
    for place in ("published/made-up/quick", "published/made-up/paper", "made-up/quick"):
        write(made_up(), tmp_path / place)

    def found(**asked):
        paths = find_results(tmp_path, **{"suite": "made-up", "profile": None, **asked})
        return {str(path.relative_to(tmp_path)) for path in paths}

    assert found() == {"made-up/quick", "published/made-up/paper"}
    assert found(profile="quick") == {"made-up/quick"}
    assert len(found(suite=None, published="too")) == 3
    assert found(suite=None, published="never") == {"made-up/quick"}
    with pytest.raises(UserError, match=r"no results of made-upp .*did you mean 'made-up'"):
        found(suite="made-upp")


def test_broken_results_are_one_line(tmp_path):
    write(made_up(), tmp_path)
    whole = (tmp_path / "suite.json").read_text()
    (tmp_path / "suite.json").write_text(whole.replace('"format": 2', '"format": 0'))
    with pytest.raises(UserError, match="results of format 0, where this version reads 1 and 2"):
        build_report(tmp_path)
    (tmp_path / "suite.json").write_text("{")
    with pytest.raises(UserError, match="results cannot be read"):
        build_report(tmp_path)
    (tmp_path / "suite.json").unlink()
    with pytest.raises(UserError, match=r"suite\.json is missing"):
        build_report(tmp_path)


def test_averages_have_their_tables_and_figures(tmp_path, averages):
    table = averages["tables/ensembles.csv"].decode().splitlines()
    assert table[1].startswith("1 net,6,")
    assert "37.50" in table[1]
    assert table[2].startswith("2 nets,3,")
    assert averages["tables/ensemble-cost.csv"].decode().splitlines()[1:] == ['1 net,"1,000"', "2 nets,500"]
    assert {"figures/ensembles.svg", "figures/averages.svg"} <= averages.keys()
    assert b"Averaged predictions" in averages["report.html"]
    write(averaged(), tmp_path)
    assert read(tmp_path).values("2 nets", "test_error").tolist() == [40, 39, 38]


def test_runs_that_share_halves_are_paired():
    results = transferred()
    assert results.pools["plain-56"].experiments == ("plain-56", "task A", "halves of the classes")
    claim = Difference(id="d", text="", metric="test_error", lower="plain-20", higher="plain-56")
    (outcome,) = decide([claim], results.by_seed, results.count, results.pools)
    gaps = results.values("plain-56", "test_error") - results.values("plain-20", "test_error")
    assert outcome.contrasts[0][1].se == pytest.approx(gaps.std(ddof=1) / np.sqrt(5))


def test_the_contact_sheet_stands_in_the_report(report, averages):
    assert averages["augmentations.png"] == b"a picture"
    assert base64.b64encode(b"a picture") in averages["report.html"]
    assert b"(augmentations.png)" in averages["report.md"]
    assert b"What each augmentation does" not in report["report.html"]


def test_probes_say_what_they_are(tmp_path):
    made = built(tmp_path, probed())
    assert b"svm on layer 2" in made["report.html"]
    assert b"nan" not in made["tables/cost.csv"]
    assert "figures/curves.svg" not in made


def test_probes_of_images_have_no_network_to_share(tmp_path):
    made = probed()
    kept = {name: part for name, part in made.plan["experiments"][-1]["spec"].items() if name != "model"}
    spec = {**kept, "probe": {"features": "hog", "classifier": "svm", "strengths": [1.0]}}
    rows = [*made.plan["experiments"][:-1], {**made.plan["experiments"][-1], "spec": spec}]
    made = replace(made, plan={**made.plan, "experiments": rows})
    assert set(made.experiments) - made.pools.keys() == {made.experiments[-1]}
    assert b"svm on hog" in built(tmp_path, made)["report.html"]


def test_the_report_has_the_declared_figures_in_their_order(tmp_path):
    declared = [{"kind": "curves"}, {"kind": "dots", "name": "of-two", "of": ["plain-20", "resnet-20"]}]
    made = built(tmp_path, made_up(figures=declared))
    assert {name for name in made if name.endswith(".svg")} == {"figures/curves.svg", "figures/of-two.svg"}
    for report in (made["report.md"], made["report.html"]):
        assert report.index(b"Training curves") < report.index(b"Test error (points")
    assert not any(name.startswith("figures/") for name in built(tmp_path, made_up(figures=[])))


def test_reports_load_nothing_heavy(tmp_path):
    import subprocess
    import sys

    write(made_up(), tmp_path)
    code = (
        "import sys; from pathlib import Path; from bench.report.build import build_report;"
        f"build_report(Path({str(tmp_path)!r}));"
        "print([m for m in ('torch', 'ray', 'mlflow', 'optuna') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
