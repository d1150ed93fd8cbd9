"""Do the numbers that lectures print about the classic networks come out of exact arithmetic?

Source: the lectures on classic architectures, VGG, residual and Inception networks; the papers behind
them. Nothing is trained: every profile gives the same verdicts, in seconds.

Expected: all are supported but remove-34. A number that is printed rounded counts as right `within`
the share that its claim states; exact ones must be equal.
"""

from bench import Suite
from bench.claims import Count, CountGap, CountOrder
from bench.spec import Network

K, M = 1_000, 1_000_000
LAYERS, CLASSIC, INCEPTION, RESIDUAL = (
    f"lecture on {what} networks" for what in ("convolutional", "classic", "Inception", "residual")
)
VGG = "Simonyan and Zisserman 2015 (arXiv 1409.1556), Table 2"

# id: model, pixels a side, channels, classes (or filters of the last layer), options
SMALL = {
    "ten-5x5": ("conv-stack", 32, 3, 10, {"kernel": 5}),
    "shared-7x7": ("conv-stack", 30, 3, 5, {"kernel": 7, "bias": False}),
    "local-7x7": ("local-layer", 30, 3, 5, {"input_size": 30, "kernel": 7, "bias": False}),
    "one-local-7x7": ("local-layer", 30, 3, 1, {"input_size": 30, "kernel": 7, "bias": False}),
    "large-local-7x7": ("local-layer", 256, 3, 5, {"input_size": 256, "kernel": 7, "bias": False}),
    "large-dense": ("dense-layer", 256, 3, 1000, {"input_size": 256, "bias": False}),
    "three-3x3": ("conv-stack", 32, 64, 64, {"kernel": 3, "depth": 3, "width": 64, "bias": False}),
    "two-3x3": ("conv-stack", 32, 64, 64, {"kernel": 3, "depth": 2, "width": 64, "bias": False}),
    "one-7x7": ("conv-stack", 32, 64, 64, {"kernel": 7, "bias": False}),
    "one-5x5": ("conv-stack", 32, 64, 64, {"kernel": 5, "bias": False}),
    "naive-28": ("conv-stack", 28, 192, 32, {"kernel": 5, "padding": 2}),
    "bottleneck-28": ("conv-stack", 28, 192, 32, {"kernel": 5, "padding": 2, "bottleneck": 16}),
    "naive-14": ("conv-stack", 14, 480, 48, {"kernel": 5, "padding": 2}),
    "bottleneck-14": ("conv-stack", 14, 480, 48, {"kernel": 5, "padding": 2, "bottleneck": 16}),
    "stride-1": ("conv-stack", 7, 3, 10, {"stride": 1}),
    "stride-2": ("conv-stack", 7, 3, 10, {"stride": 2}),
    "stride-3": ("conv-stack", 7, 3, 10, {"stride": 3}),
    "first-at-227": ("conv-stack", 227, 3, 96, {"kernel": 11, "stride": 4}),
    "first-at-224": ("conv-stack", 224, 3, 96, {"kernel": 11, "stride": 4}),
    "lenet-5": ("lenet-5", 32, 1, 10, {}),
    "plain-20": ("plain-20", 32, 3, 10, {}),
    "resnet-20": ("resnet-20", 32, 3, 10, {}),
    "alexnet-one-group": ("alexnet", 227, 3, 1000, {"groups": 1}),
}
ALEXNETS = ("alexnet", *(f"alexnet-without-{removed}" for removed in ("7", "6-7", "3-4", "3-4-6-7")))
LARGE = ("vgg-a", "vgg-a-lrn", "vgg-b", "vgg-c", "vgg-16", "vgg-19", "resnet-50", "resnet-152")

