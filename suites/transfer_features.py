"""Do deeper features serve a new task better, and do they beat training from scratch where images are few?

Sources: Zeiler and Fergus 2013 (arXiv 1311.2901), Tables 4 and 7 (linear classifiers on the features of each
layer, Caltech-101); the lecture on transfer learning. Here a net trained on CIFAR-10 sees clothing
photographs (10 classes, unevenly frequent: errors are means over classes).

Profiles
  smoke  1 minute. 200 images of 16×16 pixels; proves the machinery, decides nothing.
  quick  20 minutes on two cores. A plain net of 8 layers, 16 wide, trained on 10,000 images of CIFAR-10, for
         clothing at 32×32 pixels: 200, 800 or 3,000 images (40, 20, 12 epochs). Untuned; 5 seeds. Can decide:
         deeper, pretrained, random-worse, softmax, beats-scratch, few-classifier, some-upper, all-whole,
         scarce.
         A probe with three seeds gave validation errors (all images alike) of 68, 62, 54, 50 % after layers
         1, 3, 5, 7 of the trained net and 71, 71, 65, 67 of a random one; with 200 images 65 from scratch,
         63 by the machine on layer 7, 62, 58, 59 training classifier, upper layers, all; with 800 49, 59,
         48, 47; with 3,000 33, 55, 39, 38. So pretrained, some-upper and scarce are expected to be
         supported; all-whole, few-classifier and random-worse contradicted; beats-scratch and softmax to
         stay open.
  paper  AlexNet for images of 32×32, 100 epochs; some GPU hours.
"""

from bench import Experiment, Profile, Recipe, Reference, Suite
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves, Map
from bench.spec import Data, Probe, Transfer

ZF, LECTURE = "Zeiler and Fergus 2013 (arXiv 1311.2901)", "lecture on transfer learning"
METRIC = "test_balanced_error"
LAYERS = (1, 2, 3, 4, 5, 6, 7)
SIZES = {"few": (200, 40), "some": (800, 20), "all": (3_000, 12)}  # training images, epochs
# accuracy on Caltech-101, 30 images a class
PUBLISHED = {f"svm-{n}": value for n, value in {1: 44.8, 2: 66.2, 3: 72.3, 4: 76.6, 5: 86.2, 7: 85.5}.items()}
PUBLISHED |= {"softmax-5": 82.9, "softmax-7": 85.4, "scratch-all": 46.5, "classifier-all": 86.5}


def begun(layers, frozen, **more):
    """What an experiment has that begins with the net trained on photographs."""
    return {"start": Transfer(source="photographs", layers=layers, frozen=frozen, **more)}


def probe(layer, classifier="svm"):
    """A probe that weighs all classes alike."""
    return {"probe": Probe(layer=layer, classifier=classifier, balanced=True)}


TRAINED = {
    "scratch": {},
    "classifier": begun(7, 7),
    "upper": begun(7, 4, share=0.3),
    "whole": begun(7, 0, share=0.3),
}
EXPERIMENTS = {
    **{f"svm-{n}": probe(n) | begun(7, 7) for n in LAYERS},
    **{f"softmax-{n}": probe(n, "softmax") | begun(7, 7) for n in (5, 7)},
    **{f"random-{n}": probe(n) for n in LAYERS},
    "svm-7-few": probe(7) | begun(7, 7) | {"data": {"train": SIZES["few"][0]}},
    **{f"{kind}-{size}": {"data": {"train": images}, "recipe": {"epochs": epochs}, **start}
       for size, (images, epochs) in SIZES.items() for kind, start in TRAINED.items()},
}  # fmt: skip
PROBES = {"trained net": [f"svm-{n}" for n in LAYERS], "trained net, softmax": ["softmax-5", "softmax-7"],
          "random net": [f"random-{n}" for n in LAYERS]}  # fmt: skip
