"""torchvision's published networks are the yardstick: same weights in, same outputs out."""

import pytest
import torch
import torchvision
from torch import nn

from bench import models

PAIRS = {
    "vgg-a": "vgg11",
    "vgg-b": "vgg13",
    "vgg-d": "vgg16",
    "vgg-e": "vgg19",
    "resnet-18": "resnet18",
    "resnet-34": "resnet34",
    "resnet-50": "resnet50",
    "resnet-101": "resnet101",
    "resnet-152": "resnet152",
    "alexnet-one-tower": "alexnet",
}
CASES = [(ours, theirs, {}) for ours, theirs in PAIRS.items()]
CASES += [(ours, f"{theirs}_bn", {"batch_norm": True}) for ours, theirs in PAIRS.items() if "vgg" in ours]
SIZE = {"vgg": 224, "resnet": 64, "alexnet": 224}  # residual ones take any size; small is fast


def shuffled(network: nn.Module) -> None:
    """Weights and statistics that nothing hides behind: no zeros, no ones, signals of middling size."""
    generator = torch.Generator().manual_seed(1)
    for name, value in network.state_dict().items():
        if value.dim() >= 2:
            std = (2 / value[0].numel()) ** 0.5
            value.copy_(torch.empty_like(value).normal_(0, std, generator=generator))
        elif value.is_floating_point():
            low, high = (0.5, 1.0) if "var" in name or "weight" in name else (-0.2, 0.2)
            value.copy_(torch.empty_like(value).uniform_(low, high, generator=generator))


@pytest.mark.parametrize(("ours", "theirs", "options"), CASES, ids=[theirs for _, theirs, _ in CASES])
def test_same_weights_same_outputs(ours, theirs, options):
    size = SIZE[theirs.removesuffix("_bn").rstrip("0123456789")]
    with torch.device("meta"):  # random weights are drawn once, below
        yardstick = getattr(torchvision.models, theirs)(weights=None)
        network = models.build(ours, num_classes=1000, **options)
    yardstick.to_empty(device="cpu").eval()
    network.to_empty(device="cpu").eval()
    shuffled(yardstick)
    given, taken = yardstick.state_dict(), network.state_dict()
    assert [value.shape for value in given.values()] == [value.shape for value in taken.values()]
    network.load_state_dict(dict(zip(taken, given.values(), strict=True)))
    images = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        expected, found = yardstick(images), network(images)
    assert expected.std() > 1e-3
    assert (found - expected).abs().max() <= 1e-5 * expected.abs().max()
