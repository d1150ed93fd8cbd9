"""What the lectures say of weights that places share, of local ones and of pooling; on whatever images."""

from functools import partial

from bench import Experiment
from bench.claims import At, CountOrder, Difference, Reached, SameCount
from bench.spec import Look

LECTURE = "lecture on convolutional networks"
PROBED = ", each net at the best of the rates probed"
KINDS = ("shared", "local", "full")
NETS = {
    **{kind: {"name": f"{kind}-net"} for kind in KINDS},
    "average": {"name": "shared-net", "options": {"pool": "average"}},
}
errs_less = partial(Difference, metric="test_error", source=LECTURE, said="no number")


def trained(nets, rates):
    """An experiment for each net, some at a rate of their own; of local filters, how unlike they are."""
    measures = {"local-net": ("filter_unlikeness",)}
    return [
        Experiment(
            id=name,
            model=net,
            recipe={"lr": rates[name]} if name in rates else {},
            measures=measures.get(net["name"]),
        )
        for name, net in nets.items()
    ]


def shifted(names, at):
    """Looks at trained nets on test images that are shifted by so many pixels."""
    return [
        Experiment(id=f"{name}-shifted", look=Look(measure="shifted_error", at=at), of=name) for name in names
    ]


def shifted_by(pixels, **claim):
    """A claim on the error of test images that are shifted by so many pixels."""
    metric = At(metric="shifted_error", at=f"shift={pixels}")
    return Difference(metric=metric, said="no number", source=LECTURE, **claim)


def alike(epochs, profiles):
    """The claim that local filters come out alike, after so many epochs, the last of some profiles."""
    return Reached(
        id="filters-alike" + ("-paper" if "paper" in profiles else ""),
        text=f"After {epochs} epochs the first layer's local filters are alike: at most 80 % as unlike as "
        "random ones (our mark).",
        metric=At(metric="filter_unlikeness", at=f"epoch={epochs},layer=1"),
        of="local",
        at_most=80,
        said="very similar filters no matter their location",
        source=LECTURE,
        profiles=profiles,
    )


ON_SHARING = [
    errs_less(
        id="shared-beats-local",
        text=f"At equal width{PROBED}, filters that places share beat local ones.",
        lower="shared",
        higher="local",
    ),
    errs_less(
        id="local-beats-full",
        text=f"At equal width{PROBED}, local connection beats full connection.",
        lower="local",
        higher="full",
    ),
    errs_less(
        id="max-average",
        text=f"Max pooling (net shared) beats average pooling{PROBED}.",
        lower="shared",
        higher="average",
    ),
    CountOrder(
        id="fewer-weights",
        text="Full connection has more weights than local, and local more than shared.",
        quantity="parameters",
        falling=("full", "local", "shared"),
        said="fewer weights",
        source=LECTURE,
    ),
    SameCount(
        id="equal-work",
        text="Shared and local filters cost equally many multiplications.",
        quantity="macs",
        groups=(("shared", "local"),),
        said="no number",
        source=LECTURE,
    ),
]
