"""Which layers transfer, and does the amount of data decide how many to train anew?

Sources: Yosinski et al. 2014 (arXiv 1411.1792), whose curves these are (AnB: the first n layers of a net
trained on A, frozen, for task B; BnB: of one trained on B; +: not frozen); the lecture on transfer learning.

Profiles
  smoke  1 minute. 200 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  17 to 20 minutes on two cores. A plain net of 8 layers, 12 wide, for five classes of CIFAR-10 on
         4,000 images at 16×16, 24 epochs (1,920 steps); "few" is 20 images a class, 160 epochs (320 steps).
         Untuned, all at one learning rate; 12 seeds, each with halves of its own. Can decide:
         frozen-degrades, co-adapted, specific, tuned-gains, beats-scratch, few-classifier, many-all,
         mild-rate, scarce. The first edition (8 seeds, 36 epochs; co-adapted and mild-rate asked for any gain
         at all) supported frozen-degrades, specific and many-all, and left six open: frozen layers of a like
         net -0.4 points [-1.1, 0.3], another task's trained on 2.1 [0.9, 3.4]; with few images frozen 3.3
         [-0.1, 6.7] and trained on 6.4 [3.6, 9.3] over scratch, a mild rate -0.8 [-1.8, 0.1], and what
         transfer gains more there 4.3 [1.1, 7.5]. So co-adapted, few-classifier and mild-rate are expected to
         be contradicted, the others supported, beats-scratch perhaps left open.
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
FEW = {"data": {"half": "B", "train": 100}, "recipe": {"epochs": 160, "batch_size": 50}}  # 20 images a class


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
            recipe=Recipe(epochs=24, batch_size=50, lr=0.05, weight_decay=5e-4, schedule="one-cycle"),
            seeds=12,
            edition=1,
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
