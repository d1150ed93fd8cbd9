"""Asked wrongly: one clear line, exit code 2, and nothing that was finished is lost."""

import json

import numpy as np
import pandas as pd
import pytest

from bench.data.sets import write
from bench.results.tables import read
from tests.conftest import one_line, tiny_arrays


def run_tiny(suites_dir, data, *more):
    return (
        "run",
        "tiny",
        "--profile",
        "smoke",
        "--serial",
        "--suites-dir",
        suites_dir,
        "--data-dir",
        data,
        *more,
    )


def test_help_has_an_example_for_every_command(command):
    code, overview, _ = command("--help")
    assert code == 0
    for name in ("list", "show", "plan", "run", "report", "ui", ("data", "get")):
        words = (name,) if isinstance(name, str) else name
        assert words[0] in overview
        code, text, _ = command(*words, "--help")
        assert code == 0
        assert f"Example: bench {' '.join(words)}" in text


def test_unknown_suite(command):
    assert "no suite 'resnet'" in one_line(command("run", "resnet"))


def test_unknown_profile(command, suites_dir, data_dir):
    said = command("plan", "tiny", "--profile", "quik", "--suites-dir", suites_dir, "--data-dir", data_dir)
    assert "no profile 'quik'" in one_line(said)


def test_unknown_experiment_pattern(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir, "--only", "vgg*"))
    assert "there are: plain-8, resnet-8" in one_line(said)


def test_unknown_option(command):
    code, _, errors = command("run", "tiny", "--sedes", "3")
    assert code == 2
    assert "--sedes" in errors


def test_broken_npz(command, suites_dir, tmp_path):
    (tmp_path / "tiny.npz").write_bytes(b"PK\x03\x04 not really")
    assert "not a readable .npz" in one_line(command(*run_tiny(suites_dir, tmp_path)))


def test_labels_out_of_range(command, suites_dir, tmp_path):
    write(tmp_path / "tiny.npz", {**tiny_arrays(), "y_train": np.full(256, 9)})
    assert "labels must be 0 to 3" in one_line(command(*run_tiny(suites_dir, tmp_path)))


def test_no_data_in_paper(command, suites_dir, tmp_path):
    said = command(
        "run", "tiny", "--profile", "paper", "--suites-dir", suites_dir, "--data-dir", tmp_path / "x"
    )
    assert "takes no stand-in: put tiny.npz into" in one_line(said)


def test_runs_folder_that_cannot_be(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir, "--runs-dir", "/dev/null/runs"))
    assert "runs folder /dev/null/runs cannot be written" in one_line(said)


def test_tracking_server_that_does_not_answer(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir), MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert "http://127.0.0.1:9 does not answer" in one_line(said)


def test_report_without_results(command):
    assert "there are no results of tiny" in one_line(command("report", "tiny"))


def test_a_second_driver_is_refused(command, suites_dir, data_dir, tmp_path):
    from bench.execute.driver import sole_driver

    with sole_driver(tmp_path / "runs"):
        assert "another bench run (process" in one_line(command(*run_tiny(suites_dir, data_dir)))


def test_a_reports_folder_that_cannot_be_loses_no_run(command, suites_dir, data_dir, tmp_path):
    said = command(*run_tiny(suites_dir, data_dir, "--no-tune", "--reports-dir", "/dev/null/x"))
    assert "cannot be written" in one_line(said)
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--no-tune"))
    assert code == 0
    assert "4 of 4 runs are there, 0 to do" in out


def test_the_whole_way(command, suites_dir, data_dir, tmp_path):
    """Plan, run, run again, more seeds, stale code, report, publish."""
    tiny = ("--suites-dir", suites_dir, "--data-dir", data_dir, "--profile", "smoke")
    code, out, _ = command("plan", "tiny", *tiny)
    assert code == 0
    assert "from a short probe" in out
    assert "0 + 2 + 0 (after tuning)" in out
    code, _, errors = command("plan", "tiny", *tiny, "--refuse-over", "0.0")
    assert code == 2
    assert "over the limit of 0" in errors

    code, out, _ = command(*run_tiny(suites_dir, data_dir))
    assert code == 0
    assert "0 of 10 runs are there, 10 to do" in out
    folder = tmp_path / "reports" / "tiny" / "smoke"
    made = {path.name for path in folder.iterdir()}
    assert made >= {
        "suite.json", "runs.csv", "measures.csv", "curves.csv", "trials.csv", "counts.csv", "cost.csv",
        "provenance.json", "verdicts.json", "report.md", "report.html", "tables", "figures",
    }  # fmt: skip
    assert list((tmp_path / "runs" / "optuna").glob("*.journal"))
    assert not list((tmp_path / "runs" / "work").glob("*")), (
        "checkpoints are gone once the store has the runs"
    )

    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--seeds", "3"))
    assert code == 0
    assert "10 of 12 runs are there, 2 to do" in out

    code, out, _ = command("plan", "tiny", *tiny)
    assert "from recorded runs" in out

    code, out, _ = command("report", "tiny", "--publish")
    assert code == 0
    published = tmp_path / "reports" / "published" / "tiny" / "smoke"
    for name in ("runs.csv", "verdicts.json", "report.html", "figures/curves.svg"):
        assert (published / name).read_bytes() == (folder / name).read_bytes()
    code, out, _ = command("report")
    assert out.count("report: ") == 2


