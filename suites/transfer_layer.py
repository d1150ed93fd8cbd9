"""Which layers transfer, and does the amount of data decide how many to train anew?

Sources: Yosinski et al. 2014 (arXiv 1411.1792), whose curves these are (AnB: the first n layers of a net
trained on A, frozen, for task B; BnB: of one trained on B; +: not frozen); the lecture on transfer learning.

Profiles
  smoke  1 minute. 200 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  20 minutes on two cores. A plain net of 8 layers, 12 wide, for five classes of CIFAR-10 on 4,000
         images at 16×16, 12 epochs; "few" is 20 images a class, 60 epochs. Tuned (3 trials of a third the
         length); 8 seeds, each with halves of its own. Can decide: frozen-degrades, co-adapted, specific,
         tuned-gains, beats-scratch, few-classifier, many-all, mild-rate, scarce.
         A probe with three seeds (untuned, test images cut from the training split; new layers began as the
         source's had, which has been mended since) gave errors of 32.8 % from scratch; 31.9, 32.5, 35.6, 45.0
         with 1, 3, 5, 7 frozen layers of A, 32.7 with 7 of B; 28.8 with 7 of A trained on; with few images
         (120 epochs) 51.8 from scratch, 51.5 frozen, 50.6 trained on, 47.7 at a mild rate. So specific,
         tuned-gains, many-all and mild-rate are expected to be supported, scarce and co-adapted not,
         frozen-degrades to stay open between one and three layers.
  paper  AlexNet for images of 32×32, 100 epochs on 22,000 images of either half; some GPU hours.
"""

from bench import Experiment, Profile, Recipe, Reference, Suite
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves
from bench.spec import Data, Range, Transfer, Tuning

YOSINSKI, LECTURE = "Yosinski et al. 2014 (arXiv 1411.1792)", "lecture on transfer learning"
DEPTHS, LAST = (1, 3, 5, 7), 7
FEW = {"train": 100, "epochs": 60}  # 20 images a class
# id: source, layers copied, layers frozen, share of the rate, what is its own
ROWS = {
    **{f"{source}{n}B": (source, n, n, 1.0, {}) for source in "AB" for n in DEPTHS},
    **{f"A{n}B+": ("A", n, 0, 1.0, {}) for n in DEPTHS},
    **{f"B{n}B+": ("B", n, 0, 1.0, {}) for n in (3, LAST)},
    **{f"A{n}B-few": ("A", n, n, 1.0, FEW) for n in (5, LAST)},
    "A7B+-few": ("A", LAST, 0, 1.0, FEW),
    "A7B+-mild-few": ("A", LAST, 0, 0.1, FEW),
}
BY_LAYER = {f"{half}, {what}": [f"{half}{n}B{mark}" for n in DEPTHS if f"{half}{n}B{mark}" in ROWS]
            for half in "AB" for what, mark in (("frozen", ""), ("trained on", "+"))}  # fmt: skip
PUBLISHED = {  # top-1 accuracy, mean over so many runs, from the authors' logs
    "B": (62.5, 8), "A1B": (62.8, 8), "A3B": (61.9, 8), "A5B": (57.8, 8), "A7B": (54.3, 8),
    "B1B": (62.7, 4), "B3B": (62.1, 4), "B5B": (59.4, 4), "B7B": (62.3, 4),
    "A7B+": (64.7, 2), "B7B+": (62.7, 2),
}  # fmt: skip
CLAIMS = (  # id, text, lower, higher, by, said, source
    ("co-adapted", "Freezing five layers of a like net loses: they fit those above them.", "B", "B5B", 0,
      "62.5 to 59.4 % accuracy", YOSINSKI),
    ("specific", "Frozen layers up to the last lose more if they are another task's.", "B7B", "A7B", 0,
     "62.3 against 54.3 % accuracy", YOSINSKI),
    ("tuned-gains", "Beginning with another task's layers and training all beats scratch.", "A7B+",
      "B", 0, "64.7 against 62.5 % accuracy", YOSINSKI),
    ("beats-scratch", "With few images, transfer beats scratch.", ("A7B-few", "A7B+-few"), "B-few", 0,
     "86.5 against 46.5 % accuracy (Caltech-101, 30 a class)", LECTURE),
    ("few-classifier", "With few images, training the classifier alone beats training all.", "A7B-few",
     "A7B+-few", 0, "no number", LECTURE),
    ("many-all", "With many images, training all beats training the classifier alone.", "A7B+", "A7B", 0,
     "no number", LECTURE),
    ("mild-rate", "With few images, a tenth of the rate for old layers beats the full rate.", "A7B+-mild-few",
     "A7B+-few", 0, "0.001 for old, 0.01 for new layers", LECTURE),
)  # fmt: skip

