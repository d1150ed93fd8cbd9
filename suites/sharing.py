"""What does sharing weights between places buy on digits, and what does pooling?

Source: the lecture on convolutional networks, which prints no error. Three small nets of equally wide layers:
filters that places share, filters of each place's own, and full connection; on digits, each of which stands
in its place (MNIST centres them).

Profiles
  smoke  1 minute. 500 images, 1 epoch; proves the machinery, decides nothing.
  quick  5 minutes on two cores in bf16, 16 in float32. 20,000 training images of MNIST, 5 epochs (1,560 steps
         of 64), untuned, 5 seeds. Decides: shared-beats-local, local-beats-full, max-average, moved-together,
         pooling-tolerates, sharing-tolerates, registered; counts fewer-weights, equal-work. Not how alike
         local filters come out: so few steps leave most of one as it began. A probe (one seed) had validation
         errors of 2.0, 1.5, 2.7 % with shared filters at rates of 0.017, 0.05, 0.15; 2.3, 1.8, 1.4 with
         average pooling, which has 0.15; 0.05 was the others' best. No probe saw moved digits.
  paper  All 60,000 images, 20 epochs: what a full-sized version would be (no source has a protocol).
"""

from functools import partial

from _sharing import LECTURE, NETS, ON_SHARING, alike, shifted, shifted_by, trained

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import Difference
from bench.report.figures import Along, Curves, Dots
from bench.spec import Data

on_digits = partial(Profile, stand_in=False)
RECIPE = Recipe(epochs=5, batch_size=64, lr=0.05, weight_decay=5e-4, schedule="one-cycle")
MOVES = ("crop(padding=3, border='replicate')",)  # in training; as in the measure, the edge goes on
OTHERS = {**NETS, "unpooled": {"name": "shared-net", "options": {"pool": "none"}}}
KINDS = ("shared", "local", "full")
LOOKED = (*KINDS, "unpooled", "shared-moved", "local-moved")


suite = Suite(
    title="Sharing weights, and pooling",
    question="What does sharing weights between places buy on digits, and what does pooling?",
    data="mnist",
    experiments=[
        *trained(OTHERS, rates={"average": 0.15}),
        *(Experiment(id=f"{kind}-moved", model=NETS[kind], augment=MOVES) for kind in KINDS[:2]),
        *shifted(LOOKED, at=(0, 1, 2, 3)),
    ],
    profiles={
        "smoke": on_digits(data=Data(train=500, validation=100), recipe=RECIPE.replace(epochs=1), seeds=2),
        "quick": on_digits(
            data=Data(train=20_000, validation=5_000), recipe=RECIPE, edges={"average": "lr, high"}
        ),
        "paper": on_digits(recipe=RECIPE.replace(epochs=20), seeds=8),
    },
    claims=[
        *ON_SHARING,
        alike(epochs=20, profiles=("paper",)),
        shifted_by(
            2,
            id="sharing-tolerates",
            text="On digits shifted by 2 pixels shared filters err less than local ones and full connection.",
            lower="shared-shifted",
            higher=("local-shifted", "full-shifted"),
        ),
        shifted_by(
            2,
            id="pooling-tolerates",
            text="On digits shifted by 2 pixels max pooling beats a net without, of 11 times its weights.",
            lower="shared-shifted",
            higher="unpooled-shifted",
        ),
        shifted_by(
            3,
            id="moved-together",
            text="Trained on moved digits, shared filters beat local ones on digits shifted by 3 pixels.",
            lower="shared-moved-shifted",
            higher="local-moved-shifted",
        ),
        Difference(
            id="registered",
            text="On digits, which stand in their place, local filters are at most half a point worse than "
            "shared.",
            metric="test_error",
            lower="local",
            higher="shared",
            by=-0.5,
            said="where each pixel has its place, local filters may pay",
            source=LECTURE,
        ),
    ],
    figures=[
        Dots(name="errors"),
        Along(
            metric="shifted_error",
            axis="shift",
            title="Error on test images that are shifted by so many pixels",
        ),
        Along(metric="filter_unlikeness", axis="epoch", at={"layer": 1}),
        Curves(),
    ],
)
