"""What do the classic networks give for what they cost, at one budget?

Sources: the papers of the networks; the lectures on them, which say that each errs less than those before it,
and the later ones with fewer weights.

Profiles
  smoke      1 minute. Tiny networks on 512 images; proves the machinery, decides nothing.
  quick      15 minutes on two cores. Nine networks an eighth as wide as published (ResNet and its kin half)
             on 8,000 CIFAR-10 images at 32×32, 4 epochs (500 steps of 64), untuned, all with one recipe, 5
             seeds. Decides: alexnet-lenet, vgg-alexnet, nin-alexnet, inception-vgg, resnet-vgg,
             densenet-resnet; counts fewer-weights. What ZFNet changed of AlexNet, its first strides, small
             images do not have, and ResNeXt has its suite, cardinality: both are drawn, and not compared.
             Dropout is left out, and VGG, NiN and GoogLeNet have batch norm, as so few steps train nothing
             else; AlexNet and ZFNet have no normalisation.
  paper      The same networks at the published widths on all of CIFAR-10, 100 epochs: GPU days.
"""

from _classic import CLAIMS, COUNTED, NETWORKS

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
    experiments=[Experiment(id=name, model=model) for name, model in NETWORKS.items()],
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
        "quick": Profile(data=Data(train=8_000, validation=2_000), model=NARROW, recipe=SHORTENED),
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
