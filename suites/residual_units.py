"""Which order of batch norm and ReLU in a residual unit learns fastest? (Longer: errs least?)

Source: He, Zhang, Ren and Sun, "Identity Mappings in Deep Residual Networks" (arXiv 1603.05027), Table 2 and
Figure 4; the lecture on residual networks. Published errors are medians of five runs on CIFAR-10.

Profiles
  smoke      1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick      10 minutes on two cores in bf16, 45 in float32. 56 layers, 8 wide, on 17,000 images at 16×16, 4
             epochs (1,060 steps of 64), untuned, 5 seeds. Asks what so few steps can show, which learns
             faster: bn-after-addition-56, relu-before-addition-56, full-56, full-relu-only-56. The published
             gain of full pre-activation, 0.24 points at 110 layers, is left to the paper's profile: seeds may
             differ by more. A probe with one seed had validation errors of 48.9, 46.7, 48.2 % with the
             original order at rates of 0.03, 0.1, 0.3; 70.2, 71.0, 73.0 with batch norm after the addition;
             56.8, 55.0, 57.3 with ReLU before it; 50.3, 47.5, 48.5 with pre-activation by ReLU alone; 50.0,
             45.8, 42.8 with the full one. So each has 0.1, its best of these or no worse than it by more than
             seeds differ (batch norm after the addition), the last 0.3, the highest tried.
  overnight  6 hours on two cores. 110 layers of the published width, 45,000 images at 16×16, 2,808 steps, and
             by a ladder a half and a quarter of them, untuned.
  paper      The published recipe on all of CIFAR-10, 110 and 164 layers; many GPU hours.
"""

from _residual_units import PRINTED, REFERENCES, claims

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Curves, Dots
from bench.spec import Data

STANDING = {56: ("smoke", "quick"), 110: ("overnight", "paper"), 164: ("paper",)}  # depths, and where
CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
WARMUP = {"lr": 0.01, "until_train_error": 80}  # of 110 layers and more
SHORTENED = Recipe(epochs=4, batch_size=64, lr=0.1, schedule="one-cycle")

suite = Suite(
    title="The order of a residual unit",
    question="Which order of batch norm and ReLU in a residual unit learns fastest? (Longer: errs least?)",
    data="cifar10",
    augment=CROP[4],
    experiments=[
        Experiment(
            id=f"{order}-{depth}",
            model={"name": f"preact-resnet-{depth}", "options": {"order": order}},
            recipe={"lr": 0.3} if (order, depth) == ("full", 56) else {},
            profiles=profiles,
        )
        for depth, profiles in STANDING.items()
        for order in PRINTED
    ],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=8),
            model={"width": 2},
            augment=CROP[1],
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=17_000, validation=2_000, size=16),
            model={"width": 8},
            augment=CROP[2],
            recipe=SHORTENED,
            edges={"bn-after-addition-56": "lr, low", "full-56": "lr, high"},
        ),
        "overnight": Profile(
            data=Data(validation=5_000, size=16),
            augment=CROP[2],
            recipe=SHORTENED.replace(epochs=8),
            ladder=(1 / 2, 1 / 4),
        ),
        "paper": Profile(recipe=Recipe(epochs=164, warmup=WARMUP), stand_in=False),
    },
    claims=[one for depth in STANDING for one in claims(depth)],
    references=REFERENCES,
    figures=[Dots(name="errors"), Curves()],
)
