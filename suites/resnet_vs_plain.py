"""Do identity shortcuts lessen the degradation of deep plain nets? (Longer profiles: cure it?)

Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (arXiv 1512.03385),
§4.2, Table 6 and Figure 6; the lecture on residual networks that retells it.

Profiles
  smoke      1 minute. Tiny networks on 512 images of 8×8 pixels; proves the machinery, decides nothing.
  quick      11 to 24 minutes on two cores in bf16. The published widths on 20,000 CIFAR-10 images at 16×16,
             780 steps of 128, depths 20 and 56, untuned, 5 seeds. Decides: degradation, residual-wins,
             more-so-with-depth, faster, identity-easy, same-weights. Not run in quick: cure-deeper, which no
             budget of minutes is fair to; cure, very-deep, residual-wins-everywhere.
  overnight  7 hours on two cores. The same networks on 45,000 images, 5,616 steps, and by a ladder 2,808 and
             1,404; each seed tunes its learning rate at each rung (3 trials of a quarter the length). Decides
             cure-deeper too. In the published run all of plain-56 and three seeds of resnet-56 at 5,616 steps
             were trained on cores with avx512_bf16, all else of the final runs on cores with amx_bf16.
             A probe with one seed (lr 0.2) had resnet-56 4.8 points behind resnet-20 in validation error at
             351 steps, 6.0 at 702, 1.5 at 1,404, level at 2,808 and 2.0 points ahead at 5,616: cure-deeper is
             expected to be undecided or supported, and its contrast to grow with the budget. All else is
             expected to be supported.
  paper      The published recipe on all of CIFAR-10, untuned: 164 epochs of 390 steps, depths 20 to 110;
             hours on a GPU, weeks on two cores (`bench plan resnet-vs-plain --profile paper` says).
"""

from _resnet_vs_plain import CLAIMS, REFERENCES

from bench import Experiment, Profile, Recipe, Suite
from bench.report.figures import Against, Curves
from bench.spec import PROFILES, Data, Range, Tuning

DEPTHS = (20, 32, 44, 56, 110)
TWO = (20, 56)  # depths where time is short
KINDS = {kind: [f"{kind}-{depth}" for depth in DEPTHS] for kind in ("plain", "resnet")}
# padding by an eighth of the image's side
CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
SHORTENED = Recipe(epochs=5, lr=0.2, schedule="one-cycle")
RATES = {"lr": Range(low=0.05, high=0.8)}

suite = Suite(
    title="Plain against residual networks",
    question="Do identity shortcuts lessen the degradation of deep plain nets? (Longer profiles: cure it?)",
    data="cifar10",
    augment=CROP[4],
    experiments=[
        Experiment(
            model=f"{kind}-{depth}",
            profiles=PROFILES if depth in TWO else ("paper",),
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
            tuning=Tuning(space=RATES, trials=3, generation=3, epochs=1),
            seeds=2,
        ),
        "quick": Profile(
            data=Data(train=20_000, validation=2_000, size=16), augment=CROP[2], recipe=SHORTENED
        ),
        "overnight": Profile(
            data=Data(validation=5_000, size=16),
            augment=CROP[2],
            recipe=SHORTENED.replace(epochs=16),
            tuning=Tuning(space=RATES, trials=3, generation=3, epochs=4),
            ladder=(1 / 2, 1 / 4),
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
