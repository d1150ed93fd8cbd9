from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
import torch

from bench.common.bits import unpacked
from bench.common.errors import UserError
from bench.data import load
from bench.data.sets import write
from bench.spec import DataUse, Recipe, RunSpec
from bench.train import checkpoint
from bench.train.run import Context, Interrupted, run
from bench.train.tasks.classify import Classify
from tests.conftest import tiny_arrays

RECIPE = Recipe(epochs=3, batch_size=32, lr=0.1, schedule="cosine")


def tiny_spec(data_dir: Path, **changes) -> RunSpec:
    fingerprint = load("tiny", data_dir).fingerprint
    spec = RunSpec(
        model={"name": "resnet-8", "options": {"width": 4}},
        data=DataUse(name="tiny", fingerprint=fingerprint, train=160, validation=64, size=8),
        augment=({"name": "crop", "options": {"padding": 1}}, "flip"),
        recipe=RECIPE,
        seed=3,
    )
    return spec.replace(**changes)


def classify() -> Classify:
    """The task of a plain recipe, for steps that no run asks for."""
    data = DataUse(name="none", fingerprint="")
    return Classify(RunSpec(model="resnet-8", data=data, augment=(), recipe=RECIPE, seed=0))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / "weights.pt", weights_only=True)


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def deterministic(result) -> dict:
    """All of a result that does not depend on the clock."""
    curve = [replace(epoch, seconds=0.0, images_per_second=0.0) for epoch in result.curve]
    return {"status": result.status, "metrics": result.metrics, "curve": curve}


def test_it_learns_and_reports_every_epoch(data_dir, tmp_path):
    seen = []
    spec = tiny_spec(data_dir, recipe=RECIPE.replace(epochs=12))
    result = run(spec, Context(data_dir, tmp_path, report=seen.append))
    assert [epoch.epoch for epoch in seen] == list(range(1, 13))
    assert tuple(seen) == result.curve
    assert result.status == "finished"
    assert result.metrics["test_error"] < 50 < result.curve[0].train_error + 25
    assert set(result.metrics) == {
        "train_error", "train_loss", "test_error", "test_balanced_error", "test_loss", "validation_error",
    }  # fmt: skip
    assert result.cost["seconds"] > 0


EVERYTHING = ("mixup", "cutmix", "pca-colour", "rand-augment", "elastic", "resized-crop")


@pytest.mark.parametrize(
    ("stop_after", "changes"), [(1, {}), (2, {}), (2, {"augment": EVERYTHING})], ids=["1", "2", "augmented"]
)
def test_a_resumed_run_is_bit_identical(data_dir, tmp_path, stop_after, changes):
    spec, seen = tiny_spec(data_dir, **changes), []
    whole = run(spec, Context(data_dir, tmp_path / "whole"))
    torch.manual_seed(12345)  # what a kept worker may have left behind
    np.random.seed(1)
    first = Context(
        data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: len(seen) >= stop_after
    )
    with pytest.raises(Interrupted):
        run(spec, first)
    assert len(seen) == stop_after
    resumed = run(spec, Context(data_dir, tmp_path / "cut"))
    assert deterministic(resumed) == deterministic(whole)
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "whole"))


def test_mixed_labels_are_what_the_loss_compares_with(data_dir, tmp_path):
    """With mixup the loss cannot fall to zero: no prediction is right for two labels at once."""
    plain, mixed = (
        run(
            tiny_spec(data_dir, augment=augment, recipe=RECIPE.replace(epochs=12)),
            Context(data_dir, tmp_path / f"{len(augment)}"),
        )
        for augment in ((), ("mixup",))
    )
    assert plain.curve[-1].train_loss < 0.3 < mixed.curve[-1].train_loss
    assert mixed.metrics["test_error"] < 50, "it learns all the same"


def test_dropout_s_generator_is_resumed_too(data_dir, tmp_path, monkeypatch):
    """Global generators are reseeded at every epoch, so a network that draws from them resumes exactly."""
    from bench import models

    build = models.build

    def with_dropout(name, **options):
        return torch.nn.Sequential(torch.nn.Dropout(0.2), build(name, **options))

    monkeypatch.setattr(models, "build", with_dropout)
    test_a_resumed_run_is_bit_identical(data_dir, tmp_path, 1, {})


def test_it_keeps_which_test_images_it_got_right(data_dir, tmp_path):
    spec, images = tiny_spec(data_dir), load("tiny", data_dir)
    result = run(spec, Context(data_dir, tmp_path))
    right = unpacked(result.right, len(images.y_test))
    assert 100 * (1 - right.mean()) == pytest.approx(result.metrics["test_error"])
    assert 0 < right.sum() < len(right)
    again = run(spec, Context(data_dir, tmp_path / "again"))
    assert again.right == result.right
    trial = run(spec.replace(trial={"study": "s", "number": 1}), Context(data_dir, tmp_path / "trial"))
    assert trial.right == ""


def test_seeds_differ(data_dir, tmp_path):
    results = [run(tiny_spec(data_dir, seed=s), Context(data_dir, tmp_path / str(s))) for s in (0, 1)]
    assert results[0].curve[0].train_loss != results[1].curve[0].train_loss


def test_a_run_that_finished_unheard_is_not_trained_again(data_dir, tmp_path):
    spec = tiny_spec(data_dir)
    first = run(spec, Context(data_dir, tmp_path))
    heard = []
    again = run(spec, Context(data_dir, tmp_path, report=heard.append))
    assert again == first
    assert heard == []


