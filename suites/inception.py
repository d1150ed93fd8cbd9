"""Do modules of parallel convolutions give the same accuracy at a fraction of the cost?

Sources: Szegedy et al. 2014 (arXiv 1409.4842) and 2016 (1512.00567); Lin et al. 2014 (1312.4400); the lecture
on Inception networks. None prints an error for these comparisons on CIFAR-10.

Profiles
  smoke  1 minute. Tiny networks on 512 images; proves the machinery, decides nothing.
  quick  10 to 20 minutes on two cores in bf16. Four modules with batch norm, a quarter of the published
         widths, and NiN alike, on 8,000 CIFAR-10 images at 16×16, 5 epochs (625 steps of 64), untuned, 8
         seeds. Decides: reduced, two-3x3, factorised, beside, pointwise; counts reduced-cheaper,
         two-3x3-cheaper, factorised-cheaper, pointwise-cheaper. Not run in quick: auxiliary, for four modules
         with batch norm have no early layers that learn too little. A probe with one seed had validation
         errors of 40.6, 38.9, 42.5 % with the published module at rates of 0.1, 0.3, 1; 40.4, 38.0, 45.2 with
         two 3×3 in the 5×5's place; 40.0, 40.0, 46.8 with 1×5 after 5×1; 40.1, 39.6, 47.4 with the wide one;
         at 0.03, 0.1, 0.3 45.3, 45.5, 59.0 with the naive module, 43.5, 44.1, 46.6 with NiN; at 0.1, 0.3, 1
         44.0, 43.9, 46.8 without its 1×1. So modules have 0.3, the naive one and NiN 0.1, each within a point
         of its best.
  paper  GoogLeNet with all nine modules, and NiN, on all of CIFAR-10, 100 epochs; some GPU days.
"""

from _inception import CLAIMS, MODULES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import Data

STANDING = {"inception-10": ("smoke", "quick"), "googlenet": ("paper",)}
SHORTENED = Recipe(epochs=5, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle")
QUARTER = {"input_size": 16, "scale": 1 / 4, "batch_norm": True, "dropout": 0.0}

suite = Suite(
    title="Inception modules",
    question="Do modules of parallel convolutions give the same accuracy at a fraction of the cost?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[
        *(
            Experiment(
                id=f"{network}-{name}",
                model={"name": network, "options": options},
                task="auxiliary" if name == "auxiliary" else None,
                recipe={"lr": 0.3} if network == "inception-10" and name != "naive" else {},
                profiles=profiles,
            )
            for network, profiles in STANDING.items()
            for name, options in MODULES.items()
            if name != "auxiliary" or network == "googlenet"
        ),
        *(Experiment(model=name) for name in ("nin", "nin-without-1x1")),
    ],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=16),
            model={**QUARTER, "scale": 1 / 8},
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=8_000, validation=2_000, size=16), model=QUARTER, recipe=SHORTENED, seeds=8
        ),
        "paper": Profile(
            data=Data(validation=5_000),
            model={"input_size": 32, "batch_norm": True},
            recipe=Recipe(epochs=100, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    figures=[
        Against(setting="macs", metric="test_error", name="error-against-work"),
        Against(setting="parameters", metric="test_error", name="error-against-weights"),
        Curves(),
    ],
)
