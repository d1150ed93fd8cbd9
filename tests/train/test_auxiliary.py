"""Auxiliary classifiers: what training hears of them, and that nothing else does."""

import math

import pytest
import torch
import torch.nn.functional as F

from bench import models
from bench.common.errors import UserError
from bench.train.context import Context
from bench.train.run import run
from bench.train.tasks import task_of
from bench.train.tasks.auxiliary import SHARE
from tests.train.test_run import tiny_spec

OPTIONS = {"input_size": 16, "scale": 1 / 8, "batch_norm": True}
HEADED = {"name": "inception-10", "options": {**OPTIONS, "auxiliary": True}}


def headed(data_dir, **changes):
    spec = tiny_spec(data_dir, model=HEADED, task="auxiliary", **changes)
    return spec.replace(data=spec.data.replace(size=16))


def test_heads_are_heard_in_training_alone():
    torch.manual_seed(0)
    net = models.build("inception-10", num_classes=4, auxiliary=True, **OPTIONS)
    images = torch.rand(3, 3, 16, 16)
    assert net.train()(images).shape == (3, 2, 4)
    assert net.eval()(images).shape == (3, 4)


def test_the_loss_is_that_of_the_network_and_a_share_of_the_heads(data_dir):
    task = task_of(headed(data_dir))
    outputs, labels = torch.randn(5, 3, 4), torch.arange(5) % 4
    own, *others = (F.cross_entropy(outputs[:, i], labels) for i in range(3))
    assert task.loss(outputs, labels, labels).item() == pytest.approx((own + SHARE * sum(others)).item())
    assert task.wrong(outputs, labels, labels) == (outputs[:, 0].argmax(1) != labels).sum()


def test_a_run_trains_and_is_scored_as_any(data_dir, tmp_path):
    result = run(headed(data_dir), Context(data_dir, tmp_path))
    assert result.status == "finished"
    assert math.isfinite(result.metrics["test_loss"])


def test_a_network_without_such_heads_is_refused(data_dir):
    with torch.device("meta"):
        net = models.build("inception-10", num_classes=4, **OPTIONS)
    with pytest.raises(UserError, match="set its option auxiliary=true"):
        task_of(headed(data_dir)).check(net)
