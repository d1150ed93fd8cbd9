"""What may lie on a shortcut, and what must it do where shapes change?

Sources: He et al. 2015 (arXiv 1512.03385), Table 3, options A (zero padding), B (projection where shapes
change) and C (everywhere); He et al. 2016 (1603.05027), Table 1; the lecture on residual networks.

Profiles
  smoke  1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  9 to 20 minutes on two cores in bf16. Options at 20 layers, operations on shortcuts at 56, for they
         are said of many units, all 8 wide; 8,000 images of CIFAR-10 at 16×16, 4 epochs (500 steps of 64),
         untuned, 8 seeds. Decides: halved-56, convolved-56, dropped-56, projections-20, everywhere-20; counts
         1000-layers, dearer, free. Gates are left to the paper profile, where they are said to cost 0.3
         points. A probe with one seed had validation errors of 56.0, 52.5, 54.2 % with option A at rates of
         0.03, 0.1, 0.3; 55.1, 53.6, 54.4 with B; 60.5, 58.1, 59.6 with C; 56.4, 59.1, 58.6 with the identity
         on 56 layers' shortcuts; 76.8, 77.3, 78.7 with half of it; 66.6, 67.2, 90 with 1×1 convolutions;
         chance with dropout. So 20 layers have 0.1, 56 have 0.03. C, which normalises and projects on every
         shortcut, lags at so few steps: that it gains little is said of them, and not that it would cost as
         much in many.
  paper  The published recipe at 110 layers on all of CIFAR-10; many GPU hours.
"""

from _shortcuts import COUNTS, OPERATIONS, REFERENCES, on_shortcuts, operations, options, where_shapes_change

from bench import Profile, Recipe, Suite
from bench.report.figures import Curves, Gains
from bench.spec import Data, Network

CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
WARMUP = {"lr": 0.01, "until_train_error": 80}
SHORTENED = Recipe(epochs=4, batch_size=64, lr=0.1, schedule="one-cycle")
COUNTED = (
    *({"name": f"preact-resnet-{depth}"} for depth in (164, 1001)),
    {"name": "plain-20"},
    *({"name": "resnet-20", "options": {"shortcut": option}} for option in "ABC"),
)
IN_QUICK, IN_PAPER = ("halved", "convolved", "dropped"), tuple(OPERATIONS)
SHORT, LONG = ("smoke", "quick"), ("paper",)


suite = Suite(
    title="What lies on a shortcut",
    question="What may lie on a shortcut, and what must it do where shapes change?",
    data="cifar10",
    augment=CROP[4],
    experiments=[
        *options(20, SHORT),
        *options(110, LONG),
        *operations(56, IN_QUICK, SHORT, recipe={"lr": 0.03}),
        *operations(110, IN_PAPER, LONG),
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
            data=Data(train=8_000, validation=2_000, size=16),
            model={"width": 8},
            augment=CROP[2],
            recipe=SHORTENED,
            seeds=8,
            edges={f"{name}-56": "lr, low" for name in ("identity", *IN_QUICK)},
        ),
        "paper": Profile(recipe=Recipe(epochs=164, warmup=WARMUP), stand_in=False),
    },
    claims=[
        *where_shapes_change(20),
        *where_shapes_change(110),
        *on_shortcuts(56, IN_QUICK),
        *on_shortcuts(110, IN_PAPER),
        *COUNTS,
    ],
    references=REFERENCES,
    figures=[
        *(
            Gains(
                over=f"identity-{depth}",
                of=[f"{name}-{depth}" for name in names],
                name=f"gains-{depth}",
                title="What lies on shortcuts, against the identity",
            )
            for depth, names in ((56, IN_QUICK), (110, IN_PAPER))
        ),
        Curves(),
    ],
)
