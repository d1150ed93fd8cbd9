"""What holds for every model, and a tiny one of each family in training."""

import io

import pytest
import torch

from bench import models
from bench.common.errors import UserError
from bench.models.counts import count
from bench.models.inception import LARGE
from bench.models.preact import ORDERS, SHORTCUTS
from bench.models.sharing import POOLS
from bench.spec.base import Named
from tests.models import golden

EIGHTH = {"input_size": 32, "scale": 1 / 8}
KINDS = ("shared", "local", "full")
# a tiny member of each family, in each of its variants: model, options, side of the image
TINY = [
    ("resnet-8", {"width": 4}, 16),
    ("plain-8", {"width": 4}, 16),
    *(("resnet-20", {"width": 4, "shortcut": option}, 16) for option in "BC"),
    *(("resnet-164", {"width": 2, "shortcut": option}, 16) for option in "AB"),
    ("resnet-18", {"width": 4, "input_size": 32}, 32),
    ("resnet-18", {"width": 4}, 224),
    ("resnet-50", {"width": 2, "input_size": 32}, 32),
    ("plain-18", {"width": 4, "input_size": 32}, 32),
    *((name, EIGHTH, 32) for name in ("vgg-a", "vgg-a-lrn", "vgg-b-5x5", "vgg-c")),
    ("vgg-a", {**EIGHTH, "batch_norm": True, "dropout": 0.0}, 32),
    ("vgg-a", {"input_size": 64, "scale": 1 / 16}, 64),
    ("alexnet", EIGHTH, 32),
    ("alexnet", {**EIGHTH, "groups": 1, "lrn": False, "overlapping": False}, 32),
    ("alexnet", {"scale": 1 / 16}, 227),
    ("alexnet-without-3-4-6-7", EIGHTH, 32),
    ("alexnet-one-tower", EIGHTH, 32),
    *(("lenet-5", {"activation": act, "pool": "max"}, 32) for act in ("sigmoid", "tanh", "relu")),
    ("lenet-5", {"input_size": 28}, 28),
    *(("preact-resnet-8", {"width": 4, "order": order}, 16) for order in ORDERS),
    *(
        ("preact-resnet-8", {"width": 4, "order": "original", "shortcut": shortcut}, 16)
        for shortcut in SHORTCUTS
        if shortcut != "dropped"  # draws as it trains
    ),
    ("preact-resnet-164", {"width": 2, "projects": True}, 16),
    ("wide-resnet-16-4", {"width": 2}, 16),
    ("resnext-20", {"width": 8, "cardinality": 2, "base_width": 16}, 16),
    ("resnext-50-32x4d", {"width": 16, "input_size": 32}, 32),
    ("resnext-50-32x4d", {"width": 16}, 64),
    ("densenet-22", {"growth": 4}, 16),
    ("densenet-bc-40", {"growth": 4}, 16),
    ("densenet-121", {"input_size": 32}, 32),
    *(("inception-10", {**EIGHTH, "large": large}, 32) for large in LARGE),
    ("inception-10", {**EIGHTH, "reduced": False, "batch_norm": True}, 32),
    ("googlenet", {"scale": 1 / 16, "batch_norm": True}, 224),
    ("nin", {"scale": 1 / 8, "dropout": 0.0}, 16),
    ("nin-without-1x1", {"scale": 1 / 8, "batch_norm": True, "dropout": 0.0}, 16),
    ("zfnet", EIGHTH, 32),
    ("zfnet", {"scale": 1 / 16}, 224),
    *((f"{kind}-net", {"width": 4, "pool": pool}, 28) for kind in KINDS for pool in POOLS),
    ("conv-stack", {"depth": 2, "width": 4, "bottleneck": 2}, 16),
    ("local-layer", {"input_size": 16}, 16),
    ("dense-layer", {"input_size": 16}, 16),
]


@pytest.mark.parametrize(("name", "form"), golden.forms())
def test_golden_counts(name, form):
    found = golden.counted(name, form)
    assert {key: str(value) for key, value in found.items()} == golden.read()[name, form]


