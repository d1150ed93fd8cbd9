import base64
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.claims import Count, Difference
from bench.claims.verdicts import decide
from bench.common.errors import UserError
from bench.report.build import build_report
from bench.report.figures import figures
from bench.report.figures.families import families
from bench.report.library import find_results
from bench.results.old_format import melted
from bench.results.tables import Results, read, write
from bench.spec import Ensemble, Reference

EXPERIMENTS = ("plain-20", "plain-56", "resnet-20", "resnet-56")
MEANS = {"plain-20": 45.0, "plain-56": 74.0, "resnet-20": 31.0, "resnet-56": 33.0}
PURE = ("verdicts.json", "tables", "figures")


def made_up(seeds: int = 5, missing: int = 0, **facts) -> Results:
    """Results as a run would leave them, with made-up numbers."""
    rng = np.random.Generator(np.random.PCG64(1))
    runs, curves, cost = [], [], []
    for name in EXPERIMENTS:
        for seed in range(seeds):
            error = MEANS[name] + rng.normal()
            runs.append(
                {"experiment": name, "seed": seed, "key": f"{name}{seed}", "status": "finished", "epochs": 3,
                 "lr": 0.1, "weight_decay": 1e-4, "train_error": error - 1, "train_loss": 1.0,
                 "test_error": error, "test_loss": 1.1, "validation_error": error}
            )  # fmt: skip
            curves += [
                {"experiment": name, "seed": seed, "epoch": epoch, "lr": 0.1, "train_loss": 1.0,
                 "train_error": error + 30 - 10 * epoch, "validation_loss": 1.0,
                 "validation_error": error + 31 - 10 * epoch}
                for epoch in (1, 2, 3)
            ]  # fmt: skip
            cost.append(
                {"experiment": name, "seed": seed, "phase": "final", "seconds": rng.random(),
                 "images_per_second": 100.0, "peak_memory_mb": 1.0, "run_id": "r"}
            )  # fmt: skip
    claims = [
        Difference(id="degradation", text="Deeper is worse.", metric="train_error", lower="plain-20",
                   higher="plain-56", said="a figure", source="a paper"),
        Difference(id="cure", text="Shortcuts cure.", metric="test_error", lower="resnet-110",
                   higher="resnet-20", said="6.43", source="a paper"),
        Count(id="weights", text="As many weights.", quantity="parameters", values={"plain-20": 5}),
    ]  # fmt: skip
    common = {"metric": "test_error", "paper": "A paper", "where": "Table 6", "statistic": "single"}
    references = [
        Reference(experiment="resnet-20", value=8.75, status="F", **common),
        Reference(experiment="resnet-56", value=1.234, status="M", **common),
    ]
    data = {"name": "cifar10", "asked": "cifar10", "provenance": "drawn by a test"}
    plan = {
        "name": "made-up", "title": "Made up", "question": "Is it so?",
        "hash": "0123456789abcdef0",
        "format": 2, "networks": [], "expectations": "Quick <decides>.",
        "profile": "quick", "seeds": seeds, "data": data, "tuning": None, "differences": [],
        "claims": [claim.model_dump(mode="json") for claim in claims],
        "references": [reference.model_dump(mode="json") for reference in references],
        "experiments": [
            {"id": name, "tuned": False, "space": [],
             "spec": {"augment": [], "model": {"name": name, "options": {}},
                      "data": {"train": 100, "validation": 10},
                      "recipe": {"lr": 0.1, "weight_decay": 1e-4, "epochs": 3}}}
            for name in EXPERIMENTS
        ],
        **facts,
    }  # fmt: skip
    counts = [{"experiment": name, "parameters": 5, "macs": 7} for name in EXPERIMENTS]
    provenance = {
        "data": "drawn by a test",
        "commits": ["abc"],
        "hardware": ["a machine"],
        "versions": ["torch 2"],
    }
    ran, measures = melted(pd.DataFrame(runs[: len(runs) - missing], columns=list(runs[0])))
    return Results(
        plan,
        ran,
        pd.DataFrame(curves[: len(curves) - 3 * missing], columns=list(curves[0])),
        pd.DataFrame(),
        pd.DataFrame(counts),
        pd.DataFrame(),
        pd.DataFrame(cost),
        provenance,
        measures,
    )


def with_balanced_errors(measures: pd.DataFrame) -> pd.DataFrame:
    """The same, the mean error over classes being the error."""
    errors = measures[measures["metric"] == "test_error"]
    return pd.concat([measures, errors.assign(metric="test_balanced_error")])


