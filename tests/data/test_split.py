from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.common.errors import UserError
from bench.data import load
from bench.data.split import channel_statistics, choose, open_split, open_test, shrink, stratified_order
from bench.spec import Data, DataUse

LABELS = np.repeat(np.arange(5), [200, 100, 50, 25, 25])


@given(seed=st.integers(0, 1000), prefix=st.integers(1, 400))
def test_every_prefix_holds_the_classes_in_proportion(seed, prefix):
    order = stratified_order(LABELS, seed)
    found = np.bincount(LABELS[order[:prefix]], minlength=5)
    wanted = prefix * np.bincount(LABELS) / len(LABELS)
    assert np.abs(found - wanted).max() <= 2


def test_order_is_a_permutation_that_depends_on_the_seed():
    first, second = stratified_order(LABELS, 0), stratified_order(LABELS, 1)
    assert sorted(first) == list(range(400))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, stratified_order(LABELS, 0))


def test_order_is_pinned():
    """It must not change with a release of numpy: stored runs rest on it."""
    assert stratified_order(LABELS, 0)[:8].tolist() == [320, 133, 202, 88, 55, 293, 36, 339]


def test_training_sets_are_nested_and_never_meet_validation():
    sizes = (50, 100, 300)
    chosen = [choose(LABELS, Data(train=n, validation=80)) for n in sizes]
    trains = [set(train.tolist()) for train, _ in chosen]
    assert trains[0] < trains[1] < trains[2]
    for train, (_, held_out) in zip(trains, chosen, strict=True):
        assert not train & set(held_out.tolist())
        assert len(held_out) == 80


@pytest.mark.parametrize("data", [Data(train=400, validation=1), Data(validation=400)])
def test_too_few_images(data):
    with pytest.raises(UserError, match="but the training split has 400"):
        choose(LABELS, data)


def test_shrink_averages_blocks_and_rounds():
    x = np.array([[0, 1, 10, 10], [1, 1, 10, 11]], np.uint8).reshape(1, 2, 4, 1)
    square = np.concatenate([x, x], axis=1)
    assert shrink(square, 2).squeeze().tolist() == [[1, 10], [1, 10]]
    assert shrink(square, 4) is square


def test_shrink_refuses_what_does_not_divide():
    with pytest.raises(UserError, match="the size must divide theirs"):
        shrink(np.zeros((1, 32, 32, 3), np.uint8), 12)


def test_statistics_agree_with_numpy(data_dir):
    x = load("tiny", data_dir).x_train
    mean, std = channel_statistics(torch.from_numpy(x))
    assert mean.numpy() == pytest.approx(x.mean((0, 1, 2)), rel=1e-6)
    assert std.numpy() == pytest.approx(x.std((0, 1, 2)), rel=1e-6)


def test_a_split_holds_no_test_image(data_dir):
    images = load("tiny", data_dir)
    use = DataUse(name="tiny", fingerprint=images.fingerprint, train=100, validation=50)
    split = open_split(images, use, torch.device("cpu"))
    test = {image.tobytes() for image in images.x_test}
    for part in (split.train, split.validation):
        assert not test & {image.numpy().tobytes() for image in part.x}


def test_a_class_with_too_few_images_is_named():
    with pytest.raises(UserError, match="class 2 has too few images: 50 in the training split, and none"):
        choose(LABELS, Data(train=3, validation=10))


def test_grey_images_can_have_three_equal_channels(data_dir):
    images = load("tiny", data_dir)
    grey = replace(images, x_train=images.x_train[..., :1], x_test=images.x_test[..., :1])
    use = DataUse(name="tiny", fingerprint=images.fingerprint, train=100, validation=50, channels=3)
    seen = open_split(grey, use, torch.device("cpu"))
    assert seen.channels == 3
    assert torch.equal(seen.train.x[..., 0], seen.train.x[..., 2])
    assert open_test(grey, use, torch.device("cpu")).x.shape[3] == 3
    assert open_split(grey, use.replace(channels=None), torch.device("cpu")).channels == 1


@pytest.mark.parametrize("block", [2, 3, 16, 32])
def test_shrink_is_exact_whatever_the_block(block):
    drawn = np.random.default_rng(0).integers(0, 256, (3, 96, 96, 3), np.uint8)
    for x in (drawn, np.full_like(drawn, 255)):
        size = 96 // block
        sums = x.reshape(3, size, block, size, block, 3).sum(axis=(2, 4), dtype=np.int64)
        assert np.array_equal(shrink(x, size), (2 * sums + block**2) // (2 * block**2))
