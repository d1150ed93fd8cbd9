"""Which layers of a network matter? (Longer profiles: does depth itself pay?)

Sources: Simonyan and Zisserman (arXiv 1409.1556), Table 3; Zeiler and Fergus (1311.2901), Table 3; lectures
that retell them. Both measured on ImageNet; here it is CIFAR-10 in all profiles.

Profiles
  smoke      1 minute. Tiny networks on 512 images; proves the machinery, decides nothing.
  quick      13 to 25 minutes on two cores. 20,000 CIFAR-10 images, all widths an eighth, 1,560 steps of 128,
             no response normalisation, no dropout; one learning rate, untuned, 8 seeds. Can decide: remove-7,
             remove-67, remove-34, remove-3467. Not run in quick: vgg-depth, vgg-1x1 and small-filters, whose
             nets learn more slowly, or take more of a step, than minutes allow; vgg-lrn, vgg-depth-19. Trials
             of an earlier version (3 epochs of 10,000 images, validation images) found all of these
             contenders best at rates of 0.01 to 0.05; 0.03 is taken. The first edition asked small-filters,
             remove-67 and remove-34 for any difference at all, and left them open (0.4 points [-0.7, 1.6],
             -0.9 [-2.2, 0.4], -0.5 [-1.5, 0.6]): they ask for a part of what is printed since. The second, of
             5 seeds, contradicted small-filters (-0.2 points [-1.2, 0.8], training error 30 %), and left open
             remove-7, 0.4 [-1.3, 2.1]; remove-67, -0.3 [-1.5, 1.0]; remove-34, 0.4 [-1.1, 1.9]; and
             remove-3467, 2.1 [0.2, 3.9]. What its VGG nets and response normalisation took of the minutes
             goes into seeds now.
  overnight  9 hours on two cores. All images, widths a quarter, 3,510 steps, and by a ladder a half and a
             quarter of them; each seed tunes its learning rate at each rung (3 trials of 0.3 the length).
             Decides vgg-depth, vgg-1x1 and small-filters too.
  paper      VGG's recipe (batch 256, rates from 0.01 down, weight decay 5e-4, dropout, no batch norm) on
             45,000 CIFAR-10 images at full width, tuned (8 trials of 15 epochs); many GPU hours.
"""

from _depth import CLAIMS, FIGURES, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.spec import PROFILES, Data, Range, Tuning

EVERYWHERE = PROFILES
SLOW = tuple(name for name in PROFILES if name != "quick")  # their steps are slow, or many
CONTENDERS = {  # and the profiles in which they stand
    "vgg-a": SLOW,
    "vgg-a-lrn": ("paper",),
    "vgg-b": SLOW,
    "vgg-c": SLOW,
    "vgg-d": SLOW,
    "vgg-e": ("paper",),
    "vgg-b-5x5": SLOW,
    "alexnet": EVERYWHERE,
    "alexnet-without-7": EVERYWHERE,
    "alexnet-without-6-7": EVERYWHERE,
    "alexnet-without-3-4": EVERYWHERE,
    "alexnet-without-3-4-6-7": EVERYWHERE,
}
DECAYS = {"lr": Range(low=0.005, high=0.2), "weight_decay": Range(low=5e-5, high=5e-3)}
RATES = {"lr": Range(low=0.004, high=0.12)}
SHORTENED = Recipe(epochs=10, lr=0.03, weight_decay=5e-4, schedule="one-cycle")
SMALL = {"input_size": 32, "scale": 1 / 8, "dropout": 0.0}
NARROW = {**SMALL, "batch_norm": True}  # of VGG; AlexNet has none

suite = Suite(
    title="Depth, filters and layers",
    question="Which layers of a network matter? (Longer profiles: does depth itself pay?)",
    data="cifar10",
    augment=({"name": "crop", "options": {"padding": 4}}, "flip"),
    experiments=[Experiment(model=name, profiles=profiles) for name, profiles in CONTENDERS.items()],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128),
            model={**NARROW, "scale": 1 / 16},
            recipe=SHORTENED.replace(epochs=1),
            tuning=Tuning(space=RATES, trials=2, generation=2, epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=20_000, validation=2_000),
            model={**SMALL, "lrn": False},
            recipe=SHORTENED,
            seeds=8,
            edition=2,
        ),
        "overnight": Profile(
            data=Data(validation=5_000),
            model={**NARROW, "scale": 1 / 4},
            recipe=SHORTENED,
            tuning=Tuning(space=RATES, trials=3, generation=3, epochs=3),
            ladder=(1 / 2, 1 / 4),
        ),
        "paper": Profile(
            data=Data(validation=5_000),
            model={"input_size": 32},
            recipe=Recipe(epochs=74, batch_size=256, lr=0.01, weight_decay=5e-4, milestones=(0.5, 0.75, 0.9)),
            tuning=Tuning(space=DECAYS, trials=8, generation=4, epochs=15, prune_at=(5, 10)),
            stand_in=False,
        ),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=FIGURES,
)