def built(folder: Path, results: Results) -> dict[str, bytes]:
    write(results, folder)
    build_report(folder)
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_same_files_same_bytes(tmp_path):
    one, two = (built(tmp_path / name, made_up()) for name in ("one", "two"))
    assert one == two
    assert built(tmp_path / "one", read(tmp_path / "one")) == two, "and again from what was written"


def test_what_is_not_made_any_more_goes(tmp_path):
    built(tmp_path, made_up())
    old = tmp_path / "figures" / "old.svg"
    old.write_text("<svg/>")
    build_report(tmp_path)
    assert not old.exists()
    assert (tmp_path / "runs.csv").exists()


def test_what_depends_on_the_machine_stays_in_its_own_files(tmp_path):
    slow = made_up()
    slow = replace(
        slow, cost=slow.cost.assign(seconds=99.0), provenance={**slow.provenance, "commits": ["def"]}
    )
    one, two = built(tmp_path / "one", made_up()), built(tmp_path / "two", slow)
    differing = {name for name in one if one[name] != two[name]}
    assert differing == {
        "cost.csv", "provenance.json", "tables/cost.csv", "tables/cost.md", "tables/cost.tex", "report.md",
        "report.html",
    }  # fmt: skip


def test_verdicts_stand_in_every_form(tmp_path):
    files = built(tmp_path, made_up())
    verdicts = {one["claim"]: one for one in json.loads(files["verdicts.json"])}
    assert verdicts["degradation"]["verdict"] == "supported"
    assert verdicts["degradation"]["n"] == 5
    assert verdicts["weights"]["verdict"] == "supported"
    assert "cure" not in verdicts, "resnet-110 does not stand in this profile"
    for name in ("report.html", "report.md", "tables/verdicts.csv", "tables/verdicts.md"):
        text = files[name].decode()
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


def test_numbers_from_memory_are_never_the_paper_s(tmp_path):
    files = built(tmp_path, made_up())
    table = files["tables/experiments.csv"].decode()
    assert "8.75 (single run)" in table
    assert "A paper, Table 6" in files["tables/references.csv"].decode()
    assert "1.234" not in table + files["report.html"].decode()


def test_the_page_needs_no_network_and_escapes_text(tmp_path):
    page = built(tmp_path, made_up())["report.html"].decode()
    addresses = set(re.findall(r'(?:src|href)="([^"]*)"', page))
    assert all(one.startswith(("#", "data:")) for one in addresses), addresses
    assert "url(http" not in page
    assert "Quick &lt;decides&gt;." in page


def test_the_user_s_results_come_before_the_published(tmp_path):
    built(tmp_path / "published" / "made-up" / "quick", made_up())
    built(tmp_path / "published" / "made-up" / "paper", made_up())
    built(tmp_path / "made-up" / "quick", made_up())

    def found(**asked):
        paths = find_results(
            tmp_path, **{"suite": "made-up", "profile": None, "published_too": False, **asked}
        )
        return {str(path.relative_to(tmp_path)) for path in paths}

    assert found() == {"made-up/quick", "published/made-up/paper"}
    assert found(profile="quick") == {"made-up/quick"}
    assert len(found(suite=None, published_too=True)) == 3
    with pytest.raises(UserError, match=r"no results of made-upp .*did you mean 'made-up'"):
        found(suite="made-upp")


def test_broken_results_are_one_line(tmp_path):
    built(tmp_path, made_up())
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


def test_families_are_told_by_the_beginning_of_the_id():
    found = families(["resnet-110", "plain-20", "resnet-20", "vgg-b-5x5", "vgg-a", "none"])
    assert [(one.name, one.experiments) for one in found] == [
        ("resnet", ("resnet-110", "resnet-20")),
        ("vgg", ("vgg-b-5x5", "vgg-a")),
        ("", ("plain-20", "none")),
    ]


@pytest.mark.parametrize(
    ("depths", "names"),
    [
        ([20, 56, 20, 56], ["error-against-depth", "error-against-parameters"]),
        ([20, 20, 20, 20], ["error-against-parameters"]),
    ],
)
def test_errors_are_drawn_against_what_varies(depths, names):
    counted = made_up().counts.assign(depth=depths, parameters=[5, 9, 5, 9])
    drawn = figures(replace(made_up(), counts=counted), "here")
    assert [one.name for one in drawn] == [*names, "curves"]
    assert all("here" in one.svg for one in drawn), "the label goes with the file"