# id, text, said, source, quantity, values, within, remark
COUNTS = (
    ("conv-weights", "Ten filters of 5×5×3 have 760 weights.", "760", LAYERS, "parameters",
     {"ten-5x5": 760}, None, "Biases are counted: 10 × (75 + 1)"),
    ("shared-weights", "Five shared filters of 7×7×3 have 735 weights.", "735", LAYERS, "parameters",
     {"shared-7x7": 735}, None, "Biases are not counted; with them it is 740"),
    ("local-weights", "On 30×30 pixels five filters, only local, have 423 K weights.", "423 K", LAYERS,
     "parameters", {"local-7x7": 423 * K}, 0.005, "24×24 places × 147 weights × 5, without biases"),
    ("local-one", "One such filter has 85 K weights.", "85 K", LAYERS, "parameters",
     {"one-local-7x7": 85 * K}, 0.005, None),
    ("local-large", "On 256×256 pixels the five have 46 M weights.", "46 M", LAYERS, "parameters",
     {"large-local-7x7": 46 * M}, 0.005, None),
    ("dense-large", "1,000 units that see all of 256×256×3 have 200 M weights.", "200 million", LAYERS,
     "parameters", {"large-dense": 200 * M}, 0.02, "Without biases; the lecture rounds 197 M up"),
    ("output-size", "On 7×7 pixels a 3×3 filter gives 5×5 at stride 1, 3×3 at stride 2.", "5; 3", LAYERS,
     "output_size", {"stride-1": 5, "stride-2": 3}, None, "(N + 2P − F)/S + 1"),
    ("does-not-fit", "At stride 3 it does not fit: one pixel a side is left over.", "does not fit", LAYERS,
     "unused_pixels", {"stride-1": 0, "stride-2": 0, "stride-3": 1}, None, None),
    ("alexnet-227", "AlexNet's first layer fits to 227×227 pixels, not to 224×224.", "227, not 224", CLASSIC,
     "unused_pixels", {"first-at-227": 0, "first-at-224": 1}, None, "(227 − 11)/4 + 1 = 55"),
    ("stack-field", "Three 3×3 layers see 7×7 pixels, two see 5×5.", "7; 5", CLASSIC, "receptive_field",
     {"three-3x3": 7, "one-7x7": 7, "two-3x3": 5, "one-5x5": 5}, None, None),
    ("stack-cost", "Three 3×3 layers have 27 C² weights where one of 7×7 has 49 C².", "27 C²; 49 C²", CLASSIC,
     "parameters", {"three-3x3": 27 * 64**2, "one-7x7": 49 * 64**2}, None, "C = 64; biases are not counted"),
    ("bottleneck-28", "A 1×1 bottleneck cuts 120 M multiplications to 12.4 M.", "120 M; 12.4 M", INCEPTION,
     "macs", {"naive-28": 120 * M, "bottleneck-28": 12_400 * K}, 0.005, None),
    ("bottleneck-14", "A 1×1 bottleneck cuts 112.9 M multiplications to 5.3 M.", "112.9 M; 5.3 M", INCEPTION,
     "macs", {"naive-14": 112_900 * K, "bottleneck-14": 5_300 * K}, 0.01, None),
    ("lenet-60k", "LeNet-5 has about 60 K weights.", "60 K", CLASSIC, "parameters", {"lenet-5": 60 * K}, 0.03,
     "Each map of its third layer sees all maps here; the original has a table of connections there"),
    ("alexnet-60m", "AlexNet has about 60 M weights.", "60 M", CLASSIC, "parameters", {"alexnet": 60 * M},
     0.02, "Two groups, as on two GPUs; alexnet-one-group has more"),
    ("vgg-138m", "VGG-16 has about 138 M weights.", "138 M", CLASSIC, "parameters", {"vgg-16": 138 * M},
     0.005, None),
    ("vgg-params", "From 11 to 19 layers VGG's weights grow from 133 M to 144 M only.",
     "133, 133, 133, 134, 138, 144 M", VGG, "parameters",
     {"vgg-a": 133 * M, "vgg-a-lrn": 133 * M, "vgg-b": 133 * M, "vgg-c": 134 * M, "vgg-16": 138 * M,
      "vgg-19": 144 * M}, 0.005, "Most of them stand in the first dense layer, which all have"),
    ("identity", "With zero weights in its last layer a residual unit is the identity, a plain one is not.",
     "a + 0 = a", RESIDUAL, "identity_units",
     {"plain-20": 0, "resnet-20": 7, "resnet-50": 12, "resnet-152": 46}, None, "All that keep the shape"),
)  # fmt: skip
# id, text, said, removed, by (millions), remark
REMOVED = (
    ("remove-7", "Without FC7 AlexNet has 16 M weights", "16 M", "7", 16,
     "4096 × 4096 weights and 4096 biases are 16.8 M"),
    ("remove-67", "Without FC6 and FC7 AlexNet has 50 M weights", "50 M", "6-7", 50,
     "54.5 M go; the last layer, with 9216 inputs now in place of 4096, gains 5.2 M"),
    ("remove-34", "Without convolutions 3 and 4 AlexNet has 1 M weights", "1 M", "3-4", 1,
     "Convolution 3 has 0.89 M, 4 has 0.66 M (two groups), and 5 loses 0.15 M with its inputs: 1.7 M in all"),
)  # fmt: skip

suite = Suite(
    title="The arithmetic of classic networks",
    question="Do the numbers that lectures print about the classic networks come out of exact arithmetic?",
    networks=[
        *(Network(id=name, model={"name": model, "options": options}, size=size, channels=channels, classes=n)
          for name, (model, size, channels, n, options) in SMALL.items()),
        *(Network(model=name, size=227) for name in ALEXNETS),
        *(Network(model=name, size=224) for name in LARGE),
    ],
    claims=[
        *(Count(id=name, text=text, said=said, source=source, quantity=quantity, values=values, within=within,
                remark=why)
          for name, text, said, source, quantity, values, within, why in COUNTS),
        *(CountGap(id=name, text=f"{text} less.", said=said, source=CLASSIC, quantity="parameters",
                   more="alexnet", fewer=f"alexnet-without-{removed}", by=by * M, within=0.05, remark=why)
          for name, text, said, removed, by, why in REMOVED),
        CountOrder(id="resnet-cheaper", text="ResNet-152 costs fewer multiplications than VGG-19.",
                   said="cheaper", source=CLASSIC, quantity="macs", falling=("vgg-19", "resnet-152")),
    ],
)  # fmt: skip
