"""Which ways to augment pay, and when?

Sources: the lecture on augmentation; Krizhevsky et al. 2012, §4.1; the papers of the modern methods.

Profiles
  smoke  2 minutes. 500 images of 8×8 pixels, 1 epoch; proves the machinery, decides nothing.
  quick  20 minutes on two cores. ResNet-8, 12 wide, on 1,000 CIFAR-10 images (also 500 and 4,000) at 16×16,
         24 epochs (48 and 12). Each contender tunes its learning rate and one regulariser: its augmentation's
         strength, or weight decay where that has none (4 trials of a third the length); 5 seeds. Decides:
         geometry, colours, pca, modern, modern-against-classic, modern-on-classic, crop-flip, combination,
         parts, scarce, scarce-modern. Not run in quick: padding, scarce-long.
         A probe with two seeds (30 epochs, another split, untuned) gave validation errors of 62.9 and 62.6 %
         without augmentation, 54 to 60 with any one geometric or modern method, 61 to 66 with any one of
         colour; 53.8 and 56.6 with crop and flip, 57.6 and 55.1 with resized crop, flip and colour. At 500
         images crop and flip gained 10 points, at 4,000 less than one. So geometry, modern and scarce are
         expected to be supported; colours, pca, combination and both claims against the classic not.
  paper  ResNet-18, 200 epochs on 45,000 images of CIFAR-10 (500 and 20,000 for longer), tuned alike (8 trials
         of 50 epochs): some hundred GPU hours.
"""

from _augmentations import CLAIMS, METHODS, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, ContactSheet, Curves, Gains
from bench.spec import PROFILES, Data, Range, Tuning

PAPER_ONLY = ("crop-black", "crop-reflect", "crop-replicate", "crop-flip-mixup", "crop-flip-rand-augment")
SIZES = {  # how scarce the data is, and how long it is trained on
    "500": {"data": {"train": 500}, "recipe": {"epochs": 48}, "profiles": ("quick",)},
    "4000": {"data": {"train": 4_000}, "recipe": {"epochs": 12}, "profiles": ("quick",)},
    "500-long": {"data": {"train": 500}, "recipe": {"epochs": 4_000}, "profiles": ("paper",)},
    "20000": {"data": {"train": 20_000}, "recipe": {"epochs": 300}, "profiles": ("paper",)},
}
BY_SIZE = ("none", "crop-flip", "trivial-augment")  # the contenders that meet other sizes too
LR = {"lr": Range(low=0.03, high=0.4)}

suite = Suite(
    title="Augmentation: what pays, and when",
    question="Which ways to augment pay, alone and together? Do they pay most where data is scarce?",
    data="cifar10",
    experiments=[
        *(
            Experiment(id=name, profiles=("paper",) if name in PAPER_ONLY else PROFILES, **method)
            for name, method in METHODS.items()
        ),
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
            network="resnet-8(width=12)",
            data=Data(train=1_000, validation=1_000, size=16),
            recipe=Recipe(epochs=24, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space=LR, trials=4, generation=2, epochs=8),
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
