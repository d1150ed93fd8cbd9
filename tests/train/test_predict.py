"""What runs keep of their predictions: views, weight sets, resume, and what they leave alone."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from bench.common import predictions
from bench.common.schedules import cycle_ends, rate
from bench.common.views import VIEWS
from bench.data import load
from bench.data.split import open_split, open_test
from bench.spec.ensemble import Predict
from bench.spec.recipe import Recipe
from bench.train.epoch import evaluate
from bench.train.network import Network
from bench.train.predict import in_half, shifted
from bench.train.run import Context, Interrupted, run
from bench.train.weights import WeightSets
from tests.train.test_run import RECIPE, deterministic, tiny_spec, weights

ALL = Predict(ema=0.9, average=2, shift=1)
CYCLIC = RECIPE.replace(epochs=4, schedule="cyclic", cycles=2)


def kept(folder, spec, result):
    return predictions.read((folder / predictions.FILE).read_bytes(), spec.key, result.predictions)


def test_everything_declared_is_kept(data_dir, tmp_path):
    spec = tiny_spec(data_dir, recipe=CYCLIC, predict=ALL)
    result = run(spec, Context(data_dir, tmp_path))
    arrays = kept(tmp_path, spec, result)
    views = {f"last/{i}" for i in range(len(VIEWS))}
    others = {"ema/0", "average/0", "cycle-1/0", "cycle-2/0", "labels"}
    assert arrays.keys() == {f"{split}/{name}" for split in ("test", "validation") for name in views | others}
    logs = arrays["test/last/0"].astype(np.float64)
    assert np.exp(logs).sum(1) == pytest.approx(1, abs=0.01)
    wrong = 100 * np.mean(logs.argmax(1) != arrays["test/labels"])
    assert wrong == pytest.approx(result.metrics["test_error"])
    assert np.array_equal(arrays["test/cycle-2/0"], arrays["test/last/0"]), "the last cycle ends the run"
    assert not np.array_equal(arrays["test/cycle-1/0"], arrays["test/last/0"])


def test_keeping_predictions_changes_nothing_else(data_dir, tmp_path):
    plain = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "plain"))
    keeping = run(tiny_spec(data_dir, predict=ALL), Context(data_dir, tmp_path / "keeping"))
    assert deterministic(plain) == deterministic(keeping)
    assert not (tmp_path / "plain" / predictions.FILE).exists()
    assert plain.predictions == ""


def test_a_resumed_run_predicts_the_same_bytes(data_dir, tmp_path):
    spec, seen = tiny_spec(data_dir, recipe=CYCLIC, predict=ALL), []
    whole = run(spec, Context(data_dir, tmp_path / "whole"))
    cut = Context(data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: len(seen) >= 3)
    with pytest.raises(Interrupted):
        run(spec, cut)
    assert run(spec, Context(data_dir, tmp_path / "cut")).predictions == whole.predictions


def test_trials_and_diverged_runs_predict_nothing(data_dir, tmp_path):
    trial = tiny_spec(data_dir, predict=ALL, trial={"study": "s", "number": 0})
    assert run(trial, Context(data_dir, tmp_path / "trial")).predictions == ""
    wild = RECIPE.replace(lr=1e18, schedule="constant", precision="fp32")
    diverged = run(tiny_spec(data_dir, recipe=wild, predict=ALL), Context(data_dir, tmp_path / "wild"))
    assert (diverged.status, diverged.predictions) == ("diverged", "")


def test_averaged_weights_are_what_plain_arithmetic_gives(data_dir):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    start = deepcopy(model.state_dict())
    sets = WeightSets(model, Predict(ema=0.9, average=2), Recipe(epochs=3, schedule="cyclic", cycles=3))
    seen = []
    for epoch in (1, 2, 3):
        with torch.no_grad():
            for one in model.parameters():
                one += epoch
            model[1].num_batches_tracked += 1
        sets.after_step()
        sets.after_epoch(epoch)
        seen.append(deepcopy(model.state_dict()))
    ema = start["0.weight"]
    for one in seen:
        ema = 0.9 * ema + 0.1 * one["0.weight"]
    assert torch.allclose(sets.ema.state_dict()["0.weight"], ema)
    assert sets.ema.state_dict()["1.num_batches_tracked"] == 3
    mean = (seen[1]["0.weight"] + seen[2]["0.weight"]) / 2
    assert torch.allclose(sets.average.state_dict()["0.weight"], mean)
    names = [name for name, _ in sets.models(lambda model: model(torch.randn(8, 3)))]
    assert names == ["last", "ema", "average", "cycle-1", "cycle-2", "cycle-3"]


def test_the_average_s_statistics_are_those_of_the_training_images():
    model = nn.Sequential(nn.BatchNorm1d(3))
    sets = WeightSets(model, Predict(average=1), Recipe(epochs=1))
    sets.after_epoch(1)
    x = torch.randn(40, 3) * 5 + 7

    def see(one):
        for part in x.split(20):
            one(part)

    averaged = dict(sets.models(see))["average"]
    assert torch.allclose(averaged[0].running_mean, x.mean(0), atol=1e-5)


def test_views_move_and_mirror():
    x = torch.arange(2 * 3 * 4 * 4, dtype=torch.uint8).view(2, 3, 4, 4)
    fill = torch.tensor([200.2, 201.0, 202.0])
    assert shifted(x, 0, 0, fill) is x
    moved = shifted(x, 1, -2, fill)
    assert torch.equal(moved[:, :, 1:, :2], x[:, :, :3, 2:])
    assert (moved[:, 0, 0] == 200).all()
    assert (moved[:, 2, :, 2:] == 202).all()


def test_a_view_is_a_crop_of_the_padded_image(data_dir, tmp_path):
    """The fourth view of the run is what evaluation gives on test images that were shifted by hand."""
    spec = tiny_spec(data_dir, predict=Predict(shift=0.125))
    result = run(spec, Context(data_dir, tmp_path))
    images = load("tiny", data_dir)
    split, test = (opened(images, spec.data, torch.device("cpu")) for opened in (open_split, open_test))
    from bench import models

    model = models.build("resnet-8", num_classes=4, in_channels=3, width=4)
    model.load_state_dict(weights(tmp_path))
    network = Network.of(model, split, spec.recipe.precision)
    down, right, mirrored = VIEWS[3]
    assert not mirrored
    moved = shifted(test.x.permute(0, 3, 1, 2), down, right, split.mean).permute(0, 2, 3, 1)
    by_hand = evaluate(network, type(test)(moved.contiguous(), test.y)).error
    logs = kept(tmp_path, spec, result)["test/last/3"]
    assert 100 * np.mean(logs.argmax(1) != test.y.numpy()) == pytest.approx(by_hand, abs=3)


def test_cyclic_rates_restart():
    recipe = Recipe(epochs=6, lr=0.3, schedule="cyclic", cycles=3)
    rates = [rate(recipe, step, 30) for step in range(30)]
    assert [rates[0], rates[10], rates[20]] == [0.3] * 3
    assert rates[9] < 0.01
    assert rates[:10] == rates[10:20] == sorted(rates[:10], reverse=True)
    assert cycle_ends(recipe) == [2, 4, 6]
    assert cycle_ends(Recipe(epochs=6)) == []


def test_half_precision_forgets_no_likeliest_class():
    drawn = np.random.default_rng(0).normal(size=(1000, 10)).astype(np.float32)
    close = drawn.copy()
    close[:, 7] = np.nextafter(drawn.max(1), np.float32(np.inf))  # likeliest by less than halves can tell
    for logits in (drawn, close):
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        assert np.array_equal(in_half(logs).argmax(1), logs.argmax(1))
        assert np.allclose(in_half(logs), logs, rtol=2**-9)  # to one step at most
