"""What Simonyan and Zisserman, and a lecture after Zeiler and Fergus, say of depth, and what is published.

Where several points are printed a claim asks for a part of them (2 of 7, 1 of 5.7 and of 3): that a
difference is not exactly zero is not what was said, and few seeds settle it.
"""

from functools import partial

from bench import Reference
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves, Gains

VGG, ZF = "Simonyan and Zisserman 2015 (arXiv 1409.1556)", "Zeiler and Fergus 2013 (arXiv 1311.2901)"
LECTURE = "lecture, after Zeiler and Fergus"
of_vgg = partial(Difference, metric="test_error", source=f"{VGG}, Table 3")
of_alexnet = partial(Difference, metric="test_error", source=LECTURE)

CLAIMS = [
    Order(
        id="vgg-depth",
        text="From 11 to 13 to 16 layers VGG's error falls at each step.",
        metric="test_error",
        falling=("vgg-a", "vgg-b", "vgg-d"),
        said="29.6, 28.7, 27.0 %",
        source=f"{VGG}, Table 3",
    ),
    of_vgg(
        id="vgg-depth-19",
        text="19 layers are at most half a point worse than 16.",
        lower="vgg-e",
        higher="vgg-d",
        by=-0.5,
        said="27.3; 27.0 %",
    ),
    of_vgg(
        id="vgg-1x1",
        text="1×1 in place of D's third convolutions: worse than D, better than B.",
        lower=("vgg-d", "vgg-c"),
        higher=("vgg-c", "vgg-b"),
        said="27.0, 28.1, 28.7 %",
    ),
    of_vgg(
        id="vgg-lrn",
        text="LRN gains less than half a point.",
        lower="vgg-a",
        higher="vgg-a-lrn",
        by=-0.5,
        said="29.6; 29.7 % with LRN",
    ),
    of_vgg(
        id="small-filters",
        text="Two 3×3 layers beat one of 5×5 by two points or more.",
        by=2,
        lower="vgg-b",
        higher="vgg-b-5x5",
        said="7 points (centre crop)",
        source=f"{VGG}, §2.3 and §4.1",
    ),
    of_alexnet(
        id="remove-7",
        text="Without FC7 a narrowed AlexNet for small images (dense layers narrowed most) loses less than 2 "
        "points.",
        lower="alexnet-without-7",
        higher="alexnet",
        by=-2,
        said="1.1 points in the lecture; 40.5 to 40.0 %, which is a gain, in ZF's Table 3",
    ),
    of_alexnet(
        id="remove-67",
        text="A narrowed AlexNet for small images (dense layers narrowed most) loses a point or more without "
        "FC6 and FC7.",
        by=1,
        lower="alexnet",
        higher="alexnet-without-6-7",
        said="5.7 points in the lecture; 40.5 to 44.8 % in ZF's Table 3",
    ),
    of_alexnet(
        id="remove-34",
        text="A narrowed AlexNet for small images loses a point or more without convolutions 3 and 4.",
        by=1,
        lower="alexnet",
        higher="alexnet-without-3-4",
        said="3.0 points in the lecture; 40.5 to 45.4 % in ZF's Table 3",
    ),
    Interaction(
        id="remove-3467",
        text="Removing all four from a narrowed AlexNet for small images costs more than the two removals "
        "add up to.",
        metric="test_error",
        smaller=("alexnet-without-3-4", "alexnet"),
        larger=("alexnet-without-3-4-6-7", "alexnet-without-6-7"),
        said="33.5 points against 5.7 and 3.0 in the lecture; 71.3 % in ZF's Table 3",
        source=LECTURE,
    ),
]

# top-1 error on ImageNet's validation images; VGG at one scale (256), ZF their replication of AlexNet
PUBLISHED = {
    VGG: {"vgg-a": 29.6, "vgg-a-lrn": 29.7, "vgg-b": 28.7, "vgg-c": 28.1, "vgg-d": 27.0, "vgg-e": 27.3},
    ZF: {
        "alexnet": 40.5,
        "alexnet-without-7": 40.0,
        "alexnet-without-6-7": 44.8,
        "alexnet-without-3-4": 45.4,
        "alexnet-without-3-4-6-7": 71.3,
    },
}

REFERENCES = [
    Reference(
        experiment=name,
        metric="test_error",
        value=value,
        data="ImageNet, top-1, validation images",
        paper=paper,
        where="Table 3",
        statistic="single",
        status="F",
    )
    for paper, table in PUBLISHED.items()
    for name, value in table.items()
]

WITHOUT = [f"alexnet-without-{removed}" for removed in ("7", "6-7", "3-4", "3-4-6-7")]
FIGURES = [
    Against(
        setting="depth",
        metric=("train_error", "test_error"),
        name="error-against-depth",
        groups={"vgg a, b, d, e": ("vgg-a", "vgg-b", "vgg-d", "vgg-e"), "": ("vgg-c", "vgg-b-5x5")},
    ),
    Gains(
        over="alexnet",
        of=WITHOUT,
        name="removed",
        title="What a narrowed AlexNet for small images gains without some of its layers",
    ),
    Curves(
        groups={
            "VGG": ["vgg-a", "vgg-a-lrn", "vgg-b", "vgg-c", "vgg-d", "vgg-e", "vgg-b-5x5"],
            "AlexNet": ("alexnet", *WITHOUT),
        }
    ),
]
