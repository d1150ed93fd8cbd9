"""What the lecture on transfer learning says about learning rates."""

from functools import partial

from bench.claims import Difference

claim = partial(Difference, metric="test_balanced_error", source="lecture on transfer learning")
milder = partial(claim, said="0.001 for old, 0.01 for new layers")

CLAIMS = [
    milder(
        id="mild",
        text="All layers trained: three trials of old ones' share of the rate gain a point on three of "
        "weight decay.",
        by=1,
        lower="whole-mild",
        higher="whole",
    ),
    milder(
        id="upper-mild",
        text="Layers 5 to 8 trained: three trials of old ones' share of the rate gain a point on three of "
        "weight decay.",
        by=1,
        lower="upper-mild",
        higher="upper",
    ),
    claim(
        id="beats-scratch",
        text="With the classifier, layers 5 to 8 or all trained, beginning with a trained net beats scratch.",
        lower=("classifier", "upper-mild", "whole-mild"),
        higher="scratch",
        said="86.5 ± 0.5 (a softmax on fixed layers) against 46.5 ± 1.7 % accuracy (Caltech-101, 30 a class)",
        source="Zeiler and Fergus 2013 (arXiv 1311.2901), Table 4",
    ),
    claim(
        id="few-classifier",
        text="With 200 images (20 a class on average), and others to choose settings by, training the "
        "classifier alone (by SGD) beats training all, by the best of three trials of the rate and "
        "old layers' share.",
        lower="classifier",
        higher="whole-mild",
        said="no number",
    ),
    claim(
        id="few-upper",
        text="With 200 images, and others to choose settings by, training layers 5 to 8, by the best of "
        "three trials of the rate and old layers' share, beats the classifier alone (by SGD).",
        lower="upper-mild",
        higher="classifier",
        said="no number",
    ),
]
