"""What Yosinski et al. and the lecture on transfer learning say, and the accuracies that are published."""

from functools import partial

from bench import Reference
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves

YOSINSKI, LECTURE = "Yosinski et al. 2014 (arXiv 1411.1792)", "lecture on transfer learning"
found = partial(Difference, metric="test_error", source=YOSINSKI)
taught = partial(Difference, metric="test_error", source=LECTURE)

CLAIMS = [
    Order(
        id="frozen-degrades",
        text="From 1 to 3, 5, 7 frozen layers of another task the error rises.",
        metric="test_error",
        falling=("A7B", "A5B", "A3B", "A1B"),
        said="accuracy 62.8, 61.9, 57.8, 54.3 % with 1, 3, 5, 7 layers",
        source=YOSINSKI,
    ),
    found(
        id="co-adapted",
        text="Freezing five layers of a net trained on the same task, then training the rest as long again, "
        "loses a point or more.",
        by=1,
        lower="B",
        higher="B5B",
        said="62.5 to 59.4 % accuracy",
    ),
    found(
        id="specific",
        text="Frozen layers up to the last lose more if they are another task's.",
        lower="B7B",
        higher="A7B",
        said="62.3 against 54.3 % accuracy",
    ),
    found(
        id="tuned-gains",
        text="At equal steps on the task, beginning with another task's layers, all trained, beats scratch.",
        lower="A7B+",
        higher="B",
        said="64.7 against 62.5 % accuracy",
    ),
    taught(
        id="beats-scratch",
        text="With few images, training the classifier alone, or all, on copied layers beats scratch.",
        lower=("A7B-few", "A7B+-few"),
        higher="B-few",
        said="86.5 ± 0.5 (a softmax on fixed layers) against 46.5 ± 1.7 % accuracy (Caltech-101, 30 a class)",
        source="Zeiler and Fergus 2013 (arXiv 1311.2901), Table 4",
    ),
    taught(
        id="few-classifier",
        text="With few images, training the classifier alone (by SGD, at one untuned rate) beats "
        "training all.",
        lower="A7B-few",
        higher="A7B+-few",
        said="no number",
    ),
    taught(
        id="many-all",
        text="With many images, training all beats training the classifier alone (by SGD).",
        lower="A7B+",
        higher="A7B",
        said="no number",
    ),
    taught(
        id="mild-rate",
        text="With few images, a tenth of the rate for old layers gains a point or more over the full, "
        "untuned rate.",
        by=1,
        lower="A7B+-mild-few",
        higher="A7B+-few",
        said="0.001 for old, 0.01 for new layers",
    ),
    Interaction(
        id="scarce",
        text="Transfer with all layers trained gains more points where images, and steps, are few.",
        metric="test_error",
        smaller=("B", "A7B+"),
        larger=("B-few", "A7B+-few"),
        said="no number",
        source=LECTURE,
    ),
]

# top-1 accuracy, mean over so many runs, from the authors' logs
OF_EIGHT = {"B": 62.5, "A1B": 62.8, "A3B": 61.9, "A5B": 57.8, "A7B": 54.3}
OF_FOUR = {"B1B": 62.7, "B3B": 62.1, "B5B": 59.4, "B7B": 62.3}
OF_TWO = {"A7B+": 64.7, "B7B+": 62.7}

REFERENCES = [
    Reference(
        experiment=name,
        metric="test_error",
        value=round(100 - accuracy, 1),
        data="ImageNet halves, top-1",
        paper=YOSINSKI,
        where="authors' logs",
        statistic="mean",
        n=n,
        status="F",
    )
    for n, accuracies in {8: OF_EIGHT, 4: OF_FOUR, 2: OF_TWO}.items()
    for name, accuracy in accuracies.items()
]

BY_LAYER = {
    "A, frozen": ["A1B", "A3B", "A5B", "A7B"],
    "A, all trained": ["A1B+", "A3B+", "A5B+", "A7B+"],
    "B, frozen": ["B1B", "B3B", "B5B", "B7B"],
    "B, all trained": ["B3B+", "B7B+"],
}
FEW = {
    "A, frozen": ("A5B-few", "A7B-few"),
    "A, all trained": "A7B+-few",
    "A, at a mild rate": "A7B+-mild-few",
}
FIGURES = [
    Against(
        setting="start.layers",
        over="B",
        name="transfer-many",
        groups=BY_LAYER,
        title="Test error above scratch by the layers that the net begins with, many images",
    ),
    Against(
        setting="start.layers",
        over="B-few",
        name="transfer-few",
        groups=FEW,
        title="Test error above scratch by the layers that the net begins with, few images",
    ),
    Against(
        setting="data.train",
        name="error-against-images",
        groups={name: (name, f"{name}-few") for name in ("B", "A5B", "A7B", "A7B+")},
    ),
    Curves(
        groups={
            **BY_LAYER,
            "from scratch": "B",
            "few images": ["B-few", "A5B-few", "A7B-few", "A7B+-few", "A7B+-mild-few"],
        }
    ),
]
