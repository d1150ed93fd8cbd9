"""Transfer and probes, from the command line."""

import json

import pandas as pd
import pytest

from bench.data.sets import write
from bench.results.files import read
from tests.conftest import one_line, tiny_arrays

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
    assert list(results.provenance["sources"]) == ["other"]
    assert " Sources, other: " in (folder / "report.md").read_text()
    means = {name: results.values(name, "test_balanced_error").mean() for name in results.experiments}
    assert min(means, key=means.__getitem__) == "learnt"
    assert (folder / "figures" / "errors.svg").is_file()
    assert command(*run)[0] == 0, "and again, from the store"
    (suites_dir / "probes.py").write_text(PROBES.replace("layer=7)", "layer=9)"))
    assert "experiment random: no layer 9 to probe: there are 1 to 7" in one_line(command(*run))
