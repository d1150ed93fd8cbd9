"""Layer by layer: shapes, multiply-accumulates and receptive fields against what others publish."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from bench import models
from bench.models.counts import count
from bench.models.norm import ResponseNorm
from bench.models.trace import trace
from bench.spec.base import Named


@pytest.mark.parametrize("name", ["alexnet", "vgg-16", "resnet-50", "resnet-20", "lenet-5", "local-layer"])
def test_macs_are_what_torch_counts(name):
    member = models.member(name)
    size, channels = member.published("input_size") or 32, member.published("in_channels")
    with torch.device("meta"), FlopCounterMode(display=False) as flops:
        models.build(name, num_classes=10).eval()(torch.empty(1, channels, size, size))
    found = count(Named(name=name), num_classes=10, in_channels=channels, size=(size, size)).counts["macs"]
    # response normalisation computes its sums by a convolution, but learns none
    norms = 96**2 * 55**2 + 256**2 * 27**2 if name == "alexnet" else 0
    assert found == flops.get_total_flops() // 2 - norms


@pytest.mark.parametrize(("options", "modules"), [({}, 9), ({"large": "wide"}, 9), ({"reduced": False}, 9)])
def test_modules_of_parallel_branches_inside_others_are_not_counted(options, modules):
    model = Named(name="googlenet", options=options)
    assert count(model, num_classes=10, in_channels=3, size=(224, 224)).counts["modules"] == modules


def test_layers_of_lenet_are_those_of_the_paper():
    layers = count(Named(name="lenet-5"), num_classes=10, in_channels=1, size=(32, 32)).layers
    rows = [(one.kind, one.output, one.parameters, one.macs, one.field) for one in layers]
    assert rows == [
        ("Conv2d", (6, 28, 28), 156, 117_600, 5),
        ("AvgPool2d", (6, 14, 14), 0, 0, 6),
        ("Conv2d", (16, 10, 10), 2_416, 240_000, 14),
        ("AvgPool2d", (16, 5, 5), 0, 0, 16),
        ("Flatten", (400,), 0, 0, 16),
        ("Linear", (120,), 48_120, 48_000, None),
        ("Linear", (84,), 10_164, 10_080, None),
        ("Linear", (10,), 850, 840, None),
    ]


def test_receptive_field_is_what_the_gradient_reaches():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.AvgPool2d(2), nn.Conv2d(2, 2, 3, padding=2, dilation=2)
    )
    image = torch.rand(1, 1, 64, 64, requires_grad=True)
    network(image)[0, :, 8, 8].sum().backward()
    reached = image.grad[0, 0].nonzero()
    side = int(reached[:, 0].max() - reached[:, 0].min()) + 1
    _, view = trace(network.to("meta"), 1, (64, 64))
    assert view.field == side
    assert view.jump == 4


def test_windows_that_do_not_fit_leave_pixels_over():
    for stride, left in ((1, 0), (2, 0), (3, 1)):
        model = Named(name="conv-stack", options={"stride": stride})
        found = count(model, num_classes=10, in_channels=3, size=(7, 7)).counts
        assert (found["unused_pixels"], found["output_size"]) == (left, (7 - 3) // stride + 1)


def test_response_norm_is_torch_s():
    x = torch.randn(2, 7, 3, 3) * 5
    theirs = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
    torch.testing.assert_close(ResponseNorm(7)(x), theirs(x))


def test_local_layer_with_one_set_of_weights_is_a_convolution():
    local = models.build("local-layer", num_classes=4, in_channels=2, input_size=6).layers[0]
    filters = torch.randn(4, 2, 3, 3)
    with torch.no_grad():
        local.weight.copy_(filters.flatten(1).expand_as(local.weight))
        images = torch.randn(5, 2, 6, 6)
        torch.testing.assert_close(local(images), nn.functional.conv2d(images, filters))
