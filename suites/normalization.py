"""What does batch norm do for training, and what do its forerunner and dropout?

Sources: Ioffe and Szegedy 2015 (arXiv 1502.03167), Figure 3; Krizhevsky et al. 2012, §3.3 and §4.2; the
lectures on residual and classic networks ("absolutely necessary").

Profiles
  smoke  1 minute. Tiny networks on 512 images of 16×16 pixels; proves the machinery, decides nothing.
  quick  11 to 21 minutes on two cores in bf16. Plain nets of 8 and 20 layers, 16 wide, on 9,000 CIFAR-10
         images at 16×16, 5 epochs (700 steps of 64), untuned, but some at three rates, 8 seeds; for dropout
         1,500 images and 690 steps (in all profiles), so that there is something to overfit. Decides:
         necessary, rates, sooner, sigmoid, sigmoid-cost, dropout-convolutions, early-layers. Not run in
         quick: dropout-dense; response, whose constants are those of images with values up to 255, so that it
         does little (in paper, too). The first edition (5 seeds) left undecided: necessary, which asked for
         ten points (16.5 [10.2, 22.7]); rates up to 0.5, where two of five nets without batch norm diverged;
         early-layers, asked of the first epoch (0.13 [-0.02, 0.28]). Probes (one seed, at 0.2 three) had
         validation errors of 54, 47, 48, 47 % at 0.02, 0.1, 0.2, 0.5 with batch norm at 8 layers, 62, 62, 77,
         90 without; 59 at 20 layers, and 82, 77, 90, 90 at 0.005, 0.02, 0.1, 0.5 without; 59 with sigmoids,
         90 without at 0.1 and at 0.5; 51 and 55 without and with dropout.
  paper  The same networks on 45,000 images of CIFAR-10 at 32×32, 60 epochs.
"""

from _normalization import CLAIMS, LOW, RATES, WITHOUT

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Along, Curves
from bench.spec import Data

SHORTENED = Recipe(epochs=5, batch_size=64, lr=0.1, schedule="one-cycle")


def net(name, measured=False, **options):
    """An experiment's model, and whether the gradient of its layers is measured."""
    measures = ("gradient_norm",) if measured else None
    return {"model": {"name": name, "options": options}, "measures": measures}


SLOWLY = {"recipe": {"lr": 0.02}, "profiles": ("paper",)}  # where nothing normalises
FEW = {"data": {"train": 1_500}, "recipe": {"epochs": 30}}  # nearly as many steps as others have in quick
NETWORKS = {
    "plain-20": net("plain-20", measured=True),
    **{f"plain-20-without-{lr}": net("plain-20", norm="none") | {"recipe": {"lr": lr}} for lr in LOW},
    "resnet-20": net("resnet-20", measured=True),
    "sigmoid": net("plain-8", activation="sigmoid"),
    "sigmoid-without": net("plain-8", activation="sigmoid", norm="none"),
    "sigmoid-without-0.5": net("plain-8", activation="sigmoid", norm="none") | {"recipe": {"lr": 0.5}},
    "response": net("alexnet", groups=1, dropout=0.0) | SLOWLY,
    "no-response": net("alexnet", groups=1, dropout=0.0, lrn=False) | SLOWLY,
    "dense-dropout": net("alexnet", groups=1, dropout=0.5, lrn=False) | SLOWLY,
    "convolutions": net("preact-resnet-8", dropout=0.0) | FEW,
    "convolutions-dropout": net("preact-resnet-8", dropout=0.3) | FEW,
}
LADDER = {
    f"{name}-{lr}": net("plain-8", norm=norm) | {"recipe": {"lr": lr}}
    for name, norm in (("batch", "batch"), ("without", "none"))
    for lr in RATES
}
suite = Suite(
    title="Normalization",
    question="What does batch norm do for training, and what do its forerunner and dropout?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[Experiment(id=name, **own) for name, own in (LADDER | NETWORKS).items()],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=16),
            model={"width": 4},
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=9_000, validation=2_000, size=16), recipe=SHORTENED, seeds=8, edition=1
        ),
        "paper": Profile(
            data=Data(validation=5_000),
            model={"input_size": 32},
            recipe=SHORTENED.replace(epochs=60),
            seeds=8,
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    figures=[
        Against(
            setting="recipe.lr",
            metric="test_error",
            name="error-against-rate",
            groups={kind: [f"{kind}-{lr}" for lr in RATES] for kind in ("batch", "without")},
        ),
        Along(metric="gradient_norm", axis="layer", log=True),
        Curves(
            groups={
                "plain, 8 layers": (*LADDER, "sigmoid", "sigmoid-without", "sigmoid-without-0.5"),
                "20 layers": ("plain-20", *WITHOUT, "resnet-20"),
                "AlexNet": ("response", "no-response", "dense-dropout"),
                "dropout": ("convolutions", "convolutions-dropout"),
            }
        ),
    ],
)
