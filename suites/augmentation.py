"""Which ways to augment pay, and when?

Sources: the lecture on augmentation; Krizhevsky et al. 2012, §4.1; the papers of the modern methods.

Profiles
  smoke      2 minutes. 500 images of 8×8 pixels, 1 epoch; proves the machinery, decides nothing.
  quick      13 to 31 minutes on two cores. ResNet-8 on 1,000 CIFAR-10 images at 16×16, 52 epochs (780 steps
             of 64), all at one learning rate, untuned, 8 seeds. Decides: geometry, modern,
             modern-against-classic, modern-on-classic, crop-flip. Not run in quick: all else. The first
             edition (30 contenders, 5 seeds) left 8 of 9 claims undecided: moving pixels gained 3.6 to 8.9
             points, no change of colour more than 0.3, RandAugment 9.6, mixup 0.8, Cutout, CutMix and
             TrivialAugment nothing on top of crop and flip. So geometry is expected to be supported, both
             claims against the classic not; colours and pca, smaller than chance in minutes, are overnight's.
  overnight  9 hours on two cores. ResNet-20 on 4,000 images at 16×16, and by a ladder half and a quarter of
             the epochs; each seed tunes its learning rate and one regulariser, the augmentation's strength,
             or weight decay where it has none (3 trials of a quarter the length). Decides all but padding,
             scarce-long.
  paper      ResNet-18, 200 epochs on 45,000 images of CIFAR-10 (500 and 20,000 for longer), tuned alike
             (8 trials of 50 epochs): some hundred GPU hours.
"""

from _augmentations import CLAIMS, METHODS, REFERENCES, standing

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, ContactSheet, Curves, Gains
from bench.spec import Data, Range, Tuning

SIZES = {  # how scarce the data is, and how long it is trained on
    "500": {"data": {"train": 500}, "recipe": {"epochs": 160}, "profiles": ("overnight",)},
    "4000": {"data": {"train": 4_000}, "recipe": {"epochs": 40}, "profiles": ("overnight",)},
    "500-long": {"data": {"train": 500}, "recipe": {"epochs": 4_000}, "profiles": ("paper",)},
    "20000": {"data": {"train": 20_000}, "recipe": {"epochs": 300}, "profiles": ("paper",)},
}
BY_SIZE = ("none", "crop-flip", "trivial-augment")  # the contenders that meet other sizes too
LR = {"lr": Range(low=0.03, high=0.4)}

suite = Suite(
    title="Augmentation: what pays, and when",
    question="Which ways to augment pay, alone and together? (Longer profiles: most where data is scarce?)",
    data="cifar10",
    experiments=[
        *(Experiment(id=name, profiles=standing(name), **method) for name, method in METHODS.items()),
        *(
            Experiment(id=f"{name}-{size}", **METHODS[name], **own)
            for size, own in SIZES.items()
            for name in BY_SIZE
        ),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)",
            data=Data(train=500, validation=100, size=8),
            recipe=Recipe(epochs=1, batch_size=50),
            tuning=Tuning(space=LR, trials=1, generation=1, epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            network="resnet-8",
            data=Data(train=1_000, validation=1_000, size=16),
            recipe=Recipe(epochs=52, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            seeds=8,
            edition=1,
        ),
        "overnight": Profile(
            network="resnet-20",
            data=Data(train=4_000, validation=2_000, size=16),
            recipe=Recipe(epochs=40, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space=LR, trials=3, generation=3, epochs=10),
            ladder=(1 / 2, 1 / 4),
        ),
        "paper": Profile(
            network="resnet-18(input_size=32)",
            data=Data(validation=5_000),
            recipe=Recipe(epochs=200, weight_decay=5e-4, milestones=(0.3, 0.6, 0.8), decay=5),
            tuning=Tuning(space=LR, trials=8, generation=4, epochs=50),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=[
        Gains(over="none", of=list(METHODS)[1:], title="What each augmentation gains over none"),
        Against(
            setting="data.train",
            name="error-against-images",
            groups={name: [name, *(f"{name}-{size}" for size in SIZES)] for name in BY_SIZE},
        ),
        Curves(of=list(METHODS), over="none"),
        Curves(
            name="curves-by-images",
            title="Training curves by the number of images",
            groups={size: [f"{name}-{size}" for name in BY_SIZE] for size in SIZES},
        ),
        ContactSheet(),
    ],
)
