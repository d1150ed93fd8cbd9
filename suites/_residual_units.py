"""What He et al. say of the order of a residual unit, and the errors they print."""

from functools import partial

from bench import Reference
from bench.claims import Difference

HE = "He et al. 2016 (arXiv 1603.05027)"
PRINTED = {  # median of five runs with 110 layers, and with 164 of bottlenecks
    "original": (6.61, 5.93),
    "bn-after-addition": (8.17, 6.50),
    "relu-before-addition": (7.84, 6.14),
    "relu-only": (6.71, 5.91),
    "full": (6.37, 5.46),
}


def claims(depth):
    """What is said of the orders, for networks of a depth."""
    said = {name: errors[depth == 164] for name, errors in PRINTED.items()}
    probed = ", each at a rate that a probe found good for it," if depth == 56 else ""

    def beats(id, better, worse, text):
        return Difference(
            id=f"{id}-{depth}",
            text=f"At {depth} layers{probed} {text}.",
            metric="test_error",
            lower=f"{better}-{depth}",
            higher=f"{worse}-{depth}",
            said=f"{better} {said[better]:.2f}, {worse} {said[worse]:.2f} % (medians of 5 runs"
            + (", 110 layers)" if depth == 56 else ")"),
            source=f"{HE}, Table 2",
        )

    return [
        beats("bn-after-addition", "original", "bn-after-addition", "batch norm after the addition hurts"),
        beats("relu-before-addition", "original", "relu-before-addition", "a ReLU before the addition hurts"),
        beats("full", "full", "original", "full pre-activation beats the original order"),
        beats("full-relu-only", "full", "relu-only", "full pre-activation beats that of ReLU alone"),
    ]


printed = partial(
    Reference, metric="test_error", paper=HE, where="Table 2", statistic="median", n=5, status="F"
)
REFERENCES = [
    printed(experiment=f"{order}-{depth}", value=errors[depth == 164])
    for depth in (110, 164)
    for order, errors in PRINTED.items()
]