def test_members_of_one_depth_are_named_each_and_others_joined_by_a_line():
    counted = made_up().counts.assign(depth=[20, 20, 20, 56])
    svg = figures(replace(made_up(), counts=counted), "here")[0].svg
    assert "resnet</text>" in svg
    assert "plain</text>" not in svg


def compared(sizes: tuple[int, ...] = (100,)) -> Results:
    """As `made_up`, but experiments differ in augmentation (none for the first) and training images."""
    base = made_up()
    steps = {"plain-20": [], "plain-56": ["flip"], "resnet-20": ["crop"], "resnet-56": ["crop", "flip"]}
    rows = []
    for number, size in enumerate(sizes):
        for one in base.plan["experiments"]:
            spec = one["spec"] | {
                "augment": [{"name": step, "options": {}} for step in steps[one["id"]]],
                "data": {"train": size, "validation": 10},
                "model": {"name": "net", "options": {}},
            }
            name = one["id"] if number == 0 else f"{one['id']}-{size}"
            rows.append({**one, "id": name, "spec": spec})

    def for_all_sizes(table):
        more = [table.assign(experiment=table["experiment"] + f"-{size}") for size in sizes[1:]]
        return pd.concat([table, *more])

    plan = {**base.plan, "experiments": rows}
    tables = {name: for_all_sizes(getattr(base, name)) for name in ("runs", "measures", "curves")}
    return replace(base, plan=plan, **tables)


def test_gains_are_sorted_and_against_the_one_without():
    drawn = {one.name: one for one in figures(compared(), "here")}
    assert "gains-over-plain-20" in drawn
    svg = drawn["gains-over-plain-20"].svg
    names = [name for name in re.findall(r">([a-z]+-[0-9]+)</text>", svg) if name != "plain-20"]
    assert names == ["plain-56", "resnet-56", "resnet-20"], "from the least gain, below, to the most"
    assert "error-against-images" not in drawn


def test_sizes_are_drawn_where_an_augmentation_met_several():
    drawn = {one.name: one.svg for one in figures(compared((100, 400)), "here")}
    svg = drawn["error-against-images"]
    assert {f">{name}</text>" for name in EXPERIMENTS} <= set(re.findall(r">[a-z]+-[0-9]+</text>", svg))


def test_many_experiments_get_a_panel_each():
    many = compared((100, 200, 400, 800))
    svg = next(one.svg for one in figures(many, "here") if one.name == "curves")
    assert all(f">{name}</text>" in svg for name in EXPERIMENTS)


