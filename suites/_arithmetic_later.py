"""The numbers that lectures and papers print about GoogLeNet, ResNeXt, DenseNet and very deep networks."""

from functools import partial

from bench.claims import Count

K, M = 1_000, 1_000_000
CLASSIC, INCEPTION = "lecture on classic networks", "lecture on Inception networks"
weights = partial(Count, quantity="parameters")
work = partial(Count, quantity="macs")
SZEGEDY, XIE = "Szegedy et al. 2014 (arXiv 1409.4842)", "Xie et al. 2017 (arXiv 1611.05431)"
HUANG, HE_2016 = "Huang et al. 2017 (arXiv 1608.06993)", "He et al. 2016 (arXiv 1603.05027)"
ON_LATER_NETWORKS = [
    Count(
        id="googlenet-22",
        text="GoogLeNet is 22 layers with weights deep.",
        quantity="depth",
        said="22",
        source=f"{SZEGEDY}, Table 1",
        values={"googlenet": 22},
        remark="Three in the stem, two for each of 9 modules, the classifier; branches stand side by side",
    ),
    Count(
        id="googlenet-modules",
        text="GoogLeNet has 9 modules of parallel branches.",
        quantity="modules",
        said="9 modules",
        source=INCEPTION,
        values={"googlenet": 9},
    ),
    weights(
        id="googlenet-5m",
        text="GoogLeNet has some 5 M weights.",
        said="5 M",
        source=INCEPTION,
        values={"googlenet": 5 * M},
        rounded=True,
        remark="The classifier has 1.0 M of them; two auxiliary classifiers, dropped after training, are "
        "left out. 12 times fewer than AlexNet's 60 M (§1) are 5 M; the paper's Table 1 adds up to 6.8 M",
    ),
    Count(
        id="googlenet-norm",
        text="GoogLeNet as published has batch norm after each of its 57 convolutions.",
        quantity="batch_norms",
        said="batch norm, image distortions and RMSprop",
        source=INCEPTION,
        values={"googlenet": 57},
        remark="The published network has local response normalisation, and was trained by SGD with momentum "
        "(arXiv 1409.4842, §6); batch norm came with Ioffe and Szegedy 2015 (arXiv 1502.03167), RMSprop with "
        "Szegedy et al. 2016 (arXiv 1512.00567)",
    ),
    Count(
        id="alexnet-7",
        text="AlexNet has 7 layers.",
        quantity="depth",
        said="7 layers",
        source=CLASSIC,
        values={"alexnet": 7},
        remark="Five convolutions and three dense layers (Krizhevsky et al. 2012, §3), seven of them hidden",
    ),
    Count(
        id="alexnet-7x7",
        text="AlexNet's first filters are 7×7.",
        quantity="receptive_field",
        said="7×7",
        source=CLASSIC,
        values={"first-at-227": 7},
        remark="11×11 at stride 4 (Krizhevsky et al. 2012, §3.5); 7×7 at stride 2 are Zeiler and Fergus's",
    ),
    weights(
        id="two-groups",
        text="In two groups AlexNet's convolutions 2, 4 and 5 have half as many weights: 1.4 M less in all.",
        said="two GPUs are two groups",
        source=CLASSIC,
        values={"alexnet": 60_965_224, "alexnet-one-group": 62_378_344},
    ),
    weights(
        id="resnext-weights",
        text="ResNet-50 has 25.5 M weights, ResNeXt-50 32×4d 25.0 M.",
        said="25.0 M; 25.5 M",
        source=f"{XIE}, Table 1",
        values={"resnext-50-32x4d": 25_000 * K, "resnet-50": 25_500 * K},
        rounded=True,
    ),
    work(
        id="resnext-work",
        text="ResNet-50 costs 4.1 G multiplications, ResNeXt-50 32×4d 4.2 G.",
        said="4.2 G; 4.1 G",
        source=f"{XIE}, Table 1",
        values={"resnext-50-32x4d": 4_200 * M, "resnet-50": 4_100 * M},
        rounded=True,
    ),
    weights(
        id="densenet-weights",
        text="DenseNets of 40, 100 and 100 (BC) layers with a growth of 12 have 1.0, 7.0 and 0.8 M weights.",
        said="1.0, 7.0, 0.8 M",
        source=f"{HUANG}, Table 2",
        values={"densenet-40": 1_000 * K, "densenet-100": 7_000 * K, "densenet-bc-100": 800 * K},
        rounded=True,
    ),
    weights(
        id="very-deep-weights",
        text="1,001 layers of bottlenecks have 10.2 M weights, 164 have 1.7 M; 1,202 without, 19.4 M.",
        said="10.2, 1.7, 19.4 M",
        source=f"{HE_2016}, Table 4; He et al. 2015 (arXiv 1512.03385), Table 6",
        values={
            "preact-resnet-1001": 10_200 * K,
            "preact-resnet-164": 1_700 * K,
            "preact-resnet-1202": 19_400 * K,
        },
        rounded=True,
        remark="The last is counted with pre-activation, which leaves the number as it is",
    ),
    weights(
        id="wide-weights",
        text="Wide ResNet-28-10 has 36.5 M weights, ResNeXt-29 8×64d 34.4 M.",
        said="36.5, 34.4 M",
        source=f"{XIE}, Table 7",
        values={"wide-resnet-28-10": 36_500 * K, "resnext-29": 34_400 * K},
        rounded=True,
    ),
]
