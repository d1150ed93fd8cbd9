"""The numbers that lectures and papers print about the classic networks."""

from functools import partial

from _arithmetic_later import ON_LATER_NETWORKS, K, M, weights, work

from bench.claims import Count, CountGap, CountOrder

fit = partial(Count, quantity="unused_pixels")
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
        rounded=True,
        remark="24×24 places × 147 weights × 5, without biases",
    ),
    weights(
        id="local-one",
        text="One such filter has 85 K weights.",
        said="85 K",
        source=LAYERS,
        values={"one-local-7x7": 85 * K},
        rounded=True,
    ),
    weights(
        id="local-large",
        text="On 256×256 pixels the five have 46 M weights.",
        said="46 M",
        source=LAYERS,
        values={"large-local-7x7": 46 * M},
        rounded=True,
    ),
    weights(
        id="dense-large",
        text="1,000 units that see all of 256×256×3 have 200 M weights.",
        said="200 million",
        source=LAYERS,
        values={"large-dense": 200 * M},
        rounded=True,
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
        text="Without padding AlexNet's first layer fits to 227×227 pixels, not to 224×224.",
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
        text="To 32 maps of 5×5 from 28×28×192, a 1×1 bottleneck of 16 maps cuts 120 M multiplications to "
        "12.4 M.",
        said="120 M; 12.4 M",
        source=INCEPTION,
        values={"naive-28": 120 * M, "bottleneck-28": 12_400 * K},
        rounded=True,
    ),
    work(
        id="bottleneck-14",
        text="To 48 maps of 5×5 from 14×14×480, a 1×1 bottleneck of 16 maps cuts 112.9 M multiplications to "
        "5.3 M.",
        said="112.9 M; 5.3 M",
        source=INCEPTION,
        values={"naive-14": 112_900 * K, "bottleneck-14": 5_300 * K},
        rounded=True,
    ),
]
ON_NETWORKS = [
    weights(
        id="lenet-60k",
        text="LeNet-5 has about 60 K weights.",
        said="60 K",
        source=CLASSIC,
        values={"lenet-5": 60 * K},
        rounded=True,
        remark="In the original 15 of the third layer's 16 maps see some maps only, pooling has weights, and "
        "the output is of radial basis functions: 60,000 in all",
    ),
    weights(
        id="alexnet-60m",
        text="AlexNet has about 60 M weights.",
        said="60 M",
        source=CLASSIC,
        values={"alexnet": 60 * M},
        rounded=True,
        remark="Two groups, as on two GPUs; alexnet-one-group has more",
    ),
    weights(
        id="vgg-138m",
        text="VGG-16 has about 138 M weights.",
        said="138 M",
        source=CLASSIC,
        values={"vgg-16": 138 * M},
        rounded=True,
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
        rounded=True,
        remark="Most of them stand in the first dense layer, which all have",
    ),
    Count(
        id="identity",
        text="With zero weights and shifts in its last layer a residual unit that keeps the shape is the "
        "identity: 7 of 9 units at 20 layers, 12 of 16 at 50, 46 of 50 at 152; a plain one is not.",
        quantity="identity_units",
        said="a + 0 = a",
        source=RESIDUAL,
        values={"plain-20": 0, "resnet-20": 7, "resnet-50": 12, "resnet-152": 46},
        remark="For inputs that are not negative, as they come from a ReLU",
    ),
]
without = partial(CountGap, quantity="parameters", more="alexnet", rounded=True, source=CLASSIC)
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
        remark="Strides are on 3×3 convolutions (Xie et al.); on 1×1, as in He et al., it costs less",
        said="cheaper",
        source=CLASSIC,
    ),
]
