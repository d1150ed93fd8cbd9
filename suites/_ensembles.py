"""What papers and the lecture on ensembles say of averaged predictions, and what is published."""

from functools import partial

from bench import Reference
from bench.claims import CountRatio, Difference, SameCount

ALEXNET, GOOGLENET = "Krizhevsky et al. 2012", "Szegedy et al. 2014 (arXiv 1409.4842)"
VGG, HUANG = "Simonyan and Zisserman 2015 (arXiv 1409.1556)", "Huang et al. 2017 (arXiv 1704.00109)"
LECTURE = "lecture on ensembles"
errs_less = partial(Difference, metric="test_error")

CLAIMS = [
    errs_less(
        id="averaging",
        text="Averaging two nets, or four, beats one.",
        lower=("2 nets", "4 nets"),
        higher="1 net",
        said="40.7 to 38.1 % (5 nets, top-1)",
        source=ALEXNET,
    ),
    errs_less(
        id="two-points",
        text="Four nets gain more than two points.",
        lower="4 nets",
        higher="1 net",
        by=2,
        said="about 2 %",
        source=LECTURE,
    ),
    Difference(
        id="likelihood",
        text="Without crops, four nets have a lower test loss than one.",
        metric="test_loss",
        lower="4 nets",
        higher="1 net",
        said="no number",
        source=LECTURE,
    ),
    Difference(
        id="calibrated",
        text="Without crops, four nets are better calibrated than one.",
        metric="calibration_error",
        lower="4 nets",
        higher="1 net",
        said="0.023 to 0.010 (4 nets, CIFAR-10)",
        source="uncertainty-baselines, README",
    ),
    errs_less(
        id="crops",
        text="Ten crops of a test image beat the image alone.",
        lower="10 crops",
        higher="1 net",
        said="39.0 to 37.5 % (top-1)",
        source=ALEXNET,
    ),
    errs_less(
        id="saturates",
        text="Eight more views gain less than 0.3 points.",
        lower="10 crops",
        higher="18 views",
        by=-0.3,
        said="134 more crops gain 1.26 points: 10 gain 0.92, 144 gain 2.18",
        source=GOOGLENET,
    ),
    errs_less(
        id="both",
        text="Four nets and ten crops together beat either alone.",
        lower="4 nets, 10 crops",
        higher=("4 nets", "10 crops"),
        said="10.07 to 6.67 % (7 nets, 144 crops, top-5)",
        source=GOOGLENET,
    ),
    errs_less(
        id="snapshots",
        text="Four snapshots of one run beat a run of equal length without restarts.",
        lower="4 snapshots",
        higher="1 net",
        said="has tables (CIFAR-10 and others), which are not quoted here",
        source=HUANG,
    ),
    errs_less(
        id="snapshots-or-seeds",
        text="Four snapshots of one run beat four independent runs of a quarter of its length.",
        lower="4 snapshots",
        higher="4 short nets",
        said="has tables (CIFAR-10 and others), which are not quoted here",
        source=HUANG,
    ),
    errs_less(
        id="architectures",
        text="A residual net and an AlexNet together beat two of either.",
        lower="net and AlexNet",
        higher=("2 nets", "2 AlexNets"),
        said="no number",
    ),
    errs_less(
        id="moving-average",
        text="The moving average of the weights beats the last weights.",
        lower="moving average",
        higher="1 net",
        said="no number",
        source="Polyak and Juditsky 1992",
    ),
    errs_less(
        id="average-of-epochs",
        text="The plain mean of the weights of the last epochs beats the last.",
        lower="average of epochs",
        higher="1 net",
        said="has tables (CIFAR-10 and others), which are not quoted here",
        source="Izmailov et al. 2018 (arXiv 1803.05407)",
    ),
    CountRatio(
        id="price",
        text="N nets cost N times the work for an image.",
        quantity="macs",
        base="1 net",
        times={"2 nets": 2, "4 nets": 4, "10 crops": 10, "4 nets, 10 crops": 40},
        said="× N",
        source=LECTURE,
    ),
    CountRatio(
        id="memory",
        text="N nets have N times the weights; crops add none.",
        quantity="parameters",
        base="1 net",
        times={"2 nets": 2, "4 nets": 4, "10 crops": 1},
        said="× N",
        source=LECTURE,
    ),
    SameCount(
        id="equal-price",
        text="Four snapshots or four short nets take as many multiply-accumulates to train as one net.",
        quantity="training_macs",
        groups=(("1 net", "4 snapshots", "4 short nets"),),
    ),
]

printed = partial(Reference, metric="test_error", statistic="single", status="F")
in_table_3 = partial(printed, paper=GOOGLENET, where="Table 3")

REFERENCES = [  # of what stands nearest
    printed(experiment="1 net", value=40.7, data="ImageNet, top-1, 1 net", paper=ALEXNET, where="Table 2"),
    printed(experiment="4 nets", value=38.1, data="ImageNet, top-1, 5 nets", paper=ALEXNET, where="Table 2"),
    printed(
        experiment="1 net",
        value=39.0,
        data="ILSVRC-2010, top-1, 1 crop",
        paper=ALEXNET,
        where="§6, footnote",
    ),
    printed(
        experiment="10 crops",
        value=37.5,
        data="ILSVRC-2010, top-1, 10 crops",
        paper=ALEXNET,
        where="Table 1",
    ),
    in_table_3(experiment="1 net", value=10.07, data="ImageNet, top-5, 1 net"),
    in_table_3(experiment="10 crops", value=9.15, data="ImageNet, top-5, 10 crops"),
    in_table_3(experiment="4 nets", value=8.09, data="ImageNet, top-5, 7 nets"),
    in_table_3(experiment="4 nets, 10 crops", value=7.62, data="ImageNet, top-5, 7 nets, 10 crops"),
    printed(
        experiment="2 nets, 10 crops",
        value=23.7,
        data="ImageNet, top-1, 2 nets, many crops",
        paper=VGG,
        where="Table 6",
    ),
]
