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

from _augmentations import COLOURS, GEOMETRY, METHODS, MODERN

from bench import Experiment, Profile, Recipe, Reference, Suite
from bench.claims import Difference, Interaction
from bench.report.figures import Against, ContactSheet, Curves, Gains
from bench.spec import PROFILES, Data, Range, Tuning

PAPER_ONLY = ("crop-black", "crop-reflect", "crop-replicate", "crop-flip-mixup", "crop-flip-rand-augment")
# id, method, data and recipe of its own, profiles
ROWS = [(name, name, {}, {}, ("paper",) if name in PAPER_ONLY else PROFILES) for name in METHODS]
ROWS += [
    (f"{name}-{size}", name, {"train": images}, {"epochs": epochs}, (profile,))
    for size, images, epochs, profile in (("500", 500, 48, "quick"), ("4000", 4_000, 12, "quick"),
                                          ("500-long", 500, 4_000, "paper"), ("20000", 20_000, 300, "paper"))
    for name in ("none", "crop-flip", "trivial-augment")
]  # fmt: skip
BY_SIZE = {name: [one for one, method, *_ in ROWS if method == name]
           for name in ("none", "crop-flip", "trivial-augment")}  # fmt: skip

CLAIMS = (  # id, text, lower, higher, by
    ("geometry", "Moving pixels helps: mirror, crop, scale, turn, shear, warp.", GEOMETRY, "none", 0),
    ("colours", "Changing colours helps, whichever way.", COLOURS, "none", 0),
    ("pca", "PCA colour gains more than a point.", ("pca-colour",), "none", 1),
    ("modern", "Each modern method helps where nothing else is done.", MODERN, "none", 0),
    ("modern-against-classic", "Each modern method alone beats crop and flip.", MODERN, "crop-flip", 0),
    ("modern-on-classic", "Cutout, CutMix and TrivialAugment each gain on top of crop and flip.",
     [f"crop-flip-{name}" for name in ("cutout", "cutmix", "trivial-augment")], "crop-flip", 0),
    ("crop-flip", "Crop and flip together beat each alone.", "crop-flip", ("crop", "flip"), 0),
    ("combination", "Crop after resize, flip and colour together beat each alone.", "resized-flip-colour",
     ("resized-crop", "flip", "colour"), 0),
    ("parts", "Whichever of the three is left out, the error rises.", "resized-flip-colour",
     ("flip-colour", "resized-colour", "resized-flip"), 0),
    ("padding", "Reflecting at the border beats padding with black.", "crop-reflect", ("crop-black",), 0),
)  # fmt: skip
SCARCE = (
    ("scarce", "Crop and flip gain more where data is scarce.", "crop-flip", "500", "4000"),
    ("scarce-modern", "TrivialAugment gains more where data is scarce.", "trivial-augment", "500", "4000"),
    ("scarce-long", "Crop and flip gain more where data is scarce.", "crop-flip", "500-long", "20000"),
)
SAID = {
    "pca": "over 1 point top-1 (AlexNet)",
    "modern-on-classic": "4.72 to 3.99 % with Cutout, 5.6 to 4.2 % with mixup (ResNet-18)",
}
LECTURE, CUTOUT = "lecture on augmentation", "DeVries and Taylor 2017 (arXiv 1708.04552)"
LR = {"lr": Range(low=0.03, high=0.4)}

suite = Suite(
    title="Augmentation: what pays, and when",
    question="Which ways to augment pay, alone and together? Do they pay most where data is scarce?",
    data="cifar10",
    experiments=[
        Experiment(id=name, augment=steps, space={own: Range(low=low, high=high)}, data=data, recipe=recipe,
                   profiles=profiles)
        for name, method, data, recipe, profiles in ROWS
        for steps, own, low, high in (METHODS[method],)
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)", data=Data(train=500, validation=100, size=8), seeds=2,
            recipe=Recipe(epochs=1, batch_size=50),
            tuning=Tuning(space=LR, trials=1, generation=1, epochs=1)),
        "quick": Profile(
            network="resnet-8(width=12)", data=Data(train=1_000, validation=1_000, size=16),
            recipe=Recipe(epochs=24, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space=LR, trials=4, generation=2, epochs=8)),
        "paper": Profile(
            network="resnet-18(input_size=32)", data=Data(validation=5_000), stand_in=False,
            recipe=Recipe(epochs=200, weight_decay=5e-4, milestones=(0.3, 0.6, 0.8), decay=5),
            tuning=Tuning(space=LR, trials=8, generation=4, epochs=50)),
    },
    claims=[
        *(Difference(id=name, text=text, metric="test_error", lower=lower, higher=higher, by=by,
                     said=SAID.get(name, "no number"), source=LECTURE)
          for name, text, lower, higher, by in CLAIMS),
        *(Interaction(id=name, text=text, metric="test_error", smaller=(f"none-{many}", f"{one}-{many}"),
                      larger=(f"none-{few}", f"{one}-{few}"), said="no number", source=LECTURE)
          for name, text, one, few, many in SCARCE),
    ],
    references=[
        Reference(experiment=name, metric="test_error", value=value, paper=CUTOUT, statistic="mean", n=5,
                  where="authors' README, ResNet-18", status="F")
        for name, value in (("crop-flip", 4.72), ("crop-flip-cutout", 3.99))
    ],
    figures=[
        Gains(over="none", of=[name for name in METHODS if name != "none"],
              title="What each augmentation gains over none"),
        Against(setting="data.train", name="error-against-images", groups=BY_SIZE),
        Curves(of=list(METHODS), over="none"),
        Curves(name="curves-by-images", title="Training curves by the number of images", groups={
            size: [f"{name}-{size}" for name in BY_SIZE] for size in ("500", "4000", "500-long", "20000")}),
        ContactSheet(),
    ],
)  # fmt: skip
