"""What do independent networks and views at test time buy, and at what price?

Sources: the lecture on ensembles; tables of AlexNet, GoogLeNet and VGG (ImageNet); Huang et al. 2017.
Verdicts rest on disjoint sets of members; sets of four need twelve seeds: the look of 12 is the first.

Profiles
  smoke  1 minute. 500 images at 16×16, tiny networks; proves the machinery, decides nothing.
  quick  20 minutes on two cores. ResNet-8, 12 wide, and a narrow AlexNet on 6,000 CIFAR-10 images at 16×16,
         24 epochs, tuned (4 trials of a third the length), 12 seeds. Can decide: averaging, two-points,
         likelihood, calibrated, crops, saturates, both, snapshots, snapshots-or-seeds, architectures,
         moving-average, average-of-epochs; counts price, memory, equal-price.
         A probe with four seeds (untuned; test images cut from the training split) gave 39.3 % error for one
         net, 37.2 for two, 35.7 for four; 38.0 with 10 crops, 37.8 with 18 views, 36.0 with four nets and 10
         crops; 41.7 for four snapshots, 51.7 for four short nets, 53.4 for two AlexNets, 39.8 for net and
         AlexNet, 39.2 with averaged weights. So averaging, two-points, likelihood, crops and
         snapshots-or-seeds are expected to be supported, calibrated, snapshots and architectures not.
  paper  ResNet-20 and AlexNet, 164 epochs, tuned (8 trials), 20 seeds on 45,000 images: days on a GPU.
"""

from bench import Ensemble, Experiment, Predict, Profile, Recipe, Reference, Suite
from bench.claims import CountRatio, Difference, SameCount
from bench.report.figures import Averages, Curves, Dots
from bench.spec import Data, Range, Tuning

ALEXNET, GOOGLENET = "Krizhevsky et al. 2012", "Szegedy et al. 2014 (arXiv 1409.4842)"
VGG, HUANG = "Simonyan and Zisserman 2015 (arXiv 1409.1556)", "Huang et al. 2017 (arXiv 1704.00109)"
LECTURE, NET = "lecture on ensembles", {"of": "net"}
SPACE = {"lr": Range(low=0.02, high=0.4), "weight_decay": Range(low=5e-5, high=5e-3)}
AVERAGED = {
    "1 net": NET, "2 nets": {**NET, "members": 2}, "4 nets": {**NET, "members": 4},
    "mirrored": {**NET, "views": 2}, "5 crops": {**NET, "views": 5}, "10 crops": {**NET, "views": 10},
    "18 views": {**NET, "views": 18}, "2 nets, 10 crops": {**NET, "members": 2, "views": 10},
    "4 nets, 10 crops": {**NET, "members": 4, "views": 10},
    "moving average": {**NET, "weights": "ema"}, "average of epochs": {**NET, "weights": "average"},
    "4 snapshots": {"of": "snapshots", "weights": "cycles"}, "4 short nets": {"of": "short", "members": 4},
    "2 AlexNets": {"of": "alexnet", "members": 2}, "net and AlexNet": {"of": ("net", "alexnet")},
}  # fmt: skip
CLAIMS = (  # id, text, metric, lower, higher, by, said, source
    ("averaging", "Averaging two nets, or four, beats one.", "test_error", ("2 nets", "4 nets"), "1 net", 0,
     "40.7 to 38.1 % (5 nets, top-1)", ALEXNET),
    ("two-points", "Four nets gain more than two points.", "test_error", "4 nets", "1 net", 2,
     "about 2 %", LECTURE),
    ("likelihood", "Four nets predict better probabilities than one.", "test_loss", "4 nets", "1 net", 0,
     "no number", LECTURE),
    ("calibrated", "Four nets are better calibrated than one.", "calibration_error", "4 nets", "1 net", 0,
     "0.023 to 0.010 (4 nets, CIFAR-10)", "uncertainty-baselines, README"),
    ("crops", "Ten crops of a test image beat one.", "test_error", "10 crops", "1 net", 0,
     "39.0 to 37.5 % (top-1)", ALEXNET),
    ("saturates", "Eight more views gain less than 0.3 points.", "test_error", "10 crops", "18 views", -0.3,
     "10 crops gain 0.92, 144 gain 2.18", GOOGLENET),
    ("both", "Nets and crops add up: both together beat either.", "test_error", "4 nets, 10 crops",
     ("4 nets", "10 crops"), 0, "10.07 to 6.67 % (7 nets, 144 crops, top-5)", GOOGLENET),
    ("snapshots", "Four snapshots of one run beat its like trained without restarts.", "test_error",
     "4 snapshots", "1 net", 0, "no number", HUANG),
    ("snapshots-or-seeds", "At equal price, snapshots of one run beat independent short runs.", "test_error",
     "4 snapshots", "4 short nets", 0, "no number", HUANG),
    ("architectures", "Two architectures together beat two nets of either.", "test_error", "net and AlexNet",
     ("2 nets", "2 AlexNets"), 0, "no number", LECTURE),
    ("moving-average", "The moving average of the weights beats the last weights.", "test_error",
     "moving average", "1 net", 0, "no number", "Polyak and Juditsky 1992"),
    ("average-of-epochs", "The mean weights of the last epochs beat the last.", "test_error",
     "average of epochs", "1 net", 0, "no number", "Izmailov et al. 2018 (arXiv 1803.05407)"),
)  # fmt: skip
PUBLISHED = (  # what stands nearest here, value (status F), data and how many, paper, where
    ("1 net", 40.7, "ImageNet, top-1, 1 net", ALEXNET, "Table 2"),
    ("4 nets", 38.1, "ImageNet, top-1, 5 nets", ALEXNET, "Table 2"),
    ("1 net", 39.0, "ILSVRC-2010, top-1, 1 crop", ALEXNET, "footnote of Table 1"),
    ("10 crops", 37.5, "ILSVRC-2010, top-1, 10 crops", ALEXNET, "Table 1"),
    ("1 net", 10.07, "ImageNet, top-5, 1 net", GOOGLENET, "Table 3"),
    ("10 crops", 9.15, "ImageNet, top-5, 10 crops", GOOGLENET, "Table 3"),
    ("4 nets", 8.09, "ImageNet, top-5, 7 nets", GOOGLENET, "Table 3"),
    ("4 nets, 10 crops", 7.62, "ImageNet, top-5, 7 nets, 10 crops", GOOGLENET, "Table 3"),
    ("2 nets, 10 crops", 23.7, "ImageNet, top-1, 2 nets, many crops", VGG, "Table 6"),
)