def test_no_golden_row_is_left_over():
    assert list(golden.read()) == golden.forms()


@pytest.mark.parametrize(
    ("name", "options", "size"), TINY, ids=lambda value: value if isinstance(value, str) else None
)
@pytest.mark.parametrize("channels", [1, 3])
def test_one_step_trains_every_weight(name, options, size, channels):
    torch.manual_seed(0)
    model = models.build(name, num_classes=7, in_channels=channels, **options)
    model = model.to(memory_format=torch.channels_last)
    images = torch.randn(4, channels, size, size).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(images)
    assert logits.shape == (4, 7)
    torch.nn.functional.cross_entropy(logits.float(), torch.tensor([0, 1, 2, 3])).backward()
    for parameter, weights in model.named_parameters():
        assert weights.grad is not None, parameter
        assert torch.isfinite(weights.grad).all(), parameter
    first = next(model.parameters())
    assert first.grad is not None
    assert first.grad.abs().sum() > 0, "no gradient reaches the first layer"


@pytest.mark.parametrize(
    ("name", "options", "size"), TINY, ids=lambda value: value if isinstance(value, str) else None
)
def test_weights_make_the_round_trip(name, options, size):
    model, other = (models.build(name, num_classes=7, **options).eval() for _ in range(2))
    channels = models.member(name).published("in_channels")
    images = torch.randn(2, channels, size, size)
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    with torch.inference_mode():
        assert torch.equal(model(images), other(images))


def test_every_family_is_tried():
    tried = {models.member(name).build for name, _, _ in TINY}
    assert tried == {models.member(name).build for name, _ in golden.forms()}


@pytest.mark.parametrize(("alias", "proper"), [("vgg-16", "vgg-d"), ("vgg-19", "vgg-e"), ("vgg-11", "vgg-a")])
def test_aliases_are_one_network(alias, proper):
    assert models.member(alias).name == proper
    assert models.member(proper).name == proper


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("resnet-55", {}, r"no model 'resnet-55': did you mean 'resnet-5"),
        (
            "resnet-56",
            {"widht": 4},
            r"no option 'widht': did you mean 'width'\? allowed: .*, width",
        ),
        ("resnet-56", {"shortcut": "D"}, "shortcut 'D': there are A, B, C and none"),
        ("vgg-a", {"input_size": 48}, "halves its images five times: 48 is no multiple of 32"),
        ("alexnet", {"input_size": 8}, "too small to pool three times"),
        ("alexnet", {"scale": 1 / 96}, "cannot be split into 2 groups"),
        ("lenet-5", {"pool": "mean"}, "there is no pooling 'mean'"),
        ("lenet-5", {"input_size": 12}, "too small, 16×16 is the least"),
        ("preact-resnet-20", {"order": "ful"}, "no order of units 'ful': did you mean 'full'"),
        ("preact-resnet-20", {"shortcut": "gate"}, "no shortcut 'gate': did you mean 'gated'"),
        ("googlenet", {"large": "7x7"}, "no convolution for 5×5 '7x7'"),
        ("zfnet", {"input_size": 8}, "too small to pool three times"),
        ("local-net", {"input_size": 12}, "too small for two layers"),
    ],
)
def test_what_cannot_be_built(name, options, message):
    with pytest.raises(UserError, match=message):
        models.build(name, num_classes=10, **options)


def test_images_of_another_size_are_refused_with_the_option_to_set():
    with pytest.raises(UserError, match=r"built for images of 224×224 here, not 32×32: .*input_size=32"):
        count(Named(name="vgg-16"), num_classes=10, in_channels=3, size=(32, 32))


def test_a_user_can_add_a_family():
    @models.family({"linear-1": {}})
    def linear(*, num_classes: int, in_channels: int = 3) -> torch.nn.Module:
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(in_channels * 4, num_classes))

    try:
        assert models.build("linear-1", num_classes=3)(torch.zeros(2, 3, 2, 2)).shape == (2, 3)
    finally:
        del models._MEMBERS["linear-1"]
