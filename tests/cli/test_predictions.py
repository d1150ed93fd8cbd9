"""Averaged predictions, from the command line."""

import json

import pandas as pd
import pytest

from bench.common.bits import unpacked
from bench.results.files import read
from tests.conftest import one_line

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
    kept = read(folder).right
    kept = kept[kept["experiment"] == "net"].sort_values("seed")
    right = [unpacked(*row) for row in zip(kept["right"], kept["images"], strict=True)]
    assert [100 * (1 - one.mean()) for one in right] == pytest.approx(own)
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
