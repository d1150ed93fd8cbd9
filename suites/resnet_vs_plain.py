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

from bench import Experiment, Profile, Recipe, Reference, Suite
from bench.claims import Count, Difference, EpochsTo, Interaction, Order, SameCount
from bench.report.figures import Against, Curves
from bench.spec import Data, Range, Tuning

DEPTHS = (20, 32, 44, 56, 110)
KINDS = {kind: [f"{kind}-{depth}" for depth in DEPTHS] for kind in ("plain", "resnet")}
IN_QUICK = (20, 56)
HE = "He et al. 2015 (arXiv 1512.03385)"
TABLE_6 = {  # error, runs, spread
    20: (8.75, 1, None), 32: (7.51, 1, None), 44: (7.17, 1, None), 56: (6.97, 1, None), 110: (6.61, 5, 0.16),
}  # fmt: skip


# padding by an eighth of the image's side
CROP = {n: ({"name": "crop", "options": {"padding": n}}, "flip") for n in (1, 2, 4)}
SHORTENED = Recipe(epochs=10, lr=0.2, schedule="one-cycle")
SPACE = {"lr": Range(low=0.02, high=1.0), "weight_decay": Range(low=1e-5, high=1e-3)}

# id, text, metric, lower, higher, said, where
DIFFERENCES = (
    ("degradation", "A 56-layer plain net has a higher training error than a 20-layer one.", "train_error",
     "plain-20", "plain-56", "curves only: plain-56 above plain-20; plain-110 over 60 %", "Figures 1 and 6"),
    ("cure-deeper", "With shortcuts, 56 layers have a lower test error than 20.", "test_error",
     "resnet-56", "resnet-20", "6.97 against 8.75 %", "Table 6"),
    ("residual-wins", "At 20 and at 56 layers and equally many weights, residual beats plain.", "test_error",
     ("resnet-20", "resnet-56"), ("plain-20", "plain-56"),
     "25.03 against 28.54 % top-1 at 34 layers on ImageNet", "Table 2"),
    ("residual-wins-everywhere", "At every depth from 20 to 110 layers residual beats plain.", "test_error",
     [f"resnet-{n}" for n in DEPTHS], [f"plain-{n}" for n in DEPTHS], "curves only", "Figure 6"),
    ("very-deep", "Over 100 layers train: ResNet-110 has a lower test error than ResNet-56.", "test_error",
     "resnet-110", "resnet-56", "6.61 ± 0.16 (5 runs) against 6.97 %", "Table 6"),
    ("faster", "Nets with shortcuts need fewer epochs to a running training error of 60 %.",
     EpochsTo(level=60), ("resnet-20", "resnet-56"), ("plain-20", "plain-56"), "no number", "§4.1"),
)  # fmt: skip

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
    claims=[
        *(Difference(id=name, text=text, metric=metric, lower=lower, higher=higher, said=said,
                     source=f"{HE}, {where}")
          for name, text, metric, lower, higher, said, where in DIFFERENCES),
        Order(id="cure", text="With shortcuts depth helps at every step from 20 to 56 layers.",
              metric="test_error", falling=[f"resnet-{n}" for n in (20, 32, 44, 56)],
              said="8.75 / 7.51 / 7.17 / 6.97 %", source=f"{HE}, Table 6"),
        Interaction(id="more-so-with-depth", text="The deeper the net, the more shortcuts gain.",
                    metric="test_error", smaller=("plain-20", "resnet-20"), larger=("plain-56", "resnet-56"),
                    said="gain 3.51 points at 34 layers, 0.06 at 18 (ImageNet)", source=f"{HE}, Table 2"),
        Count(
            id="identity-easy", said="a + 0 = a", source="lecture on residual networks",
            text="With zero weights in its last layer a residual block is the identity, a plain one is not.",
            quantity="identity_units",
            values={"plain-20": 0, "plain-56": 0, "resnet-20": 7, "resnet-56": 25}),
        SameCount(
            id="same-weights",
            text="Plain and residual nets of one depth have equally many weights.",
            quantity="parameters",
            groups=(("plain-20", "resnet-20"), ("plain-56", "resnet-56")),
            said="no extra parameters (option A)",
            source=f"{HE}, §3.3",
        ),
    ],
    references=[Reference(experiment=f"resnet-{depth}", metric="test_error", value=value, paper=HE, n=n,
                          where="Table 6", statistic="mean" if n > 1 else "single", spread=spread, status="F")
                for depth, (value, n, spread) in TABLE_6.items()],
    figures=[
        Against(setting="depth", metric=("train_error", "test_error"), groups=KINDS,
                name="error-against-depth"),
        Curves(groups=KINDS),
    ],
)  # fmt: skip
