"""What do independent networks and views at test time buy, and at what price?

Sources: the lecture on ensembles; tables of AlexNet, GoogLeNet and VGG (ImageNet); Huang et al. 2017.
Verdicts rest on disjoint sets of members; sets of four need twelve seeds: the look of 12 is the first.

Profiles
  smoke  1 minute. 500 images at 16×16, tiny networks; proves the machinery, decides nothing.
  quick  15 to 22 minutes on two cores. ResNet-8, 12 wide, and a narrow AlexNet on 3,000 CIFAR-10 images at
         16×16, 60 epochs (2,760 steps), untuned, 12 seeds in sets of four, each with a split of its own. Can
         decide: averaging, two-points, likelihood, calibrated, crops, saturates, both, snapshots,
         snapshots-or-seeds, architectures, moving-average, average-of-epochs; counts price, memory,
         equal-price. A probe with four seeds (6,000 images, 24 epochs; test images cut from the training
         split) gave an error of 39.3 % for one net, 37.2 for two, 35.7 for four; 38.0 with 10 crops, 37.8
         with 18 views, 36.0 with four nets and 10 crops; 41.7 for four snapshots, 51.7 for four short nets,
         53.4 for two AlexNets, 39.8 for net and AlexNet, 39.2 with averaged weights. So averaging,
         two-points, likelihood, crops and snapshots-or-seeds are expected to be supported, calibrated,
         snapshots and architectures not. Trials of an earlier version chose rates of 0.1 to 0.14 for
         ResNet-8, 0.04 for AlexNet.
  paper  ResNet-20 and AlexNet, 164 epochs, tuned (8 trials), 20 seeds on 45,000 images: days on a GPU.
"""

from _ensembles import CLAIMS, REFERENCES

from bench import Ensemble, Experiment, Predict, Profile, Recipe, Suite
from bench.report.figures import Averages, Curves, Dots
from bench.spec import Data, Range, Tuning

SPACE = {"lr": Range(low=0.02, high=0.4), "weight_decay": Range(low=5e-5, high=5e-3)}
ENSEMBLES = [
    Ensemble(id="1 net", of="net"),
    Ensemble(id="2 nets", of="net", members=2),
    Ensemble(id="4 nets", of="net", members=4),
    Ensemble(id="mirrored", of="net", views=2),
    Ensemble(id="5 crops", of="net", views=5),
    Ensemble(id="10 crops", of="net", views=10),
    Ensemble(id="18 views", of="net", views=18),
    Ensemble(id="2 nets, 10 crops", of="net", members=2, views=10),
    Ensemble(id="4 nets, 10 crops", of="net", members=4, views=10),
    Ensemble(id="moving average", of="net", weights="ema"),
    Ensemble(id="average of epochs", of="net", weights="average"),
    Ensemble(id="4 snapshots", of="snapshots", weights="cycles"),
    Ensemble(id="4 short nets", of="short", members=4),
    Ensemble(id="2 AlexNets", of="alexnet", members=2),
    Ensemble(id="net and AlexNet", of=("net", "alexnet")),
]

suite = Suite(
    title="Ensembles and views at test time",
    question="What do independent networks and views at test time buy, and at what price?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[
        Experiment(id="net", predict=Predict(ema=0.99, average=4, shift=0.125)),
        Experiment(id="short", recipe={"epochs": 15}, predict=Predict(), profiles=("quick",)),
        Experiment(id="snapshots", recipe={"schedule": "cyclic", "cycles": 4}, predict=Predict()),
        Experiment(id="alexnet", model="alexnet-one-tower", recipe={"lr": 0.04}, predict=Predict()),
    ],
    ensembles=ENSEMBLES,
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)",
            data=Data(train=500, validation=100, size=16),
            model={"input_size": 16, "scale": 0.05},
            recipe=Recipe(epochs=4, batch_size=50),
            seeds=4,
        ),
        "quick": Profile(
            network="resnet-8(width=12)",
            data=Data(train=3_000, validation=1_000, size=16),
            model={"input_size": 16, "scale": 0.2, "dropout": 0.0},
            recipe=Recipe(epochs=60, batch_size=64, weight_decay=5e-4, schedule="one-cycle"),
            seeds=12,
        ),
        "paper": Profile(
            network="resnet-20",
            data=Data(validation=5_000),
            model={"input_size": 32},
            recipe=Recipe(epochs=164),
            tuning=Tuning(space=SPACE, trials=8, generation=4, epochs=40),
            seeds=20,
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=[
        Dots(name="ensembles", of=[one.id for one in ENSEMBLES], title="Averaged predictions"),
        Averages(),
        Curves(),
    ],
)
