"""What does sharing weights between places buy on small photographs?

Source: the lecture on convolutional networks, which prints no error. The nets of `sharing` on CIFAR-10.

Profiles
  smoke  1 minute. 500 images of 16×16 pixels, 1 epoch; proves the machinery, decides nothing.
  quick  7 minutes on two cores in bf16, 21 in float32. 20,000 images at 16×16, 20 epochs (6,240 steps of 64),
         crops and mirroring, untuned, 8 seeds. Decides: shared-beats-local, local-beats-full, max-average,
         filters-alike; counts fewer-weights, equal-work. A probe with one seed had validation errors of 38.5,
         38.1, 47.4 % with shared filters at rates of 0.017, 0.05, 0.15; 45.6, 44.5, 52.2 with local ones;
         46.9, 49.8, 56.8 with full connection; 39.2, 37.4, 37.5 with average pooling. So each has its best of
         these: 0.05, full connection 0.017, the lowest tried. Of filters-alike: a first layer may still be
         much as it began; a figure shows its unlikeness epoch by epoch (hardly less at the end than at the
         beginning, it turned out).
  paper  All 50,000 images at 32×32, 60 epochs: what a full-sized version would be (no source has a protocol).
"""

from _sharing import NETS, ON_SHARING, alike, trained

from bench import Profile, Recipe, Suite
from bench.report.figures import Along, Curves, Dots
from bench.spec import Data

RECIPE = Recipe(epochs=20, batch_size=64, lr=0.05, weight_decay=5e-4, schedule="one-cycle")
SMALL = {"input_size": 16, "width": 16}

suite = Suite(
    title="Sharing weights, on photographs",
    question="What does sharing weights between places buy on small photographs?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=trained(NETS, rates={"full": 0.017}),
    profiles={
        "smoke": Profile(
            data=Data(train=500, validation=100, size=16),
            model={**SMALL, "width": 4},
            recipe=RECIPE.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=20_000, validation=2_000, size=16),
            model=SMALL,
            recipe=RECIPE,
            seeds=8,
            edges={"full": "lr, low"},
        ),
        "paper": Profile(
            model={"input_size": 32, "width": 16}, recipe=RECIPE.replace(epochs=60), seeds=8, stand_in=False
        ),
    },
    claims=[
        *ON_SHARING,
        alike(epochs=20, profiles=("smoke", "quick")),
        alike(epochs=60, profiles=("paper",)),
    ],
    figures=[
        Dots(name="errors"),
        Along(metric="filter_unlikeness", axis="epoch", at={"layer": 1}),
        Curves(),
    ],
)
