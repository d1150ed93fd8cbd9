"""What do the classic networks give for what they cost, at one budget?

Sources: the papers of the networks; the lectures on them, which say that each errs less than those before it,
and the later ones with fewer weights.

Profiles
  smoke      1 minute. Tiny networks on 512 images; proves the machinery, decides nothing.
  quick      14 to 29 minutes on two cores in bf16. Nine networks an eighth as wide as published (LeNet-5
             whole, ResNet half, DenseNet a third of its growth), so that Inception and all after it have
             fewer weights than AlexNet and VGG, and more multiplications, on 8,000 CIFAR-10 images at 32×32,
             8 epochs (1,000 steps of 64), untuned, 5 seeds. The first edition (500 steps) left alexnet-lenet,
             resnet-vgg and densenet-resnet undecided (0.1, 0.4, 2.4 points) and all nets half trained, at 37
             to 56 % training error. Decides: alexnet-lenet, vgg-alexnet, nin-alexnet, inception-vgg,
             resnet-vgg, densenet-resnet; counts lighter-than-vgg, lighter-than-alexnet, fewer-weights. What
             ZFNet changed of AlexNet, its first strides, small images do not have, and ResNeXt has its suite,
             cardinality: both are drawn, and not compared. Dropout is left out, and VGG, NiN and GoogLeNet
             have batch norm, as so few steps train nothing else; AlexNet and ZFNet have no normalisation. A
             probe of 500 steps with one seed had validation errors of 58.4, 54.4, 65.5 % with LeNet-5 at
             rates of 0.017, 0.05, 0.15; 54.4, 48.8, 50.0 with ResNet; up to 0.5 as well 50.0, 46.0, 45.0,
             47.9 with NiN, 52.8, 43.9, 39.5, 37.5 with Inception, 57.1, 53.0, 51.0, 49.4 with ResNeXt, 61.3,
             56.3, 50.4, 46.7 with DenseNet; from 0.005 on 55.9, 56.4, 90, 90 with AlexNet, 53.9, 54.5, 66.0,
             90 with ZFNet, 51.0, 48.8, 54.5, 61.2 with VGG. So each has its best of these, and all else
             alike; in 1,000 steps AlexNet has 49.1 and 47.8 at 0.0017 and 0.005, ZFNet 47.7 and 46.4; at 0.5
             and 1 Inception 31.9 and 36.0, DenseNet 37.6 and 40.5.
  paper      The same networks at the published widths on all of CIFAR-10, 100 epochs, at quick's rates, which
             nothing has probed at these widths: GPU days.
"""

from _classic import CLAIMS, COUNTED, NETWORKS, RATES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import Data, Network

SHORTENED = Recipe(epochs=4, batch_size=64, lr=0.05, weight_decay=5e-4, schedule="one-cycle")
NARROW = {"input_size": 32, "scale": 1 / 8, "width": 8, "growth": 4, "dropout": 0.0, "batch_norm": True}

suite = Suite(
    title="Classic networks",
    question="What do the classic networks give for what they cost, at one budget?",
    data="cifar10",
    augment=({"name": "crop", "options": {"padding": 4}}, "flip"),
    experiments=[
        Experiment(id=name, model=model, recipe={"lr": RATES[name]}) for name, model in NETWORKS.items()
    ],
    networks=[
        Network(id=f"{name}, published", model=name, size=227 if name == "alexnet" else 224)
        for name in COUNTED
    ],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128),
            model=NARROW,
            recipe=SHORTENED.replace(epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=8_000, validation=2_000),
            model=NARROW,
            recipe=SHORTENED.replace(epochs=8),
            edition=1,
        ),
        "paper": Profile(
            data=Data(validation=5_000),
            model={"input_size": 32, "batch_norm": True},
            recipe=SHORTENED.replace(epochs=100, batch_size=128),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    figures=[
        Against(setting="macs", metric="test_error", name="error-against-work"),
        Against(setting="parameters", metric="test_error", name="error-against-weights"),
        Against(setting="seconds", metric="test_error", name="error-against-time"),
        Curves(),
    ],
)
