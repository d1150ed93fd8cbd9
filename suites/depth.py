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

from bench import Experiment, Profile, Recipe, Reference, Suite
from bench.claims import Difference, Interaction, Order
from bench.report.figures import Against, Curves, Gains
from bench.spec import Data, Range, Tuning

VGG, ZF = "Simonyan and Zisserman 2015 (arXiv 1409.1556)", "Zeiler and Fergus 2013 (arXiv 1311.2901)"
LECTURE = "lecture, after Zeiler and Fergus"
# top-1 error on ImageNet's validation images; VGG at one scale (256), ZF their replication of AlexNet
PUBLISHED = {
    VGG: {"vgg-a": 29.6, "vgg-a-lrn": 29.7, "vgg-b": 28.7, "vgg-c": 28.1, "vgg-d": 27.0, "vgg-e": 27.3},
    ZF: {
        "alexnet": 40.5,
        "alexnet-without-7": 40.0,
        "alexnet-without-6-7": 44.8,
        "alexnet-without-3-4": 45.4,
        "alexnet-without-3-4-6-7": 71.3,
    },
}
NAMES = (*PUBLISHED[VGG], "vgg-b-5x5", *PUBLISHED[ZF])
PAPER_ONLY = ("vgg-a-lrn", "vgg-e")
SPACE = {"lr": Range(low=0.005, high=0.2), "weight_decay": Range(low=5e-5, high=5e-3)}
SHORTENED = Recipe(epochs=7, lr=0.05, weight_decay=5e-4, schedule="one-cycle")
NARROW = {"input_size": 32, "scale": 1 / 8, "batch_norm": True, "dropout": 0.0}

# id, text, lower, higher, by, said
DIFFERENCES = (
    ("vgg-depth-19", "19 layers are at most half a point worse than 16.", "vgg-e", "vgg-d", -0.5,
     "27.3; 27.0 %"),
    ("vgg-1x1", "1×1 in place of D's third convolutions: worse than D, better than B.",
     ("vgg-d", "vgg-c"), ("vgg-c", "vgg-b"), 0, "27.0, 28.1, 28.7 %"),
    ("vgg-lrn", "LRN gains less than half a point.", "vgg-a", "vgg-a-lrn", -0.5, "29.6; 29.7 % with LRN"),
    ("small-filters", "Two 3×3 layers beat one of 5×5.", "vgg-b", "vgg-b-5x5", 0, "7 points"),
    ("remove-7", "Without FC7 AlexNet loses less than 2 points.", "alexnet-without-7", "alexnet", -2,
     "1.1 points"),
    ("remove-67", "AlexNet loses without FC6 and FC7.", "alexnet", "alexnet-without-6-7", 0, "5.7 points"),
    ("remove-34", "AlexNet loses without convolutions 3 and 4.", "alexnet", "alexnet-without-3-4", 0,
     "3.0 points"),
)  # fmt: skip

suite = Suite(
    title="Depth, filters and layers",
    question="Does depth itself pay, and which layers of a network matter?",
    data="cifar10",
    augment=({"name": "crop", "options": {"padding": 4}}, "flip"),
    experiments=[
        Experiment(model=name, profiles=("paper",) if name in PAPER_ONLY else ("smoke", "quick", "paper"))
        for name in NAMES
    ],
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
    claims=[
        Order(id="vgg-depth", text="From 11 to 13 to 16 layers VGG's error falls at each step.",
              metric="test_error", falling=("vgg-a", "vgg-b", "vgg-d"), said="29.6, 28.7, 27.0 %",
              source=f"{VGG}, Table 3"),
        *(
            Difference(id=name, text=text, metric="test_error", lower=lower, higher=higher, by=by,
                       said=said, source=f"{VGG}, Table 3" if "vgg" in str(lower) else LECTURE)
            for name, text, lower, higher, by, said in DIFFERENCES
        ),
        Interaction(id="remove-3467", text="Removing all four costs more than the two removals add up to.",
                    metric="test_error", smaller=("alexnet-without-3-4", "alexnet"),
                    larger=("alexnet-without-3-4-6-7", "alexnet-without-6-7"),
                    said="33.5 points against 5.7 and 3.0", source=LECTURE),
    ],
    references=[
        Reference(experiment=name, metric="test_error", value=value, paper=paper, where="Table 3",
                  data="ImageNet", statistic="single", status="F")
        for paper, table in PUBLISHED.items()
        for name, value in table.items()
    ],
    figures=[
        Against(setting="depth", metric=("train_error", "test_error"), name="error-against-depth",
                groups={"vgg a, b, d, e": ("vgg-a", "vgg-b", "vgg-d", "vgg-e"), "": ("vgg-c", "vgg-b-5x5")}),
        Gains(over="alexnet", of=tuple(PUBLISHED[ZF])[1:], name="removed",
              title="What AlexNet gains without some of its layers"),
        Curves(groups={"VGG": (*PUBLISHED[VGG], "vgg-b-5x5"), "AlexNet": tuple(PUBLISHED[ZF])}),
    ],
)  # fmt: skip
