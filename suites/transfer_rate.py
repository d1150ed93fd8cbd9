"""Do layers that have learnt want a milder learning rate than new ones, where both are tuned alike?

Source: the lecture on transfer learning (0.001 for layers from elsewhere, 0.01 for new ones). A net trained
on CIFAR-10 goes on with 200 clothing photographs, 20 a class on average. Every contender is tuned with one
budget: the learning rate and one setting more, which is the old layers' share of it where that is asked
about, else weight decay.

Profiles
  smoke  1 minute. 200 images of 16×16 pixels; proves the machinery, decides nothing.
  quick  20 to 24 minutes on two cores. A plain net of 8 layers, 16 wide; 200 images at 32×32, 80 epochs (320
         steps); each seed has 3 trials of a third the length; 8 seeds. Can decide: mild, upper-mild,
         beats-scratch, few-classifier, few-upper. A probe of the untuned recipes (40 epochs) is told in
         transfer-features: with 200 images 65 % from scratch, 62 the classifier alone, 58 and 59 the upper
         layers and all at a share of 0.3. So beats-scratch and few-upper are expected to be supported, mild
         to stay open, upper-mild to be contradicted.
  paper  AlexNet for images of 32×32, 100 epochs, 20 trials; some GPU hours.
"""

from _transfer_rate import CLAIMS

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Curves, Dots
from bench.spec import Data, Range, Transfer, Tuning

RATE = {"lr": Range(low=0.005, high=0.5)}
DECAY = {"weight_decay": Range(low=1e-5, high=1e-2)}
SHARE = {"start.share": Range(low=0.01, high=1.0)}


def begun(frozen, space):
    """A net that begins with all layers of the source, some of them frozen, and what it tunes."""
    return {"start": Transfer(source="photographs", layers=7, frozen=frozen), "space": space}


CONTENDERS = {
    "scratch": {"space": DECAY},
    "classifier": begun(frozen=7, space=DECAY),
    "upper": begun(frozen=4, space=DECAY),
    "upper-mild": begun(frozen=4, space=SHARE),
    "whole": begun(frozen=0, space=DECAY),
    "whole-mild": begun(frozen=0, space=SHARE),
}

suite = Suite(
    title="Rates for old layers and new",
    question="Do layers that have learnt want a milder learning rate than new ones?",
    data="clothing96",
    augment=("crop(padding=0.125)", "flip"),
    sources=[
        Experiment(
            id="photographs",
            dataset="cifar10",
            data={"train": 10_000, "validation": 1_000},
            recipe={"epochs": 12},
        )
    ],
    experiments=[Experiment(id=name, **own) for name, own in CONTENDERS.items()],
    profiles={
        "smoke": Profile(
            network="plain-8(width=4)",
            data=Data(train=200, validation=50, size=16),
            recipe=Recipe(epochs=1, batch_size=50),
            seeds=2,
            stand_in=False,
        ),
        "quick": Profile(
            network="plain-8(width=16)",
            data=Data(train=200, validation=400, size=32),
            recipe=Recipe(epochs=80, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space=RATE, trials=3, generation=3, epochs=27),
            seeds=8,
            stand_in=False,
        ),
        "paper": Profile(
            network="alexnet-one-tower(input_size=32)",
            data=Data(train=200, validation=400, size=32),
            recipe=Recipe(epochs=100, lr=0.01, weight_decay=5e-4),
            tuning=Tuning(space=RATE, trials=20, generation=5, epochs=50),
            seeds=8,
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    figures=[
        Dots(name="errors"),
        Curves(
            groups={
                "from scratch, and the classifier": ("scratch", "classifier"),
                "upper layers": ("upper", "upper-mild"),
                "all layers": ("whole", "whole-mild"),
            }
        ),
    ],
)
