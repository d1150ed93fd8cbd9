"""What He et al. say of what lies on shortcuts, and the errors they print."""

from functools import partial

from bench import Experiment, Reference
from bench.claims import Count, CountOrder, Difference, SameCount

HE_2015, HE_2016 = "He et al. 2015 (arXiv 1512.03385)", "He et al. 2016 (arXiv 1603.05027)"
SHALLOW = "good results with 34 layers, not with many units"
PRINTED = {"identity": 6.61, "convolved": 12.22, "gated": 6.91}  # He et al. 2016, Table 1: medians of five


OPERATIONS = {  # what lies on the shortcut: its name in `bench.models.preact`, what is said of it
    "halved": ("scaled", "half the input on the shortcut hurts", "over 20 % against 6.61 %"),
    "convolved": (
        "convolved",
        "a 1×1 convolution on every shortcut hurts",
        f"12.22 against 6.61 %; {SHALLOW}",
    ),
    "dropped": ("dropped", "dropout on the shortcut hurts", "over 20 % against 6.61 %"),
    "gated": ("gated-on-shortcut", "a gate on the shortcut hurts", "6.91 against 6.61 %, with biases of -6"),
}


def options(depth, profiles):
    """Contenders of a depth: what shortcuts do where shapes change."""
    return [
        Experiment(
            id=f"{one}-{depth}",
            model={"name": f"resnet-{depth}", "options": {"shortcut": one}},
            profiles=profiles,
        )
        for one in "ABC"
    ]


def operations(depth, names, profiles, recipe=None):
    """Contenders of a depth: what lies on every shortcut, and the identity; units have the original order."""
    on = {"identity": "identity", **{name: OPERATIONS[name][0] for name in names}}
    return [
        Experiment(
            id=f"{name}-{depth}",
            model={
                "name": f"preact-resnet-{depth}",
                "options": {"order": "original", "shortcut": shortcut},
            },
            recipe=recipe or {},
            profiles=profiles,
        )
        for name, shortcut in on.items()
    ]


def on_shortcuts(depth, operations):
    """What is said of operations on shortcuts, for networks of a depth that else have the identity there."""
    return [
        Difference(
            id=f"{id}-{depth}",
            text=f"At {depth} layers {OPERATIONS[id][1]}.",
            metric="test_error",
            lower=f"identity-{depth}",
            higher=f"{id}-{depth}",
            said=f"{OPERATIONS[id][2]} (110 layers)",
            source=f"{HE_2016}, Table 1",
        )
        for id in operations
    ]


def where_shapes_change(depth):
    """What is said of the options where shapes change, for networks of a depth."""

    def suffices(id, cheaper, dearer, text, more, said):
        return Difference(
            id=f"{id}-{depth}",
            text=f"At {depth} layers {text} enough: {more} gains at most a point and a half.",
            metric="test_error",
            lower=f"{cheaper}-{depth}",
            higher=f"{dearer}-{depth}",
            by=-1.5,
            said=said,
            source=f"{HE_2015}, Table 3 (ImageNet, 34 layers)",
        )

    return [
        suffices(
            "projections", "A", "B", "zero padding is", "projecting where shapes change", "25.03; 24.52 %"
        ),
        suffices(
            "everywhere",
            "B",
            "C",
            "projecting where shapes change is",
            "projecting everywhere",
            "24.52; 24.19 %",
        ),
    ]


COUNTS = [
    Count(
        id="1000-layers",
        text="The units of ResNet-164, with pre-activation, make 1,001 layers (whether they train is not "
        "asked).",
        quantity="depth",
        values={"preact-resnet-1001": 1001},
        said="up to 1,000 layers trained",
        source="lecture on residual networks",
        remark="It costs 6.1 times the multiplications of 164 layers, and its training takes GPU days",
    ),
    CountOrder(
        id="dearer",
        text="Projections everywhere have more weights than where shapes change, and these more than "
        "padding.",
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
