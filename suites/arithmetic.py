"""Do the numbers that lectures and papers print of the classic networks come out of exact arithmetic?

Source: the lectures on classic architectures, VGG, residual and Inception networks; the papers behind
them. Nothing is trained: every profile gives the same verdicts, in seconds.

Expected: all are supported but remove-34, googlenet-5m, googlenet-norm, alexnet-7 and alexnet-7x7. A number
that is printed rounded, or cut off, counts as right within one of its last digit, and within 5 %; exact ones
must be equal.
"""

from functools import partial

from _arithmetic import CLAIMS

from bench import Suite
from bench.spec import Network


def drawn(model, size, filters, channels=3, **options):
    """A network for images of so many pixels a side, with so many filters (or classes) at its end."""
    named = {"name": model, "options": options}
    return {"model": named, "size": size, "channels": channels, "classes": filters}


stack, local = partial(drawn, "conv-stack"), partial(drawn, "local-layer")
wide = partial(stack, size=32, channels=64, filters=64)
inception = partial(stack, kernel=5, padding=2)
strided = partial(stack, size=7, filters=10)
SMALL = {
    "ten-5x5": stack(size=32, filters=10, kernel=5),
    "shared-7x7": stack(size=30, filters=5, kernel=7, bias=False),
    "local-7x7": local(size=30, filters=5, input_size=30, kernel=7, bias=False),
    "one-local-7x7": local(size=30, filters=1, input_size=30, kernel=7, bias=False),
    "large-local-7x7": local(size=256, filters=5, input_size=256, kernel=7, bias=False),
    "large-dense": drawn("dense-layer", size=256, filters=1000, input_size=256, bias=False),
    "three-3x3": wide(kernel=3, depth=3, width=64, bias=False),
    "two-3x3": wide(kernel=3, depth=2, width=64, bias=False),
    "one-7x7": wide(kernel=7, bias=False),
    "one-5x5": wide(kernel=5, bias=False),
    "naive-28": inception(size=28, channels=192, filters=32),
    "bottleneck-28": inception(size=28, channels=192, filters=32, bottleneck=16),
    "naive-14": inception(size=14, channels=480, filters=48),
    "bottleneck-14": inception(size=14, channels=480, filters=48, bottleneck=16),
    "stride-1": strided(stride=1),
    "stride-2": strided(stride=2),
    "stride-3": strided(stride=3),
    "first-at-227": stack(size=227, filters=96, kernel=11, stride=4),
    "first-at-224": stack(size=224, filters=96, kernel=11, stride=4),
    "lenet-5": drawn("lenet-5", size=32, channels=1, filters=10),
    "plain-20": drawn("plain-20", size=32, filters=10),
    "resnet-20": drawn("resnet-20", size=32, filters=10),
    "alexnet-one-group": drawn("alexnet", size=227, filters=1000, groups=1),
}
ALEXNETS = ("alexnet", *(f"alexnet-without-{removed}" for removed in ("7", "6-7", "3-4", "3-4-6-7")))
LARGE = (
    *("vgg-a", "vgg-a-lrn", "vgg-b", "vgg-c", "vgg-16", "vgg-19"),
    *("googlenet", "resnet-50", "resnet-152", "resnext-50-32x4d"),
)
DENSE = ("densenet-40", "densenet-100", "densenet-bc-100")
DEEP = ("preact-resnet-164", "preact-resnet-1001", "preact-resnet-1202", "wide-resnet-28-10", "resnext-29")

suite = Suite(
    title="The arithmetic of classic networks",
    question="Do numbers that lectures and papers print of classic networks come out of exact arithmetic?",
    networks=[
        *(Network(id=name, **network) for name, network in SMALL.items()),
        *(Network(model=name, size=227) for name in ALEXNETS),
        *(Network(model=name, size=224) for name in LARGE),
        *(Network(model=name, size=32, classes=10) for name in (*DENSE, *DEEP)),
    ],
    claims=CLAIMS,
)