def averaged() -> Results:
    base = made_up()
    ensembles = [Ensemble(id="1 net", of="plain-20"), Ensemble(id="2 nets", of="plain-20", members=2)]
    rows = [
        {"ensemble": one.id, "replicate": i, "seeds": str(i), "nets": one.members, "test_error": 40.0 - i,
         "test_loss": 1.0, "brier": 0.5, "calibration_error": 2.0, "disagreement": np.nan}
        for one in ensembles
        for i in range(6 // one.members)
    ]  # fmt: skip
    sampled = [
        {"experiment": "plain-20", "weights": "last", "members": n, "views": 1, "sets": 3,
         "test_error": 40.0 - n, "least": 39.0 - n, "most": 41.0 - n}
        for n in (1, 2, 3)
    ]  # fmt: skip
    prices = pd.DataFrame(
        [{"experiment": one.id, "parameters": 5, "macs": 7, "training_macs": 9} for one in ensembles]
    )
    return replace(
        base,
        plan={**base.plan, "ensembles": [one.model_dump(mode="json") for one in ensembles]},
        ensembles=pd.DataFrame(rows),
        sampled=pd.DataFrame(sampled),
        counts=pd.concat([base.counts, prices]),
        cost=base.cost.assign(evaluation_images_per_second=1000.0),
        sheet=b"a picture",
    )


def test_averages_have_their_tables_and_figures(tmp_path):
    made = built(tmp_path, averaged())
    table = made["tables/ensembles.csv"].decode().splitlines()
    assert table[1].startswith('1 net,6,"37.50 [35.54, 39.46]"') or "37.50" in table[1]
    assert table[2].startswith("2 nets,3,")
    assert made["tables/ensemble-cost.csv"].decode().splitlines()[1:] == ['1 net,"1,000"', "2 nets,500"]
    assert {"figures/ensembles.svg", "figures/averages.svg"} <= made.keys()
    assert b"Averaged predictions" in made["report.html"]
    assert read(tmp_path).values("2 nets", "test_error").tolist() == [40, 39, 38]


def transferred() -> Results:
    """As `made_up`, but experiments begin with one and three layers of a source, frozen or not."""
    base = made_up()
    starts = {"plain-20": None, "plain-56": (1, 1), "resnet-20": (3, 3), "resnet-56": (3, 0)}
    rows = []
    for one in base.plan["experiments"]:
        start = starts[one["id"]]
        spec = {**one["spec"], "data": {"train": 100, "validation": 10, "half": "B"}}
        if start:
            spec["start"] = {"key": "", "layers": start[0], "frozen": start[1], "share": 1.0}
        rows.append({**one, "spec": spec, **({"source": "task A"} if start else {})})
    sources = [{"id": "task A"}]
    return replace(base, plan={**base.plan, "experiments": rows, "sources": sources})


def test_curves_by_layer_are_drawn_where_depths_vary():
    drawn = {one.name: one.svg for one in figures(transferred(), "here")}
    assert "task A, frozen</text>" in drawn["transfer"]
    assert "task A, trained on</text>" not in drawn["transfer"], "one point is no curve"
    assert "100 training images" in drawn["transfer"]


def test_runs_that_share_halves_are_paired():
    results = transferred()
    assert results.pools["plain-56"].experiments == ("plain-56", "task A", "halves of the classes")
    claim = Difference(id="d", text="", metric="test_error", lower="plain-20", higher="plain-56")
    (outcome,) = decide([claim], results.by_seed, results.count, results.pools)
    gaps = results.values("plain-56", "test_error") - results.values("plain-20", "test_error")
    assert outcome.contrasts[0][1].se == pytest.approx(gaps.std(ddof=1) / np.sqrt(5))


def test_probes_have_a_figure_and_say_what_they_are(tmp_path):
    base = made_up()
    rows = []
    for layer, one in enumerate(base.plan["experiments"], start=1):
        probe = {"layer": layer % 2 + 1, "classifier": "svm"}
        rows.append({**one, "spec": {**one["spec"], "probe": probe}} | ({"source": "A"} if layer < 3 else {}))
    measures = with_balanced_errors(base.measures)
    cost = base.cost.assign(images_per_second=np.nan)
    plan = {**base.plan, "experiments": rows}
    results = replace(base, plan=plan, measures=measures, curves=base.curves[:0], cost=cost)
    made = built(tmp_path, results)
    svg = made["figures/probes.svg"].decode()
    assert "svm, A</text>" in svg
    assert "svm, random weights</text>" in svg
    assert b"svm on layer 2" in made["report.html"]
    assert b"nan" not in made["tables/cost.csv"]
    assert "figures/curves.svg" not in made


def test_frozen_layers_and_training_images_make_a_map():
    base = compared((100, 400))
    begun = {"plain-20": None, "plain-56": 7, "resnet-20": 4, "resnet-56": 0}
    rows = []
    for one in base.plan["experiments"]:
        frozen = begun["-".join(one["id"].split("-")[:2])]
        spec = {**one["spec"], "augment": []}
        if frozen is not None:
            spec["start"] = {"key": "", "layers": 7, "frozen": frozen, "share": 1.0}
        rows.append({**one, "spec": spec, **({"source": "A"} if frozen is not None else {})})
    measures = with_balanced_errors(base.measures)
    results = replace(base, plan={**base.plan, "experiments": rows}, measures=measures)
    drawn = {one.name: one.svg for one in figures(results, "here")}
    for words in ("from scratch", "7 of 7 layers frozen", "0 of 7 layers frozen", "400"):
        assert f">{words}</text>" in drawn["freeze-map"]
    parts = replace(results, runs=base.runs[base.runs["experiment"] != "plain-56-400"])
    assert "freeze-map" not in {one.name for one in figures(parts, "here")}, "a map has no holes"


def test_the_contact_sheet_stands_in_the_report(tmp_path):
    made = built(tmp_path, averaged())
    assert made["augmentations.png"] == b"a picture"
    assert base64.b64encode(b"a picture") in made["report.html"]
    assert b"(augmentations.png)" in made["report.md"]
    assert b"Contact sheet" not in built(tmp_path / "other", made_up())["report.html"]


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
