"""What Ioffe and Szegedy, Krizhevsky et al. and the lectures say of normalisation and dropout."""

from functools import partial

from bench.claims import At, Difference, Interaction

IOFFE, ALEX = "Ioffe and Szegedy 2015 (arXiv 1502.03167)", "Krizhevsky et al. 2012"
LECTURE = "lecture on residual networks"
RATES = (0.02, 0.1, 0.5, 2.5)
errs_less = partial(Difference, metric="test_error")

CLAIMS = [
    errs_less(
        id="necessary",
        text="A plain net of 20 layers errs less with batch norm (rate 0.1) than without (rate 0.02).",
        lower="plain-20",
        higher="plain-20-without",
        said="absolutely necessary",
        source=LECTURE,
    ),
    Interaction(
        id="deeper",
        text="Batch norm gains more at 20 layers than at 8.",
        metric="test_error",
        smaller=("without-0.02", "batch-0.1"),
        larger=("plain-20-without", "plain-20"),
        said="no number",
        source=LECTURE,
    ),
    Interaction(
        id="rates",
        text="With batch norm, raising the learning rate from 0.02 to 0.1 gains more.",
        metric="test_error",
        smaller=("without-0.02", "without-0.1"),
        larger=("batch-0.02", "batch-0.1"),
        said="no number",
        source=f"{IOFFE}, §3.3",
    ),
    Difference(
        id="fails-without",
        text="At a learning rate of 2.5, fewer runs diverge with batch norm.",
        metric="diverged",
        lower="batch-2.5",
        higher="without-2.5",
        said="30 times the rate still trains",
        source=f"{IOFFE}, §4.2",
    ),
    errs_less(
        id="sigmoid",
        text="With batch norm a net of sigmoids errs less.",
        lower="sigmoid",
        higher="sigmoid-without",
        said="69.8 % accuracy; without, never better than chance",
        source=f"{IOFFE}, §4.2.2",
    ),
    errs_less(
        id="sigmoid-cost",
        text="With batch norm, ReLUs err less than sigmoids.",
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
        text="Dropout between convolutions raises the error.",
        lower="convolutions",
        higher="convolutions-dropout",
        said="it does not help there",
        source="lecture on classic networks",
    ),
    Difference(
        id="early-layers",
        text="After an epoch the second layer of a plain net has a smaller gradient than with shortcuts.",
        metric=At(metric="gradient_norm", at="epoch=1,layer=2"),
        lower="plain-20",
        higher="resnet-20",
        said="early layers of deep plain nets adjust slowly",
        source=LECTURE,
    ),
]
