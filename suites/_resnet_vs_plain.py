"""What He et al. and the lecture that retells them say of residual networks, and the errors they print."""

from functools import partial

from bench import Reference
from bench.claims import Count, Difference, EpochsTo, Interaction, Order, SameCount

HE = "He et al. 2015 (arXiv 1512.03385)"
DEPTHS = (20, 32, 44, 56, 110)
errs_less = partial(Difference, metric="test_error")

CLAIMS = [
    Difference(
        id="degradation",
        text="A 56-layer plain net has a higher training error than a 20-layer one.",
        metric="train_error",
        lower="plain-20",
        higher="plain-56",
        said="curves only: plain-56 above plain-20; plain-110 over 60 %",
        source=f"{HE}, Figures 1 and 6",
    ),
    errs_less(
        id="cure-deeper",
        text="With shortcuts, 56 layers have a lower test error than 20.",
        lower="resnet-56",
        higher="resnet-20",
        said="6.97 % at 56 layers, 8.75 % at 20",
        source=f"{HE}, Table 6",
        matters=1,
        profiles=("overnight", "paper"),
    ),
    errs_less(
        id="residual-wins",
        text="At 20 and at 56 layers and equally many weights, residual beats plain.",
        matters=1,
        lower=("resnet-20", "resnet-56"),
        higher=("plain-20", "plain-56"),
        said="residual 25.03, plain 28.54 % top-1 error at 34 layers on ImageNet",
        source=f"{HE}, Table 2",
    ),
    errs_less(
        id="residual-wins-everywhere",
        text="At every depth from 20 to 110 layers residual beats plain.",
        lower=[f"resnet-{depth}" for depth in DEPTHS],
        higher=[f"plain-{depth}" for depth in DEPTHS],
        said="curves only",
        source=f"{HE}, Figure 6",
    ),
    errs_less(
        id="very-deep",
        text="Over 100 layers train: ResNet-110 has a lower test error than ResNet-56.",
        lower="resnet-110",
        higher="resnet-56",
        said="6.61 ± 0.16 (5 runs) against 6.97 %",
        source=f"{HE}, Table 6",
    ),
    Difference(
        id="faster",
        text="At 20 and at 56 layers shortcuts save epochs on the way to 60 % running training error (ours).",
        metric=EpochsTo(level=60),
        lower=("resnet-20", "resnet-56"),
        higher=("plain-20", "plain-56"),
        said="no number",
        source=f"{HE}, §4.1",
    ),
    Order(
        id="cure",
        text="With shortcuts depth helps at every step from 20 to 56 layers.",
        metric="test_error",
        falling=[f"resnet-{depth}" for depth in (20, 32, 44, 56)],
        said="8.75 / 7.51 / 7.17 / 6.97 %",
        source=f"{HE}, Table 6",
    ),
    Interaction(
        id="more-so-with-depth",
        text="Shortcuts gain more at 56 layers than at 20.",
        metric="test_error",
        smaller=("plain-20", "resnet-20"),
        larger=("plain-56", "resnet-56"),
        said="gain 3.51 points at 34 layers, 0.06 at 18 (ImageNet)",
        source=f"{HE}, Table 2",
    ),
    Count(
        id="identity-easy",
        text="For inputs that are not negative, and with zero weights and shifts in its last layer, a "
        "residual block that keeps the size (7 of 9 at 20 layers, 25 of 27 at 56) is the identity, a plain "
        "one is not.",
        quantity="identity_units",
        values={"plain-20": 0, "plain-56": 0, "resnet-20": 7, "resnet-56": 25},
        said="a + 0 = a",
        source="lecture on residual networks",
    ),
    SameCount(
        id="same-weights",
        text="Plain and residual nets (option A) of 20, and of 56, layers have equally many weights.",
        quantity="parameters",
        groups=(("plain-20", "resnet-20"), ("plain-56", "resnet-56")),
        said="no extra parameters (option A)",
        source=f"{HE}, §3.3",
    ),
]

printed = partial(Reference, metric="test_error", paper=HE, where="Table 6", status="F")

REFERENCES = [
    *(
        printed(experiment=f"resnet-{depth}", value=error, statistic="single")
        for depth, error in {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97}.items()
    ),
    printed(experiment="resnet-110", value=6.61, statistic="mean", n=5, spread=0.16),
]
