"""Which layers transfer, and does the amount of data decide how many to train anew?

Sources: Yosinski et al. 2014 (arXiv 1411.1792), whose curves these are (AnB: the first n layers of a net
trained on A, frozen, for task B; BnB: of one trained on B; +: not frozen); the lecture on transfer learning.

Profiles
  smoke  1 minute. 200 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  20 minutes on two cores. A plain net of 8 layers, 12 wide, for five classes of CIFAR-10 on 4,000
         images at 16×16, 36 epochs (2,880 steps); "few" is 20 images a class, 240 epochs (480 steps).
         Untuned, all at one learning rate; 8 seeds, each with halves of its own. Can decide:
         frozen-degrades, co-adapted, specific, tuned-gains, beats-scratch, few-classifier, many-all,
         mild-rate, scarce.
         A probe with three seeds (12 epochs, test images cut from the training split) gave errors of 32.8 %
         from scratch; 31.9, 32.5, 35.6, 45.0 with 1, 3, 5, 7 frozen layers of A, 32.7 with 7 of B; 28.8 with
         7 of A trained on; with few images (120 epochs) 51.8 from scratch, 51.5 frozen, 50.6 trained on, 47.7
         at a mild rate. So specific, tuned-gains, many-all and mild-rate are expected to be supported, scarce
         and co-adapted not, frozen-degrades to stay open between one and three layers.
  overnight  4 hours on two cores. All layers of the figures; 16 wide, 20,000 images of either half, 24
         epochs, and by a ladder a half and a quarter of them; each seed tunes its learning rate at each rung
         (3 trials of a quarter the length); 5 seeds.
  paper  AlexNet for images of 32×32, 100 epochs on 22,000 images of either half; some GPU hours.
"""

from _transfer_layer import CLAIMS, FIGURES, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.spec import PROFILES, Data, Range, Transfer, Tuning

DEPTHS, LAST = (1, 3, 5, 7), 7
MANY = {"data": {"half": "B"}}
FEW = {"data": {"half": "B", "train": 100}, "recipe": {"epochs": 240, "batch_size": 50}}  # 20 images a class


def begun(half, layers, frozen=0, share=1.0):
    """What an experiment has that begins with the first layers of the net for one half of the classes."""
    return {"start": Transfer(source=f"task {half}", layers=layers, frozen=frozen, share=share)}


IN_QUICK = ("B", "A1B", "A3B", "A5B", "A7B", "B5B", "B7B", "A7B+")  # and all with few images
CONTENDERS = {
    "B": MANY,
    "B-few": FEW,
    **{f"{half}{n}B": MANY | begun(half, n, frozen=n) for half in "AB" for n in DEPTHS},
    **{f"A{n}B+": MANY | begun("A", n) for n in DEPTHS},
    **{f"B{n}B+": MANY | begun("B", n) for n in (3, LAST)},
    **{f"A{n}B-few": FEW | begun("A", n, frozen=n) for n in (5, LAST)},
    "A7B+-few": FEW | begun("A", LAST),
    "A7B+-mild-few": FEW | begun("A", LAST, share=0.1),
}


def standing(name):
    """The profiles in which a contender stands."""
    quick = name in IN_QUICK or name in ("B-few", "A7B-few", "A7B+-few", "A7B+-mild-few")
    return PROFILES if quick else tuple(one for one in PROFILES if one != "quick")


suite = Suite(
    title="Transfer by layer",
    question="Which layers transfer, and does the amount of data decide how many to train anew?",
    data="cifar10",
    augment=("crop(padding=0.125)", "flip"),
    sources=[Experiment(id=f"task {half}", data={"half": half}) for half in ("A", "B")],
    experiments=[Experiment(id=name, profiles=standing(name), **own) for name, own in CONTENDERS.items()],
    profiles={
        "smoke": Profile(
            network="plain-8(width=4)",
            data=Data(train=200, validation=50, size=8),
            recipe=Recipe(epochs=1, batch_size=50),
            seeds=2,
        ),
        "quick": Profile(
            network="plain-8(width=12)",
            data=Data(train=4_000, validation=500, size=16),
            recipe=Recipe(epochs=36, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle"),
            seeds=8,
        ),
        "overnight": Profile(
            network="plain-8",
            data=Data(train=20_000, validation=2_000, size=16),
            recipe=Recipe(epochs=24, lr=0.1, weight_decay=5e-4, schedule="one-cycle"),
            tuning=Tuning(space={"lr": Range(low=0.02, high=0.4)}, trials=3, generation=3, epochs=6),
            ladder=(1 / 2, 1 / 4),
        ),
        "paper": Profile(
            network="alexnet-one-tower(input_size=32)",
            data=Data(train=22_000, validation=2_500),
            recipe=Recipe(epochs=100, lr=0.01, weight_decay=5e-4),
            seeds=8,
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=FIGURES,
)
