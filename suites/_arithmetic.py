"""The numbers that lectures and papers print about the classic networks."""

from functools import partial

from bench.claims import Count, CountGap, CountOrder

K, M = 1_000, 1_000_000
weights = partial(Count, quantity="parameters")
fit = partial(Count, quantity="unused_pixels")
work = partial(Count, quantity="macs")
LAYERS, CLASSIC, INCEPTION, RESIDUAL = (
    f"lecture on {what} networks" for what in ("convolutional", "classic", "Inception", "residual")
)
VGG = "Simonyan and Zisserman 2015 (arXiv 1409.1556), Table 2"

ON_LAYERS = [
    weights(
        id="conv-weights",
        text="Ten filters of 5×5×3 have 760 weights.",
        said="760",
        source=LAYERS,
        values={"ten-5x5": 760},
        remark="Biases are counted: 10 × (75 + 1)",
    ),
    weights(
        id="shared-weights",
        text="Five shared filters of 7×7×3 have 735 weights.",
        said="735",
        source=LAYERS,
        values={"shared-7x7": 735},
        remark="Biases are not counted; with them it is 740",
    ),
    weights(
        id="local-weights",
        text="On 30×30 pixels five filters, only local, have 423 K weights.",
        said="423 K",
        source=LAYERS,
        values={"local-7x7": 423 * K},
        within=0.005,
        remark="24×24 places × 147 weights × 5, without biases",
    ),
    weights(
        id="local-one",
        text="One such filter has 85 K weights.",
        said="85 K",
        source=LAYERS,
        values={"one-local-7x7": 85 * K},
        within=0.005,
    ),
    weights(
        id="local-large",
        text="On 256×256 pixels the five have 46 M weights.",
        said="46 M",
        source=LAYERS,
        values={"large-local-7x7": 46 * M},
        within=0.005,
    ),
    weights(
        id="dense-large",
        text="1,000 units that see all of 256×256×3 have 200 M weights.",
        said="200 million",
        source=LAYERS,
        values={"large-dense": 200 * M},
        within=0.02,
        remark="Without biases; the lecture rounds 197 M up",
    ),
    Count(
        id="output-size",
        text="On 7×7 pixels a 3×3 filter gives 5×5 at stride 1, 3×3 at stride 2.",
        quantity="output_size",
        said="5; 3",
        source=LAYERS,
        values={"stride-1": 5, "stride-2": 3},
        remark="(N + 2P − F)/S + 1",
    ),
    fit(
        id="does-not-fit",
        text="At stride 3 it does not fit: a row and a column are left over.",
        said="does not fit",
        source=LAYERS,
        values={"stride-1": 0, "stride-2": 0, "stride-3": 1},
    ),
    fit(
        id="alexnet-227",
        text="AlexNet's first layer fits to 227×227 pixels, not to 224×224.",
        said="227, not 224",
        source=CLASSIC,
        values={"first-at-227": 0, "first-at-224": 1},
        remark="(227 − 11)/4 + 1 = 55",
    ),
    Count(
        id="stack-field",
        text="Three 3×3 layers see 7×7 pixels, two see 5×5.",
        quantity="receptive_field",
        said="7; 5",
        source=CLASSIC,
        values={"three-3x3": 7, "one-7x7": 7, "two-3x3": 5, "one-5x5": 5},
    ),
    weights(
        id="stack-cost",
        text="Three 3×3 layers have 27 C² weights where one of 7×7 has 49 C².",
        said="27 C²; 49 C²",
        source=CLASSIC,
        values={"three-3x3": 27 * 64**2, "one-7x7": 49 * 64**2},
        remark="C = 64; biases are not counted",
    ),
    work(
        id="bottleneck-28",
        text="A 1×1 bottleneck cuts 120 M multiplications to 12.4 M.",
        said="120 M; 12.4 M",
        source=INCEPTION,
        values={"naive-28": 120 * M, "bottleneck-28": 12_400 * K},
        within=0.005,
    ),
    work(
        id="bottleneck-14",
        text="A 1×1 bottleneck cuts 112.9 M multiplications to 5.3 M.",
        said="112.9 M; 5.3 M",
        source=INCEPTION,
        values={"naive-14": 112_900 * K, "bottleneck-14": 5_300 * K},
        within=0.01,
    ),
]
ON_NETWORKS = [
    weights(
        id="lenet-60k",
        text="LeNet-5 has about 60 K weights.",
        said="60 K",
        source=CLASSIC,
        values={"lenet-5": 60 * K},
        within=0.03,
        remark="In the original each map of the third layer sees some maps only, pooling has weights, and "
        "the output is of radial basis functions: 60,000 in all",
    ),
    weights(
        id="alexnet-60m",
        text="AlexNet has about 60 M weights.",
        said="60 M",
        source=CLASSIC,
        values={"alexnet": 60 * M},
        within=0.02,
        remark="Two groups, as on two GPUs; alexnet-one-group has more",
    ),
    weights(
        id="vgg-138m",
        text="VGG-16 has about 138 M weights.",
        said="138 M",
        source=CLASSIC,
        values={"vgg-16": 138 * M},
        within=0.005,
    ),
    weights(
        id="vgg-params",
        text="From 11 to 19 layers VGG's weights grow from 133 M to 144 M only.",
        said="133, 133, 133, 134, 138, 144 M",
        source=VGG,
        values={
            "vgg-a": 133 * M,
            "vgg-a-lrn": 133 * M,
            "vgg-b": 133 * M,
            "vgg-c": 134 * M,
            "vgg-16": 138 * M,
            "vgg-19": 144 * M,
        },
        within=0.005,
        remark="Most of them stand in the first dense layer, which all have",
    ),
    Count(
        id="identity",
        text="With zero weights in its last layer a residual unit that keeps the shape is the identity: 7 of "
        "9 units at 20 layers, 12 of 16 at 50, 46 of 50 at 152; a plain one is not.",
        quantity="identity_units",
        said="a + 0 = a",
        source=RESIDUAL,
        values={"plain-20": 0, "resnet-20": 7, "resnet-50": 12, "resnet-152": 46},
        remark="For inputs that are not negative, as they come from a ReLU",
    ),
]
SZEGEDY, XIE = "Szegedy et al. 2014 (arXiv 1409.4842)", "Xie et al. 2017 (arXiv 1611.05431)"
HUANG, HE_2016 = "Huang et al. 2017 (arXiv 1608.06993)", "He et al. 2016 (arXiv 1603.05027)"
ON_LATER_NETWORKS = [
    Count(
        id="googlenet-22",
        text="GoogLeNet has 22 layers with weights.",
        quantity="depth",
        said="22; 9 modules",
        source=f"{SZEGEDY}, Table 1",
        values={"googlenet": 22},
        remark="Three in the stem, two for each of 9 modules, the classifier; branches stand side by side",
    ),
    weights(
        id="googlenet-5m",
        text="GoogLeNet has some 5 M weights.",
        said="5 M",
        source=INCEPTION,
        values={"googlenet": 5 * M},
        within=0.1,
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
        within=0.003,
    ),
    work(
        id="resnext-work",
        text="ResNet-50 costs 4.1 G multiplications, ResNeXt-50 32×4d 4.2 G.",
        said="4.2 G; 4.1 G",
        source=f"{XIE}, Table 1",
        values={"resnext-50-32x4d": 4_200 * M, "resnet-50": 4_100 * M},
        within=0.02,
    ),
    weights(
        id="densenet-weights",
        text="DenseNets of 40, 100 and 100 (BC) layers with a growth of 12 have 1.0, 7.0 and 0.8 M weights.",
        said="1.0, 7.0, 0.8 M",
        source=f"{HUANG}, Table 2",
        values={"densenet-40": 1_000 * K, "densenet-100": 7_000 * K, "densenet-bc-100": 800 * K},
        within=0.05,
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
        within=0.03,
        remark="The last is counted with pre-activation, which changes a handful of weights",
    ),
    weights(
        id="wide-weights",
        text="Wide ResNet-28-10 has 36.5 M weights, ResNeXt-29 8×64d 34.4 M.",
        said="36.5, 34.4 M",
        source=f"{XIE}, Table 7",
        values={"wide-resnet-28-10": 36_500 * K, "resnext-29": 34_400 * K},
        within=0.003,
    ),
]
without = partial(CountGap, quantity="parameters", more="alexnet", within=0.05, source=CLASSIC)
REMOVED = [
    without(
        id="remove-7",
        text="Without FC7 AlexNet has 16 M weights less.",
        said="16 M",
        fewer="alexnet-without-7",
        by=16 * M,
        remark="4096 × 4096 weights and 4096 biases are 16.8 M",
    ),
    without(
        id="remove-67",
        text="Without FC6 and FC7 AlexNet has 50 M weights less.",
        said="50 M",
        fewer="alexnet-without-6-7",
        by=50 * M,
        remark="54.5 M go; the last layer, with 9216 inputs now in place of 4096, gains 5.1 M",
    ),
    without(
        id="remove-34",
        text="Without convolutions 3 and 4 AlexNet has 1 M weights less.",
        said="1 M",
        fewer="alexnet-without-3-4",
        by=1 * M,
        remark="Convolution 3 has 0.89 M, 4 has 0.66 M (two groups), and 5 loses 0.15 M with its inputs: "
        "1.7 M in all",
    ),
]

CLAIMS = [
    *ON_LAYERS,
    *ON_NETWORKS,
    *ON_LATER_NETWORKS,
    *REMOVED,
    CountOrder(
        id="resnet-cheaper",
        text="ResNet-152 costs fewer multiplications than VGG-19.",
        quantity="macs",
        falling=("vgg-19", "resnet-152"),
        said="cheaper",
        source=CLASSIC,
    ),
]
