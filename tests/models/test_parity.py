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
    "resnext-50-32x4d": "resnext50_32x4d",
    "resnext-101-32x8d": "resnext101_32x8d",
    "wide-resnet-50-2": "wide_resnet50_2",
    "densenet-121": "densenet121",
    "densenet-169": "densenet169",
    "densenet-201": "densenet201",
}
CASES = [(ours, theirs, {}) for ours, theirs in PAIRS.items()]
CASES += [(ours, f"{theirs}_bn", {"batch_norm": True}) for ours, theirs in PAIRS.items() if "vgg" in ours]
CASES += [("googlenet", "googlenet", {"batch_norm": True, "large": "3x3"})]  # its 5×5 are 3×3 there
LARGE = ("vgg", "alexnet")  # take 224×224 alone; the others take any size, and small is fast


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


def yardsticks(name: str) -> nn.Module:
    """torchvision's network; GoogLeNet as it was published, without its last pooling of 2×2, nor other ε."""
    if name != "googlenet":
        return getattr(torchvision.models, name)(weights=None)
    made = torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False)
    made.maxpool4 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
    for module in made.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 1e-5
    return made


@pytest.mark.parametrize(("ours", "theirs", "options"), CASES, ids=[theirs for _, theirs, _ in CASES])
def test_same_weights_same_outputs(ours, theirs, options):
    size = 224 if theirs.startswith(LARGE) else 64
    with torch.device("meta"):  # random weights are drawn once, below
        yardstick = yardsticks(theirs)
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
