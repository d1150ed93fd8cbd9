"""Files of weights: found, read safely, and named as a network names its layers."""

from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from bench import models
from bench.common.errors import UserError
from bench.data import vision
from bench.data.checkpoints import as_named_by, find_weights


def quiet(line: str) -> None:
    """Nobody listens."""


def test_a_file_comes_back_with_its_digest(tmp_path):
    state = nn.Linear(3, 2).state_dict()
    torch.save(state, tmp_path / "mine.pt")
    found, sha256 = find_weights("mine", tmp_path, quiet)
    assert all(torch.equal(found[name], state[name]) for name in state)
    assert sha256 == find_weights("mine", tmp_path, quiet)[1]
    torch.save(nn.Linear(3, 2).state_dict(), tmp_path / "mine.pt")
    assert sha256 != find_weights("mine", tmp_path, quiet)[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there are no weights 'mine'"),
        (b"not a file of weights", "can be read safely"),
        ({"epoch": 3, "model": {"w": torch.ones(1)}}, "holds no state dict: save it with"),
        (nn.Linear(3, 2), "can be read safely"),  # a whole module: code would run on loading
    ],
    ids=["missing", "damaged", "wrapped", "module"],
)
def test_what_is_no_state_dict_is_refused(tmp_path, content, message):
    if isinstance(content, bytes):
        (tmp_path / "mine.pt").write_bytes(content)
    elif content is not None:
        torch.save(content, tmp_path / "mine.pt")
    with pytest.raises(UserError, match=message) as caught:
        find_weights("mine", tmp_path, quiet)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ours", ["resnet-18", "alexnet-one-tower"])
def test_torchvision_s_names_become_ours_and_outputs_stay(ours):
    theirs = {"resnet-18": "resnet18", "alexnet-one-tower": "alexnet"}[ours]
    yardstick = getattr(torchvision.models, theirs)(weights=None).eval()
    network = models.build(ours, num_classes=1000).eval()
    network.load_state_dict(as_named_by(network, yardstick.state_dict()))
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        torch.testing.assert_close(network(x), yardstick(x))


def test_files_without_counters_are_completed():
    network = models.build("resnet-8", num_classes=4)
    old = {name: value for name, value in network.state_dict().items() if "num_batches" not in name}
    assert as_named_by(network, old).keys() == network.state_dict().keys()


class Zoo:
    """What torchvision.models looks like from outside, without the network."""

    def __init__(self, reachable: bool) -> None:
        self.reachable = reachable

    def list_models(self, module: object) -> list[str]:
        return ["resnet18"]

    def get_model_weights(self, name: str) -> "dict[str, Zoo]":
        return {"IMAGENET1K_V1": self}

    def get_state_dict(self, check_hash: bool) -> dict[str, torch.Tensor]:
        assert check_hash
        if not self.reachable:
            raise OSError("no route to host")
        return {"weight": torch.ones(2)}


def test_weights_of_torchvision_are_downloaded_once(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(vision, "torchvision", lambda name: Zoo(reachable=False))
    with pytest.raises(UserError, match="imagenet-resnet18 cannot be downloaded: no route to host"):
        find_weights("imagenet-resnet18", tmp_path, quiet)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UserError, match="no model 'resnet19': did you mean 'resnet18'"):
        find_weights("imagenet-resnet19", tmp_path, quiet)
    monkeypatch.setattr(vision, "torchvision", lambda name: Zoo(reachable=True))
    said: list[str] = []
    find_weights("imagenet-resnet18", tmp_path, said.append)
    state, _ = find_weights("imagenet-resnet18", tmp_path, said.append)
    assert state["weight"].tolist() == [1, 1]
    assert len(said) == 1