suite = Suite(
    title="Transfer by layer",
    question="Which layers transfer, and does the amount of data decide how many to train anew?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    sources=[Experiment(id=f"task {half}", data={"half": half}) for half in ("A", "B")],
    experiments=[
        Experiment(id="B", data={"half": "B"}),
        Experiment(id="B-few", data={"half": "B", "train": FEW["train"]}, recipe={"epochs": FEW["epochs"]}),
        *(Experiment(id=name, data={"half": "B", **({"train": own["train"]} if own else {})},
                     recipe={"epochs": own["epochs"]} if own else {},
                     start=Transfer(source=f"task {source}", layers=layers, frozen=frozen, share=share))
          for name, (source, layers, frozen, share, own) in ROWS.items()),
    ],
    profiles={
        "smoke": Profile(
            network="plain-8(width=4)", data=Data(train=200, validation=50, size=8), seeds=2,
            recipe=Recipe(epochs=1, batch_size=50)),
        "quick": Profile(
            network="plain-8(width=12)", data=Data(train=4_000, validation=500, size=16), seeds=8,
            recipe=Recipe(epochs=12, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space={"lr": Range(low=0.005, high=0.2)}, trials=3, generation=3, epochs=4)),
        "paper": Profile(
            network="alexnet-one-tower(input_size=32)", data=Data(train=22_000, validation=2_500), seeds=8,
            recipe=Recipe(epochs=100, lr=0.01, weight_decay=5e-4), stand_in=False),
    },
    claims=[
        Order(id="frozen-degrades", text="The more frozen layers of another task, the higher the error.",
              metric="test_error", falling=("A7B", "A5B", "A3B", "A1B"), source=YOSINSKI,
              said="accuracy 62.8, 61.9, 57.8, 54.3 % with 1, 3, 5, 7 layers"),
        *(Difference(id=name, text=text, metric="test_error", lower=lower, higher=higher, by=by, said=said,
                     source=source)
          for name, text, lower, higher, by, said, source in CLAIMS),
        Interaction(id="scarce", text="Transfer gains more where images are few.", metric="test_error",
                    smaller=("B", "A7B+"), larger=("B-few", "A7B+-few"), said="no number", source=LECTURE),
    ],
    references=[
        Reference(experiment=name, metric="test_error", value=round(100 - value, 1), paper=YOSINSKI,
                  data="ImageNet halves, top-1", where="authors' logs", statistic="mean", n=n, status="F")
        for name, (value, n) in PUBLISHED.items()
    ],
    figures=[
        Against(setting="start.layers", over="B", name="transfer-many", groups=BY_LAYER,
                title="Layers that the net begins with, many images"),
        Against(setting="start.layers", over="B-few", name="transfer-few",
                groups={"A, frozen": ("A5B-few", "A7B-few"), "A, trained on": "A7B+-few",
                        "A, at a mild rate": "A7B+-mild-few"},
                title="Layers that the net begins with, few images"),
        Against(setting="data.train", name="error-against-images",
                groups={name: (name, f"{name}-few") for name in ("B", "A5B", "A7B", "A7B+")}),
        Curves(groups={**BY_LAYER, "from scratch": "B",
                       "few images": ("B-few", "A5B-few", "A7B-few", "A7B+-few", "A7B+-mild-few")}),
    ],
)  # fmt: skip
