"""The classic networks, and what the lectures say of one beside another."""

from functools import partial

from bench.claims import CountOrder, CountShare, Difference

LECTURE = "lectures on classic networks"
GROUPED = {"cardinality": 4, "base_width": 24}  # as many multiplications as one group of full width

NETWORKS = {  # in the order in which they came
    "lenet-5": {"name": "lenet-5", "options": {"activation": "relu", "pool": "max", "scale": 1.0}},
    "alexnet": {"name": "alexnet", "options": {"groups": 1, "lrn": False}},
    "zfnet": {"name": "zfnet", "options": {"lrn": False}},
    "nin": {"name": "nin"},
    "vgg-11": {"name": "vgg-11"},
    "inception": {"name": "inception-10"},
    "resnet-20": {"name": "resnet-20"},
    "resnext-20": {"name": "resnext-20", "options": GROUPED},
    "densenet-22": {"name": "densenet-22"},
}
RATES = {  # each network's best in a probe of quick: the suite's file has the errors
    "lenet-5": 0.05,
    "alexnet": 0.005,
    "zfnet": 0.005,
    "nin": 0.15,
    "vgg-11": 0.017,
    "inception": 0.5,
    "resnet-20": 0.05,
    "resnext-20": 0.5,
    "densenet-22": 0.5,
}
COUNTED = ("vgg-16", "alexnet", "resnet-50", "densenet-121", "googlenet")
errs_less = partial(Difference, metric="test_error", source=LECTURE)

CLAIMS = [
    errs_less(
        id="alexnet-lenet",
        text="AlexNet errs less than LeNet-5.",
        lower="alexnet",
        higher="lenet-5",
        said="no number",
    ),
    errs_less(
        id="vgg-alexnet",
        text="VGG (here with batch norm) errs less than AlexNet (without).",
        lower="vgg-11",
        higher="alexnet",
        said="29.6 against 40.7 % (ImageNet)",
    ),
    errs_less(
        id="resnet-vgg",
        text="A residual network errs less than VGG.",
        lower="resnet-20",
        higher="vgg-11",
        said="7.76 to 5.71 % top-5 against 9.33 % (ImageNet)",
    ),
    errs_less(
        id="nin-alexnet",
        text="NiN (here with batch norm) errs less than AlexNet (without).",
        lower="nin",
        higher="alexnet",
        said="no number",
    ),
    errs_less(
        id="inception-vgg",
        text="A network of Inception modules errs less than VGG.",
        lower="inception",
        higher="vgg-11",
        said="9.15 against 9.33 % top-5 with ten crops (ImageNet; He et al. 2015, Table 3)",
    ),
    errs_less(
        id="densenet-resnet",
        text="A DenseNet errs less than a residual network.",
        lower="densenet-22",
        higher="resnet-20",
        said="5.24 against 6.61 % (CIFAR-10)",
    ),
    CountShare(
        id="lighter-than-vgg",
        text="The network of Inception modules and the residual one have at most half of VGG's weights.",
        quantity="parameters",
        base="vgg-11",
        at_most={"inception": 1 / 2, "resnet-20": 1 / 2},
        said="4 to 7 M and 26 M against 138 M",
        source=LECTURE,
    ),
    CountShare(
        id="lighter-than-alexnet",
        text="NiN has at most half of AlexNet's weights.",
        quantity="parameters",
        base="alexnet",
        at_most={"nin": 1 / 2},
        said="no number",
        source=LECTURE,
    ),
    CountOrder(
        id="fewer-weights",
        text="As published, VGG-16 has more weights than AlexNet, that than ResNet-50, that than "
        "DenseNet-121, that than GoogLeNet.",
        quantity="parameters",
        falling=[f"{name}, published" for name in COUNTED],
        said="138 M, 60 M; GoogLeNet 4 to 7 M",
        source=LECTURE,
    ),
]