suite = Suite(
    title="Ensembles and views at test time",
    question="What do independent networks and views at test time buy, and at what price?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    experiments=[
        Experiment(id="net", predict=Predict(ema=0.99, average=4, shift=0.125)),
        Experiment(id="short", recipe={"epochs": 6}, predict=Predict(), profiles=("quick",)),
        Experiment(id="snapshots", recipe={"schedule": "cyclic", "cycles": 4}, predict=Predict()),
        Experiment(id="alexnet", model="alexnet-one-tower", predict=Predict()),
    ],
    ensembles=[Ensemble(id=name, **made) for name, made in AVERAGED.items()],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)", data=Data(train=500, validation=100, size=16), seeds=4,
            model={"input_size": 16, "scale": 0.05}, recipe=Recipe(epochs=4, batch_size=50)),
        "quick": Profile(
            network="resnet-8(width=12)", data=Data(train=6_000, validation=2_000, size=16), seeds=12,
            model={"input_size": 16, "scale": 0.2, "dropout": 0.0},
            recipe=Recipe(epochs=24, batch_size=64, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space=SPACE, trials=4, generation=2, epochs=8)),
        "paper": Profile(
            network="resnet-20", data=Data(validation=5_000), seeds=20, stand_in=False,
            model={"input_size": 32}, recipe=Recipe(epochs=164),
            tuning=Tuning(space=SPACE, trials=8, generation=4, epochs=40)),
    },
    claims=[
        *(Difference(id=name, text=text, metric=metric, lower=lower, higher=higher, by=by, said=said,
                     source=source)
          for name, text, metric, lower, higher, by, said, source in CLAIMS),
        CountRatio(id="price", text="N nets cost N times the work for an image.", quantity="macs",
                   base="1 net", times={"2 nets": 2, "4 nets": 4, "10 crops": 10, "4 nets, 10 crops": 40},
                   said="× N", source=LECTURE),
        CountRatio(id="memory", text="N nets have N times the weights; crops add none.", said="× N",
                   quantity="parameters", base="1 net", times={"2 nets": 2, "4 nets": 4, "10 crops": 1},
                   source=LECTURE),
        SameCount(id="equal-price", text="Four snapshots or four short nets cost as much to train as one.",
                  quantity="training_macs", groups=(("1 net", "4 snapshots", "4 short nets"),)),
    ],
    references=[Reference(experiment=name, metric="test_error", value=value, data=data, paper=paper,
                          where=where, statistic="single", status="F")
                for name, value, data, paper, where in PUBLISHED],
    figures=[Dots(name="ensembles", of=list(AVERAGED), title="Averaged predictions"), Averages(), Curves()],
)  # fmt: skip