def test_divergence_is_a_result_at_chance(data_dir, tmp_path):
    spec = tiny_spec(data_dir, recipe=RECIPE.replace(lr=1e18, schedule="constant", precision="fp32"))
    result = run(spec, Context(data_dir, tmp_path))
    assert result.status == "diverged"
    kinds = ("validation_error", "train_error", "test_error", "test_balanced_error")
    chance = dict.fromkeys(kinds, 75.0)
    assert result.metrics == {**chance, "train_loss": np.log(4), "test_loss": np.log(4)}


def test_pruning_ends_a_run_at_its_limit(data_dir, tmp_path):
    spec = tiny_spec(data_dir, trial={"study": "s", "number": 0})
    result = run(spec, Context(data_dir, tmp_path, limits={2: -1.0}))
    assert result.status == "pruned"
    assert len(result.curve) == 2
    kept = run(spec, Context(data_dir, tmp_path / "kept", limits={2: 100.0}))
    assert kept.status == "finished"


class TestFirewall:
    """Tuning, training and choices never see the test split."""

    def test_trials_report_nothing_of_it(self, data_dir, tmp_path):
        result = run(tiny_spec(data_dir, trial={"study": "s", "number": 0}), Context(data_dir, tmp_path))
        assert set(result.metrics) == {"validation_error"}
        assert not (tmp_path / "weights.pt").exists()

    def test_other_test_images_change_only_the_test_figures(self, data_dir, tmp_path):
        other = tmp_path / "data"
        arrays = tiny_arrays()
        arrays["x_test"] = 255 - arrays["x_test"]
        write(other / "tiny.npz", arrays)
        one = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "1"))
        two = run(tiny_spec(other), Context(other, tmp_path / "2"))
        assert same(weights(tmp_path / "1"), weights(tmp_path / "2"))
        assert deterministic(one)["curve"] == deterministic(two)["curve"]
        differing = {name for name in one.metrics if one.metrics[name] != two.metrics[name]}
        assert differing <= {"test_error", "test_balanced_error", "test_loss"}
        assert "test_loss" in differing

    def test_the_test_split_is_opened_once_after_the_last_step(self, data_dir, tmp_path, monkeypatch):
        import importlib

        engine = importlib.import_module("bench.train.training")
        opened, epochs = [], []
        real = engine.open_test
        monkeypatch.setattr(engine, "open_test", lambda *a: opened.append(len(epochs)) or real(*a))
        run(tiny_spec(data_dir), Context(data_dir, tmp_path, report=epochs.append))
        assert opened == [RECIPE.epochs]


def test_without_validation_all_images_train(data_dir, tmp_path):
    data = tiny_spec(data_dir).data.replace(train=None, validation=0)
    result = run(tiny_spec(data_dir, data=data), Context(data_dir, tmp_path))
    assert result.curve[0].validation_error is None
    assert "validation_error" not in result.metrics


def test_a_changed_data_set_is_refused(data_dir, tmp_path):
    data = tiny_spec(data_dir).data.replace(fingerprint="0" * 64)
    with pytest.raises(UserError, match="has changed since planning"):
        run(tiny_spec(data_dir, data=data), Context(data_dir, tmp_path))


def test_bf16_and_fp32_reach_about_the_same(data_dir, tmp_path):
    losses = [
        run(tiny_spec(data_dir, recipe=RECIPE.replace(precision=p)), Context(data_dir, tmp_path / p))
        .curve[-1]
        .train_loss
        for p in ("bf16", "fp32")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=0.1)


def test_warm_up_holds_until_the_level_is_reached(data_dir, tmp_path):
    level = {"lr": 0.001, "until_train_error": 1.0}
    spec = tiny_spec(data_dir, recipe=RECIPE.replace(schedule="constant", warmup=level))
    assert [epoch.lr for epoch in run(spec, Context(data_dir, tmp_path / "1")).curve] == [0.001] * 3
    easy = {"lr": 0.001, "until_train_error": 99.0}
    spec = tiny_spec(data_dir, recipe=RECIPE.replace(schedule="constant", warmup=easy))
    assert [epoch.lr for epoch in run(spec, Context(data_dir, tmp_path / "2")).curve] == [0.001, 0.1, 0.1]


def test_checkpoints_of_another_run_or_cut_off_are_not_used(tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, {"key": "a", "x": torch.ones(2)})
    assert checkpoint.load(path, "a") is not None
    assert checkpoint.load(path, "b") is None
    path.write_bytes(path.read_bytes()[:50])
    assert checkpoint.load(path, "a") is None
    assert checkpoint.load(tmp_path / "none.pt", "a") is None
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_runs_that_share_a_process_are_those_that_run_alone(data_dir, tmp_path):
    """Four at once, in threads: none draws from what another has seeded."""
    alone = Lock()

    def trained(seed, folder, lock):
        return deterministic(run(tiny_spec(data_dir, seed=seed), Context(data_dir, folder, alone=lock)))

    separately = [trained(seed, tmp_path / f"alone {seed}", None) for seed in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda seed: trained(seed, tmp_path / f"together {seed}", alone), range(24))
        assert list(together) == separately


def test_a_network_that_draws_cannot_share_a_process(data_dir, tmp_path):
    spec = tiny_spec(data_dir, model={"name": "alexnet", "options": {"input_size": 32, "scale": 1 / 16}})
    spec = spec.replace(data=spec.data.replace(size=None))
    with pytest.raises(UserError, match="alexnet draws random numbers as it trains"):
        run(spec, Context(data_dir, tmp_path, alone=Lock()))
