"""Do deeper features serve a new task better, and beat training from scratch on few images?

Sources: Zeiler and Fergus 2013 (arXiv 1311.2901), Tables 4 and 7 (linear classifiers on the features of each
layer, Caltech-101); the lecture on transfer learning. Here a net trained on CIFAR-10 sees clothing
photographs (10 classes, unevenly frequent: errors are means over classes).

Profiles
  smoke  1 minute. 200 images of 16×16 pixels; proves the machinery, decides nothing.
  quick  20 minutes on two cores. A plain net of 8 layers, 16 wide, trained on 20,000 images of CIFAR-10, for
         clothing at 32×32 pixels: 200, 800 or 3,000 images (40, 20, 12 epochs). Untuned; 8 seeds; probes on
         layers 1, 3, 5, 7, which give 16, 16, 32, 64 features: depth and their number are not told apart.
         Can decide: deeper, pretrained, random-worse, softmax, beats-scratch,
         few-classifier, some-upper, all-whole, scarce.
         A probe with three seeds (and 10,000 images of CIFAR-10) gave validation errors (all images alike) of
         68, 62, 54, 50 % after layers 1, 3, 5, 7 of the trained net and 71, 71, 65, 67 of a random one; with
         200 images 65 from scratch, 63 by the machine on layer 7, 62, 58, 59 training classifier, upper
         layers, all; with 800 49, 59, 48, 47; with 3,000 33, 55, 39, 38. So deeper, pretrained, some-upper
         and scarce are expected to be supported; all-whole, few-classifier and random-worse contradicted;
         beats-scratch and softmax to stay open.
         So few steps leave the classifier half trained (54 % training error with 200 images), unlike a
         machine, which then did as well as training all: few-classifier is about SGD, not about the layer.
  paper  AlexNet for images of 32×32, 100 epochs on CIFAR-10, as many as in quick on clothing; some GPU hours.
"""

from _transfer_features import CLAIMS, FIGURES, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.spec import PROFILES, Data, Probe, Transfer

LAYERS = (1, 2, 3, 4, 5, 6, 7)
NOT_IN_QUICK = ("svm-2", "svm-4", "svm-6", "softmax-5", "random-2", "random-4", "random-6")
SLOW = tuple(name for name in PROFILES if name != "quick")
SIZES = {  # training images of the new task, and how long they are trained on
    "few": {"data": {"train": 200}, "recipe": {"epochs": 40}},
    "some": {"data": {"train": 800}, "recipe": {"epochs": 20}},
    "all": {"data": {"train": 3_000}, "recipe": {"epochs": 12}},
}


def begun(frozen, share=1.0):
    """What an experiment has that begins with the net trained on photographs."""
    return {"start": Transfer(source="photographs", layers=7, frozen=frozen, share=share)}


def probe(layer, classifier="svm"):
    """A probe that weighs all classes alike."""
    return {"probe": Probe(layer=layer, classifier=classifier, balanced=True)}


TRAINED = {
    "scratch": {},
    "classifier": begun(frozen=7),
    "upper": begun(frozen=4, share=0.3),
    "whole": begun(frozen=0, share=0.3),
}
CONTENDERS = {
    **{f"svm-{n}": probe(n) | begun(frozen=7) for n in LAYERS},
    **{f"softmax-{n}": probe(n, "softmax") | begun(frozen=7) for n in (5, 7)},
    **{f"random-{n}": probe(n) for n in LAYERS},
    "svm-7-few": probe(7) | begun(frozen=7) | {"data": SIZES["few"]["data"]},
    **{f"{kind}-{size}": SIZES[size] | start for size in SIZES for kind, start in TRAINED.items()},
}

suite = Suite(
    title="Features for a new task",
    question="Do deeper features serve a new task better, and beat training from scratch on few images?",
    data="clothing96",
    augment=("crop(padding=0.125)", "flip"),
    sources=[Experiment(id="photographs", dataset="cifar10", data={"train": 20_000, "validation": 1_000})],
    experiments=[
        Experiment(id=name, profiles=SLOW if name in NOT_IN_QUICK else PROFILES, **own)
        for name, own in CONTENDERS.items()
    ],
    profiles={
        "smoke": Profile(
            network="plain-8(width=4)",
            data=Data(train=200, validation=50, size=16),
            recipe=Recipe(epochs=1, batch_size=50),
            seeds=2,
            stand_in=False,
        ),
        "quick": Profile(
            network="plain-8(width=16)",
            data=Data(train=3_000, validation=400, size=32),
            recipe=Recipe(epochs=12, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle"),
            seeds=8,
            stand_in=False,
        ),
        "paper": Profile(
            network="alexnet-one-tower(input_size=32)",
            data=Data(train=3_000, validation=400, size=32),
            recipe=Recipe(epochs=100, lr=0.01, weight_decay=5e-4),
            seeds=8,
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=FIGURES,
)
