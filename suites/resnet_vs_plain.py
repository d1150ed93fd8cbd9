"""Do identity shortcuts cure the degradation of very deep plain networks?

Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (arXiv 1512.03385),
§4.2, Table 6 and Figure 6; the lecture on residual networks that retells it.

Profiles
  smoke  1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick  20 minutes on two cores. 10,000 CIFAR-10 images at 16×16, first stage 8 wide, 10 epochs;
         depths 20 and 56, tuned (6 trials of 4 epochs each), 5 seeds. Decides: degradation,
         cure-deeper, residual-wins, more-so-with-depth, faster, identity-easy, same-weights. Not run in
         quick: cure, very-deep, residual-wins-everywhere.
         A probe with one seed (12 epochs) gave training errors of 45 % for plain-20, 74 % for plain-56,
         31 % for resnet-20 and 33 % for resnet-56: at this size depth is expected to hurt plain
         networks, and not yet to help residual ones (cure-deeper may well be contradicted).
  paper  The published recipe on all of CIFAR-10, untuned: 164 epochs of 390 steps, depths 20 to 110;
         hours on a GPU, weeks on two cores (`bench plan resnet-vs-plain --profile paper` says).
"""

from _resnet_vs_plain import CLAIMS, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import Data, Range, Tuning

DEPTHS = (20, 32, 44, 56, 110)
IN_QUICK = (20, 56)
KINDS = {kind: [f"{kind}-{depth}" for depth in DEPTHS] for kind in ("plain", "resnet")}
# padding by an eighth of the image's side
CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
SHORTENED = Recipe(epochs=10, lr=0.2, schedule="one-cycle")
SPACE = {"lr": Range(low=0.02, high=1.0), "weight_decay": Range(low=1e-5, high=1e-3)}

suite = Suite(
    title="Plain against residual networks",
    question="Do identity shortcuts cure the degradation of very deep plain networks?",
    data="cifar10",
    augment=CROP[4],
    experiments=[
        Experiment(
            model=f"{kind}-{depth}",
            profiles=("smoke", "quick", "paper") if depth in IN_QUICK else ("paper",),
            recipe={"warmup": {"lr": 0.01, "until_train_error": 80}} if depth == 110 else {},
        )
        for kind in ("plain", "resnet")
        for depth in DEPTHS
    ],
    profiles={
        "smoke": Profile(
            data=Data(train=512, validation=128, size=8),
            model={"width": 4},
            augment=CROP[1],
            recipe=SHORTENED.replace(epochs=2, batch_size=64),
            tuning=Tuning(space=SPACE, trials=3, generation=2, epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=10_000, validation=2_000, size=16),
            model={"width": 8},
            augment=CROP[2],
            recipe=SHORTENED,
            tuning=Tuning(space=SPACE, trials=6, generation=3, epochs=4, prune_at=(2,)),
        ),
        "paper": Profile(recipe=Recipe(epochs=164), stand_in=False),
    },
    claims=CLAIMS,
    references=REFERENCES,
    figures=[
        Against(
            setting="depth",
            metric=("train_error", "test_error"),
            groups=KINDS,
            name="error-against-depth",
        ),
        Curves(groups=KINDS),
    ],
)