OPEN = '''
"""A claim that five seeds decide, and one that none do."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.spec import Data

def less(name, lower, higher):
    return Difference(id=name, text=name, metric="test_error", lower=lower, higher=higher)

suite = Suite(
    title="Open",
    question="Does training help?",
    data="tiny",
    experiments=[
        Experiment(id="long", recipe={"epochs": 8}),
        Experiment(id="none", recipe={"lr": 1e-9}),
        Experiment(id="one", recipe={"epochs": 2}),
        Experiment(id="other", recipe={"epochs": 2, "weight_decay": 2e-4}),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)", data=Data(train=128, validation=64, size=8),
            recipe=Recipe(epochs=1, batch_size=32), seeds=2,
        )
    },
    claims=[less("helps", "long", "none"), less("same", "one", "other")],
)
'''


def test_further_seeds_go_to_open_claims_alone(command, suites_dir, data_dir, tmp_path, monkeypatch):
    (suites_dir / "open.py").write_text(OPEN)
    run = (
        "run",
        "open",
        "--profile",
        "smoke",
        "--serial",
        "--suites-dir",
        suites_dir,
        "--data-dir",
        data_dir,
    )
    assert "give one of them" in one_line(command(*run, "--until-decided", "--seeds", "3"))
    monkeypatch.setattr("bench.claims.stats.seeds_for_power", lambda *_, **options: 7)  # as if it were near
    code, out, errors = command(*run, "--until-decided", "--max-seeds", "8")
    assert code == 0, errors
    assert "helps: supported with 5 seeds; no more are needed" in out
    assert "same: open with 5 seeds, about 3 more seeds needed; it goes on to 8" in out
    assert "same: open with 8 seeds, about 4 more seeds needed; it stops, the limit is 8" in out
    folder = tmp_path / "reports" / "open" / "smoke"
    seeds = pd.read_csv(folder / "runs.csv").groupby("experiment").size().to_dict()
    assert seeds == {"long": 5, "none": 5, "one": 8, "other": 8}
    text = (folder / "report.md").read_text()
    assert "n = 5 to 8 seeds" in text
    assert "incomplete" not in text
    code, out, errors = command(*run, "--until-decided", "--max-seeds", "8")
    assert "26 of 26 runs are there, 0 to do" in out, "nothing is trained twice"


def test_what_would_do_nothing_is_asked_wrongly(command, tmp_path):
    assert "there is no folder of runs" in one_line(
        command("export", tmp_path / "nowhere", tmp_path / "x.zip")
    )
    assert "limit of --until-decided" in one_line(command("run", "tiny", "--max-seeds", "8"))
    (tmp_path / "cut.zip").write_bytes(b"half")
    assert "no whole file of runs" in one_line(
        command("import", tmp_path / "cut.zip", "--runs-dir", tmp_path / "new")
    )
    assert not list(tmp_path.glob("n*")), "nothing is left behind"


AVERAGED = '''
"""Averages for tests."""

from bench import Ensemble, Experiment, Predict, Profile, Recipe, Suite
from bench.claims import CountRatio, Difference
from bench.spec import Data

suite = Suite(
    title="Averaged",
    question="Do two nets beat one?",
    data="tiny",
    experiments=[
        Experiment(id="net", predict=Predict(ema=0.9, average=1, shift=1)),
        Experiment(id="cyclic", recipe={"schedule": "cyclic", "cycles": 2}, predict=Predict()),
    ],
    ensembles=[
        Ensemble(id="one", of="net"),
        Ensemble(id="two", of="net", members=2),
        Ensemble(id="ten crops", of="net", views=10),
        Ensemble(id="smooth", of="net", weights="ema"),
        Ensemble(id="snapshots", of="cyclic", weights="cycles"),
        Ensemble(id="both", of=("net", "cyclic")),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)",
            data=Data(train=128, validation=64, size=8),
            recipe=Recipe(epochs=2, batch_size=32),
            seeds=4,
        )
    },
    claims=[
        Difference(id="averaging", text="Two beat one.", metric="test_error", lower="two", higher="one"),
        CountRatio(id="price", text="", quantity="macs", base="one", times={"two": 2, "ten crops": 10}),
        CountRatio(id="training", text="", quantity="training_macs", base="one", times={"snapshots": 1}),
    ],
)
'''


