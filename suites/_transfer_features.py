"""What Zeiler and Fergus and the lecture on transfer learning say of features, and what is published."""

from functools import partial

from bench import Reference
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves, Map

ZF, LECTURE = "Zeiler and Fergus 2013 (arXiv 1311.2901)", "lecture on transfer learning"
METRIC = "test_balanced_error"
found = partial(Difference, metric=METRIC)
taught = partial(found, said="no number", source=LECTURE)

CLAIMS = [
    Order(
        id="deeper",
        text="A support vector machine errs less on each deeper layer: 1, 3, 5, 7.",
        metric=METRIC,
        falling=("svm-1", "svm-3", "svm-5", "svm-7"),
        said="accuracy 44.8, 72.3, 86.2, 85.5 %: level from 5 to 7",
        source=f"{ZF}, Table 7",
    ),
    taught(
        id="pretrained",
        text="Features of a trained net beat random ones: after layers 3, 5 and 7.",
        lower=("svm-3", "svm-5", "svm-7"),
        higher=("random-3", "random-5", "random-7"),
    ),
    taught(
        id="random-worse",
        text="Random features of layer 7 err more than those of layer 1.",
        lower="random-1",
        higher="random-7",
    ),
    found(
        id="softmax",
        text="A softmax on layer 7 is at most one point worse than a support vector machine.",
        lower="softmax-7",
        higher="svm-7",
        by=-1,
        said="85.4 against 85.5 % accuracy",
        source=f"{ZF}, Table 7",
    ),
    found(
        id="beats-scratch",
        text="With 200 training images (20 a class on average), a support vector machine on layer 7, its "
        "strength tuned on others, classes weighed alike, beats an untuned net from scratch.",
        lower="svm-7-few",
        higher="scratch-few",
        said="86.5 ± 0.5 (a softmax there) against 46.5 ± 1.7 % accuracy (Caltech-101, 30 a class)",
        source=f"{ZF}, Table 4",
    ),
    taught(
        id="few-classifier",
        text="With 200 images, training the classifier alone (SGD, untuned rate) beats training all, old "
        "layers at 0.3 of it.",
        lower="classifier-few",
        higher="whole-few",
    ),
    taught(
        id="some-upper",
        text="With 800 images, training layers 5 to 8, old ones at 0.3 of an untuned rate, beats the "
        "classifier alone (SGD, the full rate).",
        lower="upper-some",
        higher="classifier-some",
    ),
    taught(
        id="all-whole",
        text="With 3,000 images, training all, old layers at 0.3 of an untuned rate, beats training layers 5 "
        "to 8 so, and scratch.",
        lower="whole-all",
        higher=("upper-all", "scratch-all"),
    ),
    Interaction(
        id="scarce",
        text="Beginning with a trained net gains more points over scratch with 200 images (and fewer steps) "
        "than with 3,000.",
        metric=METRIC,
        smaller=("scratch-all", "whole-all"),
        larger=("scratch-few", "whole-few"),
        said="no number",
        source=LECTURE,
    ),
]

# accuracy on Caltech-101, 30 images a class, mean and spread over five folds
PUBLISHED = {
    "svm-1": (44.8, 0.7),
    "svm-2": (66.2, 0.5),
    "svm-3": (72.3, 0.4),
    "svm-4": (76.6, 0.4),
    "svm-5": (86.2, 0.8),
    "svm-7": (85.5, 0.4),
    "softmax-5": (82.9, 0.4),
    "softmax-7": (85.4, 0.4),
}

REFERENCES = [
    Reference(
        experiment=name,
        metric=METRIC,
        value=round(100 - accuracy, 1),
        spread=spread,
        data="Caltech-101, 30 a class",
        paper=ZF,
        where="Table 7",
        statistic="mean",
        n=5,
        status="F",
    )
    for name, (accuracy, spread) in PUBLISHED.items()
]

SIZES = ("few", "some", "all")
BY_IMAGES = {
    kind: [f"{kind}-{size}" for size in SIZES] for kind in ("scratch", "classifier", "upper", "whole")
}
FIGURES = [
    Against(
        setting="probe.layer",
        name="probes",
        title="Error of linear classifiers by the layer that they are fitted on",
        groups={
            "trained net": [f"svm-{n}" for n in range(1, 8)],
            "trained net, softmax": ["softmax-5", "softmax-7"],
            "random net": [f"random-{n}" for n in range(1, 8)],
        },
    ),
    Map(
        rows="start.frozen",
        columns="data.train",
        name="freeze-map",
        absent="from scratch",
        of=[name for names in BY_IMAGES.values() for name in names],
    ),
    Against(setting="data.train", name="error-against-images", groups=BY_IMAGES),
    Curves(groups=BY_IMAGES),
]
