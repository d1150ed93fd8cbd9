"""What Huang et al. say of dense connections, and the errors they print."""

from functools import partial

from bench import Reference
from bench.claims import CountShare, Difference

HUANG = "Huang et al. 2017 (arXiv 1608.06993)"
errs_less = partial(Difference, metric="test_error", source=f"{HUANG}, §4.3")
at_most = partial(CountShare, source=f"{HUANG}, Figure 3 and §4.4")

CLAIMS = [
    errs_less(
        id="equal-weights",
        text="With as many weights, and 1.8 times the multiplications, a DenseNet of 22 layers beats a "
        "ResNet of 20.",
        lower="densenet-22",
        higher="resnet-20",
        said="5.24 % with 1.0 M weights against 6.61 % with 1.7 M",
    ),
    errs_less(
        id="equal-work",
        text="At as many multiplications, a DenseNet of 22 layers beats a wider ResNet of 20.",
        lower="densenet-22",
        higher="resnet-20-wide",
        said="no number for CIFAR-10",
        source=f"{HUANG}, Figure 3 and §4.4",
    ),
    errs_less(
        id="fewer-weights",
        text="With a third of the weights, at as many multiplications, a DenseNet-BC of 22 layers is at most "
        "half a point worse than the wider ResNet of 20.",
        lower="densenet-bc-22",
        higher="resnet-20-wide",
        by=-0.5,
        said="a third of the weights at equal error (of ResNets with pre-activation)",
        source=f"{HUANG}, Figure 4 and §5",
    ),
    errs_less(
        id="compressed",
        text="At 22 layers and equal multiplications, for a growth of 18 in place of 12, bottlenecks and "
        "compression, with 60 % of the weights, cost at most a point and a half.",
        lower="densenet-bc-22",
        higher="densenet-22",
        by=-1.5,
        said="4.51 % with 0.8 M weights, 4.10 % with 7.0 M",
    ),
    errs_less(
        id="half-weights-paper",
        text="DenseNet-BC-100 (0.8 M weights) beats ResNet-110 (1.7 M).",
        lower="densenet-bc-100",
        higher="resnet-110",
        said="4.51 against 6.61 %",
    ),
    at_most(
        id="as-many",
        text="The DenseNet of 22 layers has at most 1 % more weights than the ResNet of 20.",
        quantity="parameters",
        base="resnet-20",
        at_most={"densenet-22": 1.01},
        said="no number",
        source="ours",
    ),
    at_most(
        id="as-dear",
        text="Neither DenseNet costs over 6 % more multiplications than the wider ResNet.",
        quantity="macs",
        base="resnet-20-wide",
        at_most={"densenet-22": 1.06, "densenet-bc-22": 1.06},
        said="no number",
        source="ours",
    ),
    at_most(
        id="fewer",
        text="The DenseNet-BC of 22 layers has at most 35 % of the weights of the wider ResNet of 20.",
        quantity="parameters",
        base="resnet-20-wide",
        at_most={"densenet-bc-22": 0.35},
        said="a third",
        source=f"{HUANG}, Figure 4 and §5",
    ),
    at_most(
        id="imagenet-fewer",
        text="DenseNet-201 has at most half of the weights of ResNet-101.",
        quantity="parameters",
        base="resnet-101",
        at_most={"densenet-201": 1 / 2},
        said="20 M against over 40 M, at like errors",
    ),
    at_most(
        id="imagenet-cheaper",
        text="DenseNet-201 costs at most 60 % of the multiplications of ResNet-101.",
        quantity="macs",
        base="resnet-101",
        at_most={"densenet-201": 0.6},
        said="a DenseNet that costs as much as ResNet-50 is as good as ResNet-101",
    ),
]

printed = partial(
    Reference, metric="test_error", paper=HUANG, where="Table 2", statistic="single", status="F"
)
REFERENCES = [
    printed(experiment="densenet-40", value=5.24),
    printed(experiment="densenet-100", value=4.10),
    printed(experiment="densenet-bc-100", value=4.51),
]
