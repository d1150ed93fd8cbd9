"""Does depth itself pay, and which layers of a network matter?

Sources: Simonyan and Zisserman (arXiv 1409.1556), Table 3; Zeiler and Fergus (1311.2901), Table 3; lectures
that retell them. Both measured on ImageNet; here it is CIFAR-10 in all profiles.

Profiles
  smoke  1 minute. Tiny networks on 512 images; proves the machinery, decides nothing.
  quick  20 minutes on two cores. 10,000 CIFAR-10 images, all widths an eighth, 7 epochs, VGG with batch
         norm, no dropout; tuned (6 trials of 3 epochs each), 8 seeds: at the look of 5, vgg-depth alone was
         decided, so it goes on to the next declared look. Can decide: vgg-depth, vgg-1x1, small-filters,
         remove-7, remove-67, remove-34, remove-3467. Not run in quick: vgg-lrn, vgg-depth-19.
         A probe with one seed (10 epochs, another split) gave validation errors of 39.9 % for vgg-a, 36.2 for
         b, 43.5 for c, 43.9 for d, 39.3 for b-5x5; 45.5 for alexnet, 44.5 without 7, 43.2 without 6 and 7,
         43.1 without 3 and 4, 47.1 without all four. So small-filters and remove-3467 are expected to be
         supported, vgg-depth and vgg-1x1 to be contradicted at this size: 16 layers learn more slowly. With
         no batch norm vgg-a stood at 49.8 and vgg-e at 63.6 %; dropout cost 30 points in networks so narrow.
  paper  VGG's recipe (batch 256, rates from 0.01 down, weight decay 5e-4, dropout, no batch norm) on
         45,000 CIFAR-10 images at full width, tuned (8 trials of 15 epochs); many GPU hours.
"""

from _depth import CLAIMS, FIGURES, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.spec import Data, Range, Tuning

EVERYWHERE = ("smoke", "quick", "paper")
CONTENDERS = {  # and the profiles in which they stand
    "vgg-a": EVERYWHERE,
    "vgg-a-lrn": ("paper",),
    "vgg-b": EVERYWHERE,
    "vgg-c": EVERYWHERE,
    "vgg-d": EVERYWHERE,
    "vgg-e": ("paper",),
    "vgg-b-5x5": EVERYWHERE,
    "alexnet": EVERYWHERE,
    "alexnet-without-7": EVERYWHERE,
    "alexnet-without-6-7": EVERYWHERE,
    "alexnet-without-3-4": EVERYWHERE,
    "alexnet-without-3-4-6-7": EVERYWHERE,
}
SPACE = {"lr": Range(low=0.005, high=0.2), "weight_decay": Range(low=5e-5, high=5e-3)}
SHORTENED = Recipe(epochs=7, lr=0.05, weight_decay=5e-4, schedule="one-cycle")
NARROW = {"input_size": 32, "scale": 1 / 8, "batch_norm": True, "dropout": 0.0}

suite = Suite(
    title="Depth, filters and layers",
    question="Does depth itself pay, and which layers of a network matter?",
    data="cifar10",
    augment=({"name": "crop", "options": {"padding": 4}}, "flip"),
    experiments=[Experiment(model=name, profiles=profiles) for name, profiles in CONTENDERS.items()],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128),
            model={**NARROW, "scale": 1 / 16},
            recipe=SHORTENED.replace(epochs=1),
            tuning=Tuning(space=SPACE, trials=2, generation=2, epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=10_000, validation=2_000),
            model=NARROW,
            recipe=SHORTENED,
            tuning=Tuning(space=SPACE, trials=6, generation=3, epochs=3, prune_at=(2,)),
            seeds=8,
        ),
        "paper": Profile(
            data=Data(validation=5_000),
            model={"input_size": 32},
            recipe=Recipe(epochs=74, batch_size=256, lr=0.01, weight_decay=5e-4, milestones=(0.5, 0.75, 0.9)),
            tuning=Tuning(space=SPACE, trials=8, generation=4, epochs=15, prune_at=(5, 10)),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=FIGURES,
)
