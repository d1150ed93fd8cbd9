"""Does splitting a convolution into groups pay, at equal cost and at nearly twice the cost?

Sources: Xie et al. 2017 (arXiv 1611.05431), Tables 3 and 4 (ImageNet); Krizhevsky et al. 2012 (two groups on
two GPUs); the lecture on ResNeXt.

Profiles
  smoke  1 minute. Tiny networks on 512 images of 16×16 pixels; proves the machinery, decides nothing.
  quick  8 to 20 minutes on two cores in bf16. 20 layers of bottlenecks, a quarter as wide as published, on
         9,000 CIFAR-10 images at 16×16, 4 epochs (560 steps of 64), untuned, 8 seeds. Decides: equal-cost,
         two-groups, against-wider, twice-groups; counts as-dear, as-dear-as-wider. Grouped layers begin with
         smaller weights, as torchvision's do (the fan-out is that of all groups): batch norm takes that back
         in the outputs, but at one rate they turn faster. Not run in quick: against-deeper, for at so few
         steps the deeper net learns more slowly, and two-towers, where no batch norm does. A probe with one
         seed had validation errors of 53.2, 50.5, 52.2 % with one group at rates of 0.03, 0.1, 0.3; 50.2,
         48.8, 49.0 with two; 50.6, 50.0, 49.7 with four; 49.0, 49.6, 50.7 with eight, 51.0, 49.5, 50.9 with
         one and as many multiplications. So all have 0.1, which is within a point of the best of each.
  paper  The same networks at the full width of 64, one of 38 layers and both AlexNets on all of CIFAR-10, 300
         epochs; GPU weeks.
"""

from _cardinality import CLAIMS, DEEPER, NETWORKS, REFERENCES, TOWERS

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import Data

SHORTENED = Recipe(epochs=4, batch_size=64, lr=0.1, weight_decay=5e-4, schedule="one-cycle")
QUARTER = {"width": 16}
SLOWLY = {"recipe": {"lr": 0.02}}  # where nothing normalises

suite = Suite(
    title="Cardinality",
    question="Does splitting a convolution into groups pay, at equal cost and at nearly twice the cost?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[
        *(Experiment(id=name, model=model) for name, model in NETWORKS.items()),
        *(Experiment(id=name, model=model, profiles=("paper",)) for name, model in DEEPER.items()),
        *(Experiment(id=name, model=model, profiles=("paper",), **SLOWLY) for name, model in TOWERS.items()),
    ],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=16),
            model=QUARTER,
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=9_000, validation=2_000, size=16), model=QUARTER, recipe=SHORTENED, seeds=8
        ),
        "paper": Profile(
            model={"input_size": 32},
            recipe=Recipe(epochs=300, lr=0.1, weight_decay=5e-4),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=[
        Against(setting="macs", metric="test_error", name="error-against-work"),
        Curves(),
    ],
)
