"""What Xie et al. and the lecture say of groups, and the errors they print."""

from functools import partial

from bench import Reference
from bench.claims import CountShare, Difference

XIE = "Xie et al. 2017 (arXiv 1611.05431)"


def resnext(cardinality, base_width, depth=20):
    """A bottleneck network of so many groups, so wide each (in the template of 64)."""
    options = {"cardinality": cardinality, "base_width": base_width}
    return {"name": f"resnext-{depth}", "options": options}


NETWORKS = {  # cardinality × width of a group, as in Tables 3 and 4
    "1x64d": resnext(1, 64),
    "2x40d": resnext(2, 40),
    "4x24d": resnext(4, 24),
    "8x24d": resnext(8, 24),
    "1x100d": resnext(1, 100),
}
DEEPER = {"1x64d-deeper": resnext(1, 64, depth=38)}
TOWERS = {
    "alexnet": {"name": "alexnet"},
    "alexnet-one-group": {"name": "alexnet", "options": {"groups": 1}},
}
errs_less = partial(Difference, metric="test_error", source=f"{XIE}, Tables 3 and 4")

CLAIMS = [
    errs_less(
        id="equal-cost",
        text="At equal cost, four groups beat one.",
        lower="4x24d",
        higher="1x64d",
        said="22.6 against 23.9 % (ImageNet, 50 layers)",
    ),
    errs_less(
        id="two-groups",
        text="At equal cost, two groups already beat one.",
        lower="2x40d",
        higher="1x64d",
        said="23.0 against 23.9 % (ImageNet, 50 layers)",
    ),
    errs_less(
        id="against-wider",
        text="At nearly twice the cost, more groups beat wider layers.",
        lower="8x24d",
        higher="1x100d",
        said="20.4 against 21.3 % (ImageNet, 101 layers)",
    ),
    errs_less(
        id="twice-groups",
        text="Twice the groups, at nearly twice the cost, lower the error.",
        lower="8x24d",
        higher="4x24d",
        said="20.4 against 21.2 % (ImageNet, 101 layers)",
    ),
    errs_less(
        id="against-deeper",
        text="At nearly twice the cost, more groups beat more layers.",
        lower="8x24d",
        higher="1x64d-deeper",
        said="20.4 % with 101 layers against 21.7 % with 200 (ImageNet)",
        profiles=("paper",),
    ),
    errs_less(
        id="two-towers",
        text="AlexNet's two groups, with half the weights in three layers, cost at most a point of error "
        "against one.",
        lower="alexnet",
        higher="alexnet-one-group",
        by=-1,
        said="two towers err 1.7 points less than one that is half as wide, on one GPU",
        source="ours, after Krizhevsky et al. 2012, §3.2",
        profiles=("paper",),
    ),
    CountShare(
        id="as-dear",
        text="Two and four groups cost at most 3 % more multiplications than one.",
        quantity="macs",
        base="1x64d",
        at_most={"2x40d": 1.03, "4x24d": 1.03},
        said="equal complexity",
        source=f"{XIE}, Table 2",
    ),
    CountShare(
        id="as-dear-as-wider",
        text="Eight groups cost at most 5 % more multiplications than wider layers.",
        quantity="macs",
        base="1x100d",
        at_most={"8x24d": 1.05},
        said="equal complexity",
        source=f"{XIE}, Table 4",
    ),
]

printed = partial(
    Reference, metric="test_error", paper=XIE, where="Table 3", data="ImageNet", statistic="single"
)
REFERENCES = [
    printed(experiment=name, value=value, status="F2")
    for name, value in {"1x64d": 23.9, "2x40d": 23.0, "4x24d": 22.6}.items()
]
