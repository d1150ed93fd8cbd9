"""What Szegedy et al., Lin et al. and the lecture say of Inception modules and of 1×1 convolutions."""

from functools import partial

from bench.claims import CountOrder, CountShare, Difference, Equivalence

MODULES = {  # by what is asked of them; the published module first
    "reduced": {},
    "naive": {"reduced": False},
    "two-3x3": {"large": "two-3x3"},
    "factorised": {"large": "5x1-1x5"},
    "wide": {"large": "wide"},
    "auxiliary": {"auxiliary": True},
}
GOOGLENET = "Szegedy et al. 2014 (arXiv 1409.4842)"
RETHINKING = "Szegedy et al. 2016 (arXiv 1512.00567)"
NIN = "Lin et al. 2014 (arXiv 1312.4400)"
errs_less = partial(Difference, metric="test_error", said="no number")
no_worse = partial(errs_less, by=-2)


def of_network(network, profiles):
    """What is said of modules, for a network of them."""

    def named(name):
        return f"{network}-{name}"

    suffix = "" if network == "inception-10" else f"-{network}"
    return [
        no_worse(
            id=f"reduced{suffix}",
            text="1×1 convolutions in front, and after pooling, cost at most 2 points of error against "
            "modules without, which makes fewer layers (each network at its own rate).",
            lower=named("reduced"),
            higher=named("naive"),
            source="lecture on Inception networks",
            profiles=profiles,
        ),
        Equivalence(
            id=f"two-3x3{suffix}",
            text="Two 3×3 convolutions in the 5×5's place give the same error, within 2 points.",
            metric="test_error",
            one=named("two-3x3"),
            other=named("reduced"),
            within=2,
            said="the same, for less: no number",
            source=f"{RETHINKING}, §3.1",
            profiles=profiles,
        ),
        no_worse(
            id=f"factorised{suffix}",
            text="1×5 after 5×1 in the 5×5's place costs at most 2 points.",
            lower=named("factorised"),
            higher=named("reduced"),
            said="not well on early layers; very good on maps of 12 to 20 a side",
            source=f"{RETHINKING}, §3.2",
            profiles=profiles,
        ),
        no_worse(
            id=f"beside{suffix}",
            text="1×3 beside 3×1, each half as wide, in the second 3×3's place cost at most 2 points.",
            lower=named("wide"),
            higher=named("two-3x3"),
            source=f"ours, after {RETHINKING}, Figure 7, where both are as wide as it",
            profiles=profiles,
        ),
        CountShare(
            id=f"reduced-cheaper{suffix}",
            text="1×1 convolutions in front, and after pooling, leave less than a third of the "
            "multiplications.",
            quantity="macs",
            base=named("naive"),
            at_most={named("reduced"): 1 / 3},
            said="a fraction of the cost: 12.4 of 120 M, for one 5×5",
            source="lecture on Inception networks",
        ),
        CountOrder(
            id=f"two-3x3-cheaper{suffix}",
            text="Two 3×3 convolutions in the 5×5's place cost fewer multiplications.",
            quantity="macs",
            falling=(named("reduced"), named("two-3x3")),
            said="28 % less for a layer",
            source=f"{RETHINKING}, §3.1",
        ),
        CountOrder(
            id=f"factorised-cheaper{suffix}",
            text="1×5 after 5×1 in the 5×5's place costs fewer multiplications.",
            quantity="macs",
            falling=(named("reduced"), named("factorised")),
            said="33 % less, for 3×3 by 3×1 and 1×3",
            source=f"{RETHINKING}, §3.2",
        ),
    ]


CLAIMS = [
    *of_network("inception-10", ("smoke", "quick")),
    *of_network("googlenet", ("paper",)),
    errs_less(
        id="auxiliary",
        text="Auxiliary classifiers in training lower the error (here with batch norm).",
        lower="googlenet-auxiliary",
        higher="googlenet-reduced",
        said="around 0.5 points; none early in training, and a little at its end (Szegedy et al. 2016, §4)",
        source=f"{GOOGLENET}, §5",
    ),
    errs_less(
        id="pointwise",
        text="1×1 convolutions after each larger one, 9 layers in place of 4, lower the error.",
        lower="nin",
        higher="nin-without-1x1",
        source=f"{NIN}, §3.1",
    ),
    CountOrder(
        id="pointwise-cheaper",
        text="NiN, whose 1×1 convolutions halve the width of the first block, has fewer weights than without "
        "them.",
        quantity="parameters",
        falling=("nin-without-1x1", "nin"),
        said="no number",
        source="ours",
    ),
]