BY_IMAGES = {kind: [f"{kind}-{size}" for size in SIZES] for kind in TRAINED}
CLAIMS = (  # id, text, lower, higher, by, said, source
    ("pretrained", "Features of a trained net beat random ones: after layers 3, 5 and 7.",
     ("svm-3", "svm-5", "svm-7"), ("random-3", "random-5", "random-7"), 0, "no number", LECTURE),
    ("random-worse", "Random features get worse with depth: layer 7 than layer 1.", "random-1", "random-7", 0,
     "no number", LECTURE),
    ("softmax", "A softmax on layer 7 is at most one point worse than a support vector machine.", "softmax-7",
     "svm-7", -1, "85.4 against 85.5 % accuracy", f"{ZF}, Table 7"),
    ("beats-scratch", "With 20 images a class, a support vector machine on layer 7 beats scratch.",
     "svm-7-few", "scratch-few", 0, "86.5 against 46.5 % accuracy (30 a class)", f"{ZF}, Table 4"),
    ("few-classifier", "With 20 images a class, training the classifier alone beats training all.",
     "classifier-few", "whole-few", 0, "no number", LECTURE),
    ("some-upper", "With 80 images a class, training the upper layers beats the classifier alone.",
     "upper-some", "classifier-some", 0, "no number", LECTURE),
    ("all-whole", "With 300 images a class, training all beats the upper layers, and scratch.", "whole-all",
     ("upper-all", "scratch-all"), 0, "no number", LECTURE),
)  # fmt: skip

suite = Suite(
    title="Features for a new task",
    question="Do deeper features serve a new task better, and do they beat training from scratch?",
    data="clothing96",
    augment=("crop(padding=0.125)", "flip"),
    sources=[Experiment(id="photographs", dataset="cifar10", data={"train": 10_000, "validation": 1_000})],
    experiments=[Experiment(id=name, **own) for name, own in EXPERIMENTS.items()],
    profiles={
        "smoke": Profile(
            network="plain-8(width=4)", data=Data(train=200, validation=50, size=16), stand_in=False,
            recipe=Recipe(epochs=1, batch_size=50), seeds=2),
        "quick": Profile(
            network="plain-8(width=16)", data=Data(train=3_000, validation=400, size=32), stand_in=False,
            recipe=Recipe(epochs=12, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle")),
        "paper": Profile(
            network="alexnet-one-tower(input_size=32)", data=Data(train=3_000, validation=400, size=32),
            recipe=Recipe(epochs=100, lr=0.01, weight_decay=5e-4), seeds=8, stand_in=False),
    },
    claims=[
        Order(id="deeper", text="A support vector machine errs less on each deeper layer: 1, 3, 5, 7.",
              metric=METRIC, falling=("svm-1", "svm-3", "svm-5", "svm-7"), source=f"{ZF}, Table 7",
              said="accuracy 44.8, 72.3, 86.2, 85.5 %"),
        *(Difference(id=name, text=text, metric=METRIC, lower=lower, higher=higher, by=by, said=said,
                     source=source)
          for name, text, lower, higher, by, said, source in CLAIMS),
        Interaction(id="scarce", text="Training on gains more over scratch where images are few.",
                    metric=METRIC, smaller=("scratch-all", "whole-all"), larger=("scratch-few", "whole-few"),
                    said="no number", source=LECTURE),
    ],
    references=[Reference(experiment=name, metric=METRIC, value=round(100 - value, 1), data="Caltech-101",
                          paper=ZF, where="Tables 4 and 7", statistic="single", status="F")
                for name, value in PUBLISHED.items()],
    figures=[
        Against(setting="probe.layer", name="probes", groups=PROBES,
                title="Error of linear classifiers by the layer that they are fitted on"),
        Map(rows="start.frozen", columns="data.train", name="freeze-map", absent="from scratch",
            of=[f"{kind}-{size}" for kind in TRAINED for size in SIZES]),
        Against(setting="data.train", name="error-against-images", groups=BY_IMAGES),
        Curves(groups=BY_IMAGES),
    ],
)  # fmt: skip
