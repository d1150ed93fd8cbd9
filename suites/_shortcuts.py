"""What He et al. say of what lies on shortcuts, and the errors they print."""

from functools import partial

from bench import Reference
from bench.claims import Count, CountOrder, Difference, Equivalence, SameCount

HE_2015, HE_2016 = "He et al. 2015 (arXiv 1512.03385)", "He et al. 2016 (arXiv 1603.05027)"
PRINTED = {"A": 6.61, "convolved": 12.22, "gated": 6.91}  # He et al. 2016, Table 1: medians of five


def claims(depth):
    """What is said of shortcuts, for networks of a depth."""

    def beats(id, text, said):
        return Difference(
            id=f"{id}-{depth}",
            text=f"At {depth} layers {text}.",
            metric="test_error",
            lower=f"A-{depth}",
            higher=f"{id}-{depth}",
            said=said,
            source=f"{HE_2016}, Table 1 (110 layers)",
        )

    def alike(id, one, other, text, said):
        return Equivalence(
            id=f"{id}-{depth}",
            text=f"At {depth} layers {text}, within a point and a half.",
            metric="test_error",
            one=f"{one}-{depth}",
            other=f"{other}-{depth}",
            within=1.5,
            said=said,
            source=f"{HE_2015}, Table 3 (ImageNet, 34 layers)",
        )

    return [
        beats("halved", "half the input on the shortcut hurts", "over 20 % against 6.61 %"),
        beats("convolved", "a 1×1 convolution on every shortcut hurts", "12.22 against 6.61 %"),
        beats("dropped", "dropout on the shortcut hurts", "over 20 % against 6.61 %"),
        beats("gated", "a gate on the shortcut hurts", "6.91 against 6.61 %, with biases of -6"),
        alike(
            "projections",
            "A",
            "B",
            "zero padding is as good as projecting where shapes change",
            "25.03; 24.52 %",
        ),
        alike("everywhere", "B", "C", "projecting everywhere gains nothing", "24.52; 24.19 %"),
    ]


COUNTS = [
    Count(
        id="1000-layers",
        text="A network of 1,001 layers can be built.",
        quantity="depth",
        values={"preact-resnet-1001": 1001},
        said="up to 1,000 layers trained",
        source="lecture on residual networks",
        remark="It costs 6.1 times the multiplications of 164 layers, and its training takes GPU days",
    ),
    CountOrder(
        id="dearer",
        text="Projections everywhere have more weights than where shapes change, and those than padding.",
        quantity="parameters",
        falling=[f"resnet-20(shortcut={option})" for option in "CBA"],
        said="A is free of parameters",
        source=f"{HE_2015}, §4.1",
    ),
    SameCount(
        id="free",
        text="Padding has no weights: the plain network has as many.",
        quantity="parameters",
        groups=(("resnet-20(shortcut=A)", "plain-20"),),
        said="A is free of parameters",
        source=f"{HE_2015}, §4.1",
    ),
]

printed = partial(
    Reference, metric="test_error", paper=HE_2016, where="Table 1", statistic="median", n=5, status="F"
)
REFERENCES = [printed(experiment=f"{name}-110", value=value) for name, value in PRINTED.items()]
