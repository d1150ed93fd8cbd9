"""What may lie on a shortcut, and what must it do where shapes change?

Sources: He et al. 2015 (arXiv 1512.03385), Table 3, options A (zero padding), B (projection where shapes
change) and C (everywhere); He et al. 2016 (1603.05027), Table 1; the lecture on residual networks.

Profiles
  smoke  1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  13 minutes on two cores. 20 layers of the published width on 14,500 images of CIFAR-10 at 16×16, 4
         epochs (452 steps of 128), untuned, 5 seeds. Decides: halved-20, convolved-20, dropped-20, gated-20,
         projections-20, everywhere-20; counts 1000-layers, dearer, free.
  paper  The published recipe at 110 layers on all of CIFAR-10; many GPU hours.
"""

from _shortcuts import COUNTS, REFERENCES, claims

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Curves, Gains
from bench.spec import Data, Network

CHANGED = {  # what lies on the shortcut beside the identity, in the words of `bench.models.preact`
    "halved": "scaled",
    "convolved": "convolved",
    "gated": "gated-on-shortcut",
    "dropped": "dropped",
}
CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
WARMUP = {"lr": 0.01, "until_train_error": 80}
SHORTENED = Recipe(epochs=4, lr=0.1, schedule="one-cycle")
COUNTED = (
    *({"name": f"preact-resnet-{depth}"} for depth in (164, 1001)),
    {"name": "plain-20"},
    *({"name": "resnet-20", "options": {"shortcut": option}} for option in "ABC"),
)
DEPTHS = {20: ("smoke", "quick"), 110: ("paper",)}


def networks(depth):
    """The contenders of a depth by name; all but what is on the shortcut is the original network's."""
    options = {one: {"name": f"resnet-{depth}", "options": {"shortcut": one}} for one in "ABC"}
    original = {"order": "original"}
    others = {
        name: {"name": f"preact-resnet-{depth}", "options": {**original, "shortcut": on}}
        for name, on in CHANGED.items()
    }
    return options | others


suite = Suite(
    title="What lies on a shortcut",
    question="What may lie on a shortcut, and what must it do where shapes change?",
    data="cifar10",
    augment=CROP[4],
    experiments=[
        Experiment(id=f"{name}-{depth}", model=model, profiles=profiles)
        for depth, profiles in DEPTHS.items()
        for name, model in networks(depth).items()
    ],
    networks=[Network(model=name, size=32, classes=10) for name in COUNTED],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=8),
            model={"width": 4},
            augment=CROP[1],
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=14_500, validation=2_000, size=16), augment=CROP[2], recipe=SHORTENED
        ),
        "paper": Profile(recipe=Recipe(epochs=164, warmup=WARMUP), stand_in=False),
    },
    claims=[
        *(one for depth in DEPTHS for one in claims(depth)),
        *COUNTS,
    ],
    references=REFERENCES,
    figures=[
        *(
            Gains(
                over=f"A-{depth}", name=f"gains-{depth}", title="What other shortcuts gain over the identity"
            )
            for depth in DEPTHS
        ),
        Curves(),
    ],
)
