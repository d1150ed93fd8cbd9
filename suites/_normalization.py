"""What Ioffe and Szegedy, Krizhevsky et al. and the lectures say of normalisation and dropout."""

from functools import partial

from bench.claims import At, Difference, EpochsTo, Interaction

IOFFE, ALEX = "Ioffe and Szegedy 2015 (arXiv 1502.03167)", "Krizhevsky et al. 2012"
LECTURE = "lecture on residual networks"
RATES = (0.02, 0.1, 0.2)
LOW = (0.005, 0.02, 0.1)  # for 20 layers without batch norm
WITHOUT = tuple(f"plain-20-without-{lr}" for lr in LOW)
errs_less = partial(Difference, metric="test_error")

CLAIMS = [
    errs_less(
        id="necessary",
        text="A plain net of 20 layers errs at least five points less with batch norm, at a rate of 0.1, "
        "than without at 0.005, 0.02 or 0.1.",
        by=5,
        lower="plain-20",
        higher=WITHOUT,
        said="absolutely necessary",
        source=LECTURE,
    ),
    Interaction(
        id="rates",
        text="Raising the learning rate from 0.1 to 0.2 costs a net of 8 layers more without batch norm.",
        metric="test_error",
        smaller=("batch-0.2", "batch-0.1"),
        larger=("without-0.2", "without-0.1"),
        said="five times the rate, and its parameters reached machine infinity without",
        source=f"{IOFFE}, §4.2.2",
    ),
    Difference(
        id="sooner",
        text="At rates of 0.02 and of 0.1 batch norm brings the running training error of 8 layers to 65 % "
        "(our mark) in fewer epochs.",
        metric=EpochsTo(level=65),
        lower=("batch-0.02", "batch-0.1"),
        higher=("without-0.02", "without-0.1"),
        said="the same accuracy in less than half of the steps",
        source=f"{IOFFE}, Figure 3",
    ),
    errs_less(
        id="sigmoid",
        text="With batch norm, at a rate of 0.1, a net of sigmoids errs less than without at 0.1 or 0.5.",
        lower="sigmoid",
        higher=("sigmoid-without", "sigmoid-without-0.5"),
        said="69.8 % accuracy; without, never better than chance",
        source=f"{IOFFE}, §4.2.2",
    ),
    errs_less(
        id="sigmoid-cost",
        text="With batch norm, at a rate of 0.1, 8 layers err less with ReLUs than with sigmoids.",
        lower="batch-0.1",
        higher="sigmoid",
        said="73.0 against 69.8 % accuracy",
        source=f"{IOFFE}, Figure 3",
    ),
    errs_less(
        id="response",
        text="AlexNet errs less with local response normalisation.",
        lower="response",
        higher="no-response",
        said="1.4 points (ImageNet), 13 to 11 % (CIFAR-10)",
        source=f"{ALEX}, §3.3",
        profiles=("paper",),
    ),
    errs_less(
        id="dropout-dense",
        text="Dropout on the dense layers lowers the error.",
        lower="dense-dropout",
        higher="no-response",
        said="without it, substantial overfitting",
        source=f"{ALEX}, §4.2",
        profiles=("paper",),
    ),
    errs_less(
        id="dropout-convolutions",
        text="Dropout between convolutions gains at most half a point, with 1,500 training images.",
        by=-0.5,
        lower="convolutions",
        higher="convolutions-dropout",
        said="it does not help there",
        source="lecture on classic networks",
    ),
    Difference(
        id="early-layers",
        text="After the fifth epoch the second layer's weights have a gradient smaller by 0.1, in norm for "
        "one batch, in a plain net of 20 layers than with shortcuts, both with batch norm.",
        metric=At(metric="gradient_norm", at="epoch=5,layer=2"),
        by=0.1,
        profiles=("quick",),
        lower="plain-20",
        higher="resnet-20",
        said="early layers of deep plain nets adjust slowly; with batch norm their gradients are healthy "
        "(He et al. 2015, §4.1)",
        source=LECTURE,
    ),
]