def test_predictions_are_averaged_and_checked(command, suites_dir, data_dir, tmp_path):
    (suites_dir / "averaged.py").write_text(AVERAGED)
    run = ("run", "averaged", "--profile", "smoke", "--serial", "--suites-dir", suites_dir)
    code, _, errors = command(*run, "--data-dir", data_dir)
    assert code == 0, errors
    folder = tmp_path / "reports" / "averaged" / "smoke"
    rows = pd.read_csv(folder / "ensembles.csv")
    sets = {"one": 4, "two": 2, "ten crops": 4, "smooth": 4, "snapshots": 4, "both": 4}
    assert rows.groupby("ensemble").size().to_dict() == sets
    assert rows[rows["ensemble"] == "snapshots"]["nets"].tolist() == [2] * 4
    own = list(read(folder).values("net", "test_error"))
    assert rows[rows["ensemble"] == "one"]["test_error"].to_numpy() == pytest.approx(own)
    verdicts = {one["claim"]: one["verdict"] for one in json.loads((folder / "verdicts.json").read_text())}
    assert verdicts == {"averaging": "undecided", "price": "supported", "training": "supported"}
    assert {path.stem for path in (folder / "figures").iterdir()} >= {"ensembles", "averages"}

    first = (folder / "ensembles.csv").read_bytes()
    (path, *_) = (tmp_path / "runs").rglob("predictions.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    said = one_line(command(*run, "--data-dir", data_dir))
    assert "changed or cut; delete the run and give the command again" in said
    path.unlink()
    assert "No such file" in one_line(command(*run, "--data-dir", data_dir))
    path.write_bytes(whole)
    assert command(*run, "--data-dir", data_dir)[0] == 0
    assert (folder / "ensembles.csv").read_bytes() == first


TRANSFER = '''
"""A transfer for tests."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.spec import Data, Transfer

suite = Suite(
    title="Transfer",
    question="Do the first layers transfer?",
    data="tiny",
    sources=[Experiment(id="A", data={"half": "A"})],
    experiments=[
        Experiment(id="B", data={"half": "B"}),
        Experiment(id="A3B", data={"half": "B"}, start=Transfer(source="A", layers=3, frozen=3)),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)",
            data=Data(train=60, validation=20, size=8),
            recipe=Recipe(epochs=2, batch_size=20),
            seeds=2,
        )
    },
    claims=[Difference(id="scratch", text="Scratch wins.", metric="test_error", lower="B", higher="A3B")],
)
'''


def test_runs_begin_with_what_their_sources_have_learnt(command, suites_dir, data_dir, tmp_path):
    (suites_dir / "transfer.py").write_text(TRANSFER)
    run = ("run", "transfer", "--profile", "smoke", "--serial", "--suites-dir", suites_dir)
    code, out, errors = command(*run, "--data-dir", data_dir)
    assert code == 0, errors
    assert "0 of 6 runs are there, 6 to do" in out
    folder = tmp_path / "reports" / "transfer" / "smoke"
    assert not list((tmp_path / "runs" / "work").glob("*")), "nothing is left over"
    assert pd.read_csv(folder / "cost.csv")["phase"].value_counts().to_dict() == {"final": 4, "source": 2}
    (claim,) = json.loads((folder / "verdicts.json").read_text())
    assert claim["n"] == 2
    results = read(folder)
    gaps = pd.Series(results.by_seed("A3B", "test_error")) - pd.Series(results.by_seed("B", "test_error"))
    assert claim["contrasts"][0]["value"] == pytest.approx(gaps.mean())
    assert claim["contrasts"][0]["se"] == pytest.approx(gaps.sem()), "paired: one seed, one choice of halves"

    code, out, errors = command(*run, "--data-dir", data_dir, "--seeds", "3")
    assert code == 0, errors
    assert "6 of 9 runs are there, 3 to do" in out


def test_runs_begin_with_weights_from_a_file(command, suites_dir, data_dir, tmp_path):
    (suites_dir / "transfer.py").write_text(TRANSFER)
    run = ("run", "transfer", "--profile", "smoke", "--serial", "--suites-dir", suites_dir)
    assert command(*run, "--data-dir", data_dir, "--only", "B")[0] == 0
    data = tmp_path / "with-weights"
    data.mkdir()
    (data / "tiny.npz").write_bytes((data_dir / "tiny.npz").read_bytes())
    given = TRANSFER.replace('id="A", data={"half": "A"}', 'id="A", weights="mine"')
    (suites_dir / "transfer.py").write_text(given)
    assert "there are no weights 'mine'" in one_line(command(*run, "--data-dir", data))
    kept = next((tmp_path / "runs" / "artifacts").rglob("weights.pt"))
    (data / "mine.pt").write_bytes(kept.read_bytes())
    code, out, errors = command(*run, "--data-dir", data)
    assert code == 0, errors
    assert "2 of 4 runs are there, 2 to do" in out
    plan = json.loads((tmp_path / "reports" / "transfer" / "smoke" / "suite.json").read_text())
    assert plan["given"][0]["weights"] == "mine"
    assert len(plan["given"][0]["sha256"]) == 64


def test_a_source_that_is_there_is_not_trained_again(command, suites_dir, data_dir):
    (suites_dir / "transfer.py").write_text(TRANSFER)
    run = ("run", "transfer", "--profile", "smoke", "--serial", "--suites-dir", suites_dir)
    assert command(*run, "--data-dir", data_dir, "--only", "B")[0] == 0
    other = (suites_dir / "transfer.py").read_text().replace("layers=3, frozen=3", "layers=4, frozen=3")
    (suites_dir / "transfer.py").write_text(TRANSFER)
    assert command(*run, "--data-dir", data_dir)[0] == 0
    (suites_dir / "transfer.py").write_text(other)
    code, out, errors = command(*run, "--data-dir", data_dir)
    assert code == 0, errors
    assert "4 of 6 runs are there, 2 to do" in out


PROBES = '''
"""Probes for tests."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.spec import Data, Probe, Transfer

suite = Suite(
    title="Probes",
    question="Do deeper features serve better?",
    data="tiny",
    sources=[Experiment(id="elsewhere", dataset="other")],
    experiments=[
        Experiment(id="random", probe=Probe(layer=7)),
        Experiment(id="learnt", probe=Probe(layer=7), start=Transfer(source="elsewhere", layers=7, frozen=7)),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)",
            data=Data(train=128, validation=64, size=8),
            recipe=Recipe(epochs=6, batch_size=32),
            seeds=2,
            stand_in=False,
        )
    },
    claims=[
        Difference(
            id="learnt", text="Learnt wins.", metric="test_balanced_error", lower="learnt", higher="random"
        )
    ],
)
'''


def test_probes_of_a_net_that_learnt_elsewhere(command, suites_dir, data_dir, tmp_path):
    (suites_dir / "probes.py").write_text(PROBES)
    data = tmp_path / "both"
    data.mkdir()
    (data / "tiny.npz").write_bytes((data_dir / "tiny.npz").read_bytes())
    run = ("run", "probes", "--profile", "smoke", "--serial", "--suites-dir", suites_dir, "--data-dir", data)
    assert "there is no data set 'other'" in one_line(command(*run))
    write(data / "other.npz", tiny_arrays(train=300))
    code, _, errors = command(*run)
    assert code == 0, errors
    folder = tmp_path / "reports" / "probes" / "smoke"
    results = read(folder)
    means = {name: results.values(name, "test_balanced_error").mean() for name in results.experiments}
    assert min(means, key=means.__getitem__) == "learnt"
    assert (folder / "figures" / "probes.svg").is_file()
    assert command(*run)[0] == 0, "and again, from the store"
    (suites_dir / "probes.py").write_text(PROBES.replace("layer=7)", "layer=9)"))
    assert "experiment random: no layer 9 to probe: there are 1 to 7" in one_line(command(*run))


def test_stale_runs_are_shown_and_not_used(command, suites_dir, data_dir, monkeypatch):
    untuned = ("--no-tune", "--only", "plain-8")
    assert command(*run_tiny(suites_dir, data_dir, *untuned))[0] == 0
    from bench.plan import plan

    monkeypatch.setattr(plan, "code_hash", lambda family: "other code")
    said = one_line(command(*run_tiny(suites_dir, data_dir, *untuned)))
    assert "2 finished runs of this plan were made by other code" in said
    code, out, _ = command(*run_tiny(suites_dir, data_dir, *untuned, "--accept-stale"))
    assert code == 0
    assert "2 of 2 runs are there" in out
    code, out, _ = command(*run_tiny(suites_dir, data_dir, *untuned, "--retrain-stale"))
    assert code == 0
    assert "0 of 2 runs are there, 2 to do" in out


def test_a_part_is_reported_as_a_part(command, suites_dir, data_dir, tmp_path):
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--no-tune", "--only", "plain-8"))
    assert code == 0
    assert "0 of 2 runs are there, 2 to do" in out
    title = (tmp_path / "reports" / "tiny" / "smoke" / "report.md").read_text().splitlines()[0]
    assert title.endswith("incomplete: 2 of 4 runs")


def test_data_get_shapes(command, tmp_path):
    code, out, _ = command("data", "get", "shapes", "--data-dir", tmp_path)
    assert code == 0
    assert "12,000 training" in out


def test_stop_after_leaves_work_and_says_how_to_go_on(command, suites_dir, data_dir):
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--stop-after", "0"))
    assert code == 1
    assert "Give the same command again" in out
    assert command(*run_tiny(suites_dir, data_dir))[0] == 0
