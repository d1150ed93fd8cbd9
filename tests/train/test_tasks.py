"""The tasks beside classification (boxes, looks, features without a network), and what all of them share."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from bench.common.errors import UserError
from bench.data import load
from bench.data.augment import Draw, compose
from bench.data.augment.boxes import movable, moved_along
from bench.data.sets import fingerprint, write
from bench.spec import DataUse, Look, Probe, Recipe, RunSpec
from bench.spec.base import Named
from bench.train.context import Context, Interrupted
from bench.train.measures.shifted_error import _moved
from bench.train.run import run
from bench.train.seeding import generator
from bench.train.tasks import task_name, task_of, tasks
from bench.train.tasks.localize import Localize, as_shares, iou
from tests.train.test_run import RECIPE, deterministic, tiny_spec

CPU = torch.device("cpu")


def boxed_arrays() -> dict[str, np.ndarray]:
    """A bright rectangle on dark noise and its box; the colour is the class."""
    rng = np.random.Generator(np.random.PCG64(3))
    arrays: dict[str, np.ndarray] = {}
    for part, n in (("train", 320), ("test", 96)):
        x = rng.integers(0, 60, (n, 16, 16, 3)).astype(np.uint8)
        labels = np.arange(n) % 3
        corner, size = rng.integers(0, 8, (n, 2)), rng.integers(4, 9, (n, 2))
        for image, label, (left, top), (width, height) in zip(x, labels, corner, size, strict=True):
            image[top : top + height, left : left + width, label] = 250
        arrays |= {f"x_{part}": x, f"y_{part}": labels, f"boxes_{part}": np.hstack([corner, size])}
    return arrays


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    """A data folder with `boxed`."""
    folder = tmp_path_factory.mktemp("boxed")
    write(folder / "boxed.npz", boxed_arrays())
    return folder


def boxed_spec(folder, **changes) -> RunSpec:
    spec = RunSpec(
        model="resnet-8(width=4)",
        data=DataUse(name="boxed", fingerprint=load("boxed", folder).fingerprint, validation=64),
        augment=("flip", "crop(padding=2)"),
        recipe=Recipe(epochs=8, batch_size=32, lr=0.1, schedule="one-cycle"),
        seed=0,
        task="localize",
    )
    return spec.replace(**changes)


def test_the_task_follows_from_the_specification():
    base = tiny_plain()
    assert task_name(base) == "classify"
    assert task_name(base.replace(probe=Probe(layer=1))) == "fit"
    assert task_name(base.replace(look=Look(pictures=("filters",)), of="k")) == "look"
    assert task_name(base.replace(task="localize")) == "localize"
    assert tasks() == ["auxiliary", "classify", "fit", "localize", "look"]
    with pytest.raises(UserError, match="there is no task 'localise': did you mean 'localize'"):
        task_of(base.replace(task="localise"))


def tiny_plain() -> RunSpec:
    data = DataUse(name="none", fingerprint="")
    return RunSpec(model="resnet-8", data=data, augment=(), recipe=RECIPE, seed=0)


class TestLocalize:
    def test_it_learns_where_things_are(self, boxed, tmp_path):
        result = run(boxed_spec(boxed), Context(boxed, tmp_path))
        chance = Localize(boxed_spec(boxed)).chance(3)
        assert result.metrics["test_iou"] > 35
        assert result.metrics["test_error"] < chance["error"] / 2
        assert result.metrics["test_error"] <= result.metrics["test_localization_error"] < 100
        names = {"error", "loss", "iou"}
        assert result.metrics.keys() == {
            *(f"train_{name}" for name in names),
            *(f"test_{name}" for name in (*names, "localization_error")),
            "validation_error",
        }

    def test_killed_and_resumed_it_ends_alike(self, boxed, tmp_path):
        spec = boxed_spec(boxed, recipe=Recipe(epochs=2, batch_size=32))
        whole, seen = run(spec, Context(boxed, tmp_path / "whole")), []
        with pytest.raises(Interrupted):
            run(spec, Context(boxed, tmp_path / "cut", report=seen.append, should_stop=lambda: bool(seen)))
        assert deterministic(run(spec, Context(boxed, tmp_path / "cut"))) == deterministic(whole)

    def test_the_loss_leaves_boxes_out_of_sight_alone(self):
        task = Localize(tiny_plain())
        labels = torch.tensor([0, 1])
        outputs = torch.zeros(2, 2 + 4, requires_grad=True)
        target = torch.tensor([[0.4, 0.6, 0.2, 0.2, 1.0], [0.9, 0.9, 0.1, 0.1, 0.0]])
        task.loss(outputs, labels, target).backward()
        boxes = outputs.grad[:, 2:]
        assert boxes[0].abs().min() > 0
        assert boxes[1].abs().max() == 0
        assert outputs.grad[1, :2].abs().min() > 0  # its class still counts

    def test_overlap_of_boxes(self):
        one = as_shares(torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4], [0, 0, 2, 2], [1, 1, 2, 2]]), side=8)
        other = as_shares(torch.tensor([[0.0, 0, 4, 4], [2, 0, 4, 4], [4, 4, 2, 2], [0, 0, 4, 4]]), side=8)
        assert iou(one, other).tolist() == pytest.approx([1, 8 / 24, 0, 4 / 16])

    def test_a_set_without_boxes_and_a_method_that_loses_them_are_refused(self, data_dir, tmp_path):
        with pytest.raises(UserError, match="localize needs boxes, and the data set 'tiny' has none"):
            run(tiny_spec(data_dir, task="localize"), Context(data_dir, tmp_path))
        with pytest.raises(UserError, match="augmentation mixup: boxes cannot be moved along"):
            movable([Named(name="flip"), Named(name="mixup")])


class TestBoxes:
    """Boxes go where the pixels go: a white rectangle is framed by its box before and after."""

    @pytest.mark.parametrize(
        "steps",
        [
            ("flip",),
            ("half-turn",),
            ("crop(padding=3, border='zero')",),
            ("brightness(strength=0.4)", "flip", "hue(strength=0.2)", "crop(padding=4, border='zero')"),
            ("rotation(degrees=40.0)",),
            ("resized-crop(area=0.4)",),
        ],
        ids=str,
    )
    def test_they_move_along(self, steps):
        n, side = 64, 24
        rng = np.random.Generator(np.random.PCG64(1))
        boxes = np.hstack([rng.integers(2, 10, (n, 2)), rng.integers(4, 12, (n, 2))]).astype(np.float32)
        images = np.zeros((n, side, side, 3), dtype=np.uint8)
        for image, (x, y, width, height) in zip(images, boxes.astype(int), strict=True):
            image[y : y + height, x : x + width] = 255
        named = [Named.model_validate(step) for step in steps]
        draws = generator(0, 1, "augment", CPU)
        draw, before = Draw(draws, torch.zeros(3), lambda: torch.eye(3)), draws.get_state()
        pixels = torch.from_numpy(images).permute(0, 3, 1, 2)
        moved, _ = compose(named)(pixels, draw)
        found, seen = moved_along(torch.from_numpy(boxes), pixels.shape, named, draw, before)
        for image, box, there in zip(moved.permute(0, 2, 3, 1).numpy(), found.numpy(), seen, strict=True):
            bright = image.max(2) >= 100 if "brightness(strength=0.4)" in steps else image[..., 0] >= 128
            assert bool(there) == bright.any()
            if there:
                rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
                x, y, width, height = box
                assert abs(x - columns[0]) <= 1
                assert abs(y - rows[0]) <= 1
                assert abs(x + width - columns[-1] - 1) <= 1
                assert abs(y + height - rows[-1] - 1) <= 1

    def test_the_images_stay_what_they_are_without_boxes(self, boxed, tmp_path):
        """Moving boxes draws from another generator: the pixels are those of a run that has none."""
        split_spec = boxed_spec(boxed)
        draws = [generator(5, 1, "augment", CPU) for _ in range(2)]
        images = torch.randint(256, (8, 3, 16, 16), dtype=torch.uint8)
        plain = compose(split_spec.augment)(images, Draw(draws[0], torch.zeros(3), lambda: torch.eye(3)))[0]
        draw = Draw(draws[1], torch.zeros(3), lambda: torch.eye(3))
        state = draws[1].get_state()
        again = compose(split_spec.augment)(images, draw)[0]
        moved_along(torch.ones(8, 4), images.shape, split_spec.augment, draw, state)
        assert torch.equal(plain, again)
        assert torch.equal(draws[0].get_state(), draws[1].get_state())

    def test_they_belong_to_the_fingerprint_and_are_checked(self, boxed, tmp_path):
        with np.load(boxed / "boxed.npz") as file:
            arrays = dict(file)
        whole = load("boxed", boxed).fingerprint
        bare = {name: value for name, value in arrays.items() if not name.startswith("boxes")}
        assert fingerprint(bare) != whole
        for name, wrong, says in (
            ("short", arrays["boxes_test"][:5], "has shape"),
            ("outside", arrays["boxes_test"] + 10, "leave the images"),
        ):
            write(tmp_path / f"{name}.npz", {**arrays, "boxes_test": wrong})
            with pytest.raises(UserError, match=says):
                load(name, tmp_path)
        write(tmp_path / "half.npz", {**bare, "boxes_train": arrays["boxes_train"]})
        with pytest.raises(UserError, match="give boxes_train and boxes_test"):
            load("half", tmp_path)

    def test_shapes_has_boxes_that_shrink_with_its_images(self, tmp_path):
        from bench.data.split import open_split

        images = load("shapes", tmp_path)
        assert images.boxes_test.shape == (len(images.y_test), 4)
        data = DataUse(name="shapes", fingerprint=images.fingerprint, train=50, validation=10)
        large, small = (open_split(images, data.replace(size=size), CPU).train for size in (32, 16))
        torch.testing.assert_close(large.boxes / 2, small.boxes)


class TestLook:
    @pytest.fixture
    def trained(self, data_dir, tmp_path):
        spec = tiny_spec(data_dir)
        return spec, run(spec, Context(data_dir, tmp_path / "trained")), tmp_path / "trained" / "weights.pt"

    def test_an_axis_and_a_picture_of_trained_weights(self, trained, data_dir, tmp_path):
        spec, before, weights = trained
        look = Look(measure="shifted_error", at=(0, 1, 3), pictures=("filters",))
        looking = spec.replace(look=look, of=spec.key, seed=9)
        result = run(looking, Context(data_dir, tmp_path / "look", start=weights))
        assert [one.at for one in result.measures] == ["shift=0", "shift=1", "shift=3"]
        assert result.measures[0].value == pytest.approx(before.metrics["test_error"])
        assert not result.curve
        assert not result.metrics
        assert json.loads(json.dumps(result.plain()))["measures"][0]["metric"] == "shifted_error"
        with Image.open(tmp_path / "look" / "filters.png") as picture:
            assert picture.size == (2 * 30 + 2, 2 * 30 + 2)  # four filters of 3×3, ten times enlarged

    def test_what_cannot_be_looked_at_is_one_line(self, trained, data_dir, tmp_path):
        spec, _, weights = trained
        look = Look(pictures=("filter",))
        with pytest.raises(UserError, match="there is no picture 'filter': did you mean 'filters'"):
            task_of(spec.replace(look=look, of=spec.key)).check(torch.nn.Identity())
        other = spec.replace(look=Look(pictures=("filters",)), of=spec.key, model="plain-8(width=2)")
        with pytest.raises(UserError, match="to look at cannot be used"):
            run(other, Context(data_dir, tmp_path / "look", start=weights))
        with pytest.raises(UserError, match="no weights to look at"):
            run(
                spec.replace(look=Look(pictures=("filters",)), of=spec.key), Context(data_dir, tmp_path / "x")
            )


class TestFitWithoutANetwork:
    @pytest.mark.parametrize("features", ["pixels", "hog"])
    def test_features_of_images(self, features, data_dir, tmp_path):
        probe = Probe(features=features, strengths=(1e-3, 1e-1))
        spec = tiny_spec(data_dir, model=None, probe=probe)
        spec = spec.replace(data=spec.data.replace(size=None))
        result = run(spec, Context(data_dir, tmp_path))
        assert result.metrics["test_error"] < 60  # of four classes
        assert result.metrics["strength"] in probe.strengths

    def test_a_run_needs_a_network_or_features(self, data_dir):
        with pytest.raises(ValueError, match="without a network can only be a probe of pixels or hog"):
            tiny_spec(data_dir, model=None)
        with pytest.raises(ValueError, match="a layer, or features of images: one of them"):
            Probe()
        with pytest.raises(ValueError, match="a layer, or features of images: one of them"):
            Probe(layer=1, features="hog")


class TestMeasuresAndKeptWeights:
    def test_gradients_by_layer_at_every_epoch_and_weights_at_declared_ones(self, data_dir, tmp_path):
        spec = tiny_spec(data_dir, measures=("gradient_norm",), keep=(1,))
        result = run(spec, Context(data_dir, tmp_path))
        places = [one.at for one in result.measures]
        assert places == [f"epoch={e},layer={n}" for e in range(1, RECIPE.epochs + 1) for n in range(1, 9)]
        assert all(one.value > 0 for one in result.measures)
        kept = torch.load(tmp_path / "weights-1.pt", weights_only=True)
        last = torch.load(tmp_path / "weights.pt", weights_only=True)
        assert kept.keys() == last.keys()
        assert any(not torch.equal(kept[name], last[name]) for name in kept)

    def test_they_change_no_digit_and_survive_a_kill(self, data_dir, tmp_path):
        plain = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "plain"))
        spec, seen = tiny_spec(data_dir, measures=("gradient_norm",), keep=(1,)), []
        whole = run(spec, Context(data_dir, tmp_path / "whole"))
        assert whole.metrics == plain.metrics
        cut = Context(data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: bool(seen))
        with pytest.raises(Interrupted):
            run(spec, cut)
        assert run(spec, Context(data_dir, tmp_path / "cut")).measures == whole.measures

    def test_an_unknown_measure_is_one_line(self, data_dir, tmp_path):
        with pytest.raises(UserError, match="no measure at epoch ends 'gradient_nrm': did you mean"):
            run(tiny_spec(data_dir, measures=("gradient_nrm",)), Context(data_dir, tmp_path))


def test_moved_images_repeat_their_edge():
    x = torch.arange(9).view(1, 3, 3, 1)
    down, left = _moved(x, 1, axis=1)[0, :, :, 0], _moved(x, -2, axis=2)[0, :, :, 0]
    assert down.tolist() == [[0, 1, 2], [0, 1, 2], [3, 4, 5]]
    assert left.tolist() == [[2, 2, 2], [5, 5, 5], [8, 8, 8]]
