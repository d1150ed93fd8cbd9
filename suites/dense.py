"""Do densely connected networks reach the error of residual ones with fewer weights?

Source: Huang et al. 2017 (arXiv 1608.06993), Table 2 and Figures 3 and 4; the lecture on DenseNet.

Profiles
  smoke  1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  9 to 15 minutes on two cores in bf16. A DenseNet and a DenseNet-BC (with bottlenecks and compression)
         of 22 layers, with growths of 12 and of 18, and ResNets of 20 layers, 16 and 21 wide: all of like
         depth, for at so few steps the deeper net learns more slowly; 8,000 CIFAR-10 images at 16×16, 5
         epochs (625 steps of 64), untuned, 8 seeds. Decides: equal-weights, equal-work, fewer-weights,
         compressed; counts as-many, as-dear, fewer, imagenet-fewer, imagenet-cheaper. A probe with one seed
         had validation errors of 47.4, 43.9, 42.9, 43.1 % with DenseNet at rates of 0.03, 0.1, 0.3, 1; 48.8,
         45.1, 43.5, 44.4 with DenseNet-BC; 50.3, 49.9, 49.4, 56.1 with ResNet; 48.4, 46.8, 49.5 with the
         wider one up to 0.3. So they have 0.3, the last 0.1.
  paper  DenseNets of 40, 100 and 100 (BC) layers on all of CIFAR-10, 300 epochs; GPU weeks.
"""

from _dense import CLAIMS, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import Data, Network

SHORTENED = Recipe(epochs=5, batch_size=64, lr=0.1, weight_decay=1e-4, schedule="one-cycle")
SMALL, LARGE = ("smoke", "quick"), ("paper",)
NETWORKS = {
    "densenet-22": SMALL,
    "densenet-bc-22": SMALL,
    "resnet-20": SMALL,
    "resnet-20-wide": SMALL,
    "densenet-40": LARGE,
    "densenet-100": LARGE,
    "densenet-bc-100": LARGE,
    "resnet-110": LARGE,
}

RECIPES = {
    **{name: {"lr": 0.3} for name in ("densenet-22", "densenet-bc-22", "resnet-20")},
    "resnet-110": {"warmup": {"lr": 0.01, "until_train_error": 80}},  # as in He et al. 2015
}
AS_LARGE = {  # as many multiplications as densenet-22
    "densenet-bc-22": "densenet-bc-22(growth=18)",
    "resnet-20-wide": "resnet-20(width=21)",
}

suite = Suite(
    title="Dense connections",
    question="Do densely connected networks reach the error of residual ones with fewer weights?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[
        Experiment(
            id=name,
            model=AS_LARGE.get(name, name),
            recipe=RECIPES.get(name, {}),
            profiles=profiles,
        )
        for name, profiles in NETWORKS.items()
    ],
    networks=[Network(model=name, size=224) for name in ("densenet-201", "resnet-101")],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=8),
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(data=Data(train=8_000, validation=2_000, size=16), recipe=SHORTENED, seeds=8),
        "paper": Profile(recipe=Recipe(optimizer="nesterov", epochs=300, batch_size=64), stand_in=False),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=[
        Against(setting="parameters", metric="test_error", name="error-against-weights"),
        Against(setting="macs", metric="test_error", name="error-against-work"),
        Curves(),
    ],
)
