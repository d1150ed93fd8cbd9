import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from bench import models
from bench.models.counts import count as counted
from bench.spec.base import Named

TABLE_6 = {20: 0.27, 32: 0.46, 44: 0.66, 56: 0.85, 110: 1.7}  # He et al. 2015, millions of weights
EXACT = {20: (269_722, 40_551_040), 56: (853_018, 125_485_696)}  # parameters, MACs at 32×32


def count(name: str, **options: int) -> dict[str, int]:
    model = Named(name=name, options=options)
    return counted(model, num_classes=10, in_channels=3, size=(32, 32)).counts


@pytest.mark.parametrize("kind", ["plain", "resnet"])
@pytest.mark.parametrize(("depth", "millions"), TABLE_6.items())
def test_parameters_are_the_paper_s(kind, depth, millions):
    found = count(f"{kind}-{depth}")["parameters"] / 1e6
    assert found == pytest.approx(millions, abs=0.05 if depth == 110 else 0.006)


@pytest.mark.parametrize(("depth", "golden"), EXACT.items())
def test_exact_counts(depth, golden):
    found = count(f"resnet-{depth}")
    assert (found["parameters"], found["macs"]) == golden


@pytest.mark.parametrize("depth", [8, 20, 56])
def test_plain_and_residual_cost_the_same(depth):
    plain, residual = count(f"plain-{depth}"), count(f"resnet-{depth}")
    assert plain["parameters"] == residual["parameters"]
    assert plain["macs"] == residual["macs"]


@pytest.mark.parametrize("depth", [20, 56])
def test_residual_units_become_the_identity_and_plain_ones_do_not(depth):
    units = 3 * (depth - 2) // 6 - 2  # two of them change the shape
    assert count(f"resnet-{depth}")["units"] == units
    assert count(f"resnet-{depth}")["identity_units"] == units
    assert count(f"plain-{depth}")["identity_units"] == 0


def test_shortcut_pads_with_zero_channels_and_subsamples():
    unit = models.build("resnet-8", num_classes=2, width=4).units[1]
    x = torch.rand(1, 4, 6, 6)
    short = unit.shortcut(x)
    assert short.shape == (1, 8, 3, 3)
    assert torch.equal(short[:, 2:6], x[:, :, ::2, ::2])
    assert short[:, :2].abs().sum() == short[:, 6:].abs().sum() == 0


@pytest.mark.parametrize("name", ["resnet-20", "plain-20", "resnet-18"])
def test_gradients_keep_to_channels_last_memory(name):
    """Where both formats meet, operations take up to twenty times as long on CPU."""
    plain = []

    def is_plain(one):  # maps are square, unlike the pixels that the last pooling looks at
        is_map = one.dim() == 4 and len(one) == 2 and one.shape[2] == one.shape[3]
        return is_map and one.stride(1) != 1  # every other pixel of a channels-last map is one too

    class Formats(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            made = func(*args, **(kwargs or {}))
            seen = (*args, *(made if isinstance(made, tuple) else [made]))
            plain.extend(func for one in seen if isinstance(one, torch.Tensor) and is_plain(one))
            return made

    options = {"input_size": 32} if name == "resnet-18" else {}
    network = models.build(name, num_classes=10, width=4, **options).to(memory_format=torch.channels_last)
    images = torch.randn(2, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    with Formats():
        network(images).sum().backward()
    assert plain == []
