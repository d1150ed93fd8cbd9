import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from bench.common.errors import UserError
from bench.data import load, vision


def classic(folder, train, download):
    """What torchvision's classes look like from outside, without the network."""
    rng = np.random.Generator(np.random.PCG64(int(train)))
    n = 20 if train else 10
    labels = [i % 2 for i in range(n)]
    return SimpleNamespace(
        data=rng.integers(0, 256, (n, 8, 8, 3), np.uint8), targets=labels, classes=["a", "b"]
    )


def offline(folder, train, download):
    raise OSError("no route to host")


@pytest.fixture
def torchvision_is(monkeypatch):
    def put(factory):
        module = SimpleNamespace(CIFAR10=factory)
        monkeypatch.setattr(vision, "torchvision", lambda name: module)

    return put


def test_download_writes_the_contract_s_file(tmp_path, torchvision_is):
    torchvision_is(classic)
    vision.fetch("cifar10", tmp_path)
    images = load("cifar10", tmp_path)
    assert len(images.y_train) == 20
    assert images.classes == ("a", "b")
    assert "checksums verified" in images.provenance


def test_a_file_that_is_there_is_not_downloaded_again(tmp_path, torchvision_is):
    torchvision_is(classic)
    vision.fetch("cifar10", tmp_path)
    torchvision_is(offline)
    vision.fetch("cifar10", tmp_path)


def test_no_network_is_one_line_and_leaves_nothing(tmp_path, torchvision_is):
    torchvision_is(offline)
    with pytest.raises(UserError, match="cifar10 cannot be downloaded: no route to host"):
        vision.fetch("cifar10", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_name():
    with pytest.raises(UserError, match=r"did you mean 'cifar10'\?"):
        vision.download("cifar-10")


def test_import_is_healed_where_the_operators_are_missing(tmp_path):
    """The commonest broken install: torchvision's compiled part cannot load."""
    code = """
import importlib, sys
import torch
real = torch.ops.load_library
def refuse(path):
    raise OSError("libcudart.so.13: cannot open shared object file")
torch.ops.load_library = refuse
try:
    importlib.import_module("torchvision.datasets")
except RuntimeError as error:
    assert "torchvision::nms does not exist" in str(error), error
else:
    sys.exit("the plain import did not break, so nothing is shown")
from bench.data.vision import torchvision
print(torchvision("datasets").CIFAR10.__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "CIFAR10"
