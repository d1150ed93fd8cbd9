"""What the seeds of a look say of a claim: estimates and p values."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bench.claims import divergence, stats
from bench.claims.divergence import fisher
from bench.claims.kinds import Contrast, Pools, Trained
from bench.claims.metrics import Values
from bench.claims.pairing import Block, Found, blocks
from bench.claims.stats import Estimate, Sample
from bench.spec.metrics import DIVERGED, title

Parts = tuple[tuple[Block, list[int]], ...]  # a contrast's independent parts, each with its sets of seeds
Right = Mapping[str, Mapping[int, NDArray[np.bool_]]]  # by experiment and seed: which test images (n,) were
Diverged = Mapping[str, frozenset[int]]  # by experiment or ensemble: seeds, or sets, with a run that diverged
FEW = 2000  # test images below which a verdict must hold for other ones too


@dataclass(frozen=True)
class Seen:
    """What is known of runs beside their numbers.

    `classes` are those of the test images (n,), or all alike where classes have equally many of them.
    """

    diverged: Diverged = field(default_factory=dict)
    right: Right = field(default_factory=dict)
    classes: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Asked:
    """A claim with the values of its experiments, and of each contrast the parts with their whole sets."""

    claim: Trained
    found: Found
    contrasts: tuple[tuple[Contrast, Parts], ...]
    seen: "Seen"

    @classmethod
    def of(cls, claim: Trained, values: Values, pools: Pools, seen: "Seen") -> "Asked":
        """The claim asked of such values."""
        found = {name: values(name, claim.metric) for name in claim.experiments()}
        parts = tuple(
            (one, tuple((block, block.sets(found)) for block in blocks(one, pools)))
            for one in claim.contrasts()
        )
        return cls(claim, found, parts, seen)

    def seeds(self, look: int) -> int:
        """How many seeds of every experiment there are to use at a look."""
        there = [(block.seeds, len(sets)) for _, parts in self.contrasts for block, sets in parts]
        enough = all(n >= look // seeds for seeds, n in there)
        return look if enough else min(look, *(seeds * n for seeds, n in there))

    def first(self, n: int) -> "Asked":
        """The same of the first n seeds."""
        return self._with(lambda block, sets: sets[: n // block.seeds])

    def without(self, seed: int) -> "Asked":
        """The same without a seed, of whatever experiment."""
        return self._with(lambda block, sets: [k for k in sets if k != seed // block.seeds])

    def converged(self) -> "Asked":
        """The same without the runs that diverged, and what is paired with them."""
        there = {
            name: {one: value for one, value in values.items() if one not in self.seen.diverged.get(name, ())}
            for name, values in self.found.items()
        }
        return self._with(lambda block, sets: sorted({*sets}.intersection(block.sets(there))))

    def _with(self, chosen: Callable[[Block, list[int]], list[int]]) -> "Asked":
        """The same with other sets of seeds in each part."""
        return replace(
            self,
            contrasts=tuple(
                (one, tuple((block, chosen(block, sets)) for block, sets in parts))
                for one, parts in self.contrasts
            ),
        )

    def places(self) -> dict[str, list[int]]:
        """The seeds (of ensembles, the sets) whose values are used, by name."""
        used: dict[str, set[int]] = {}
        for block, sets in (part for _, parts in self.contrasts for part in parts):
            for name, places in block.places(sets).items():
                used.setdefault(name, set()).update(places)
        return {name: sorted(places) for name, places in used.items()}

    def missing(self) -> str:
        """Which experiments ended without the metric, or with a NaN; empty where none did."""
        told = []
        for name, places in self.places().items():
            some = sum(not math.isfinite(self.found[name][one]) for one in places)
            told += [f"{some} of {len(places)} values of {name}"] if some else []
        return f"no {title(self.claim.metric)}: {', '.join(told)} are missing" if told else ""

    def estimates(self) -> tuple[tuple[Contrast, Estimate], ...]:
        """Every contrast's."""
        return tuple((one, self._estimate(one, parts)) for one, parts in self.contrasts)

    def _estimate(self, contrast: Contrast, parts: Parts) -> Estimate:
        drawn = [self._sample(block, sets) for block, sets in parts]
        found = stats.contrast([sample for sample, _ in drawn], [weight for _, weight in drawn])
        return found.shifted(contrast.offset)

    def _sample(self, block: Block, sets: list[int]) -> tuple[Sample, float]:
        return block.sample(self.found, sets, spread=self.claim.over == "spread")

    def on_other_images(self) -> tuple[tuple[Contrast, Estimate], ...]:
        """The same estimates for other seeds and other test images; none where images are not known.

        The images' part of a contrast's variance is that of its mean over seeds from image to image (crossed
        random effects; what seeds and images do together counts in both parts, so it is rather too large).
        Of a balanced error it is that within each class.
        """
        wider = []
        for (contrast, parts), (_, found) in zip(self.contrasts, self.estimates(), strict=True):
            drawn = self._over_images(contrast, parts)
            if drawn is None:
                return ()
            wider.append((contrast, found.widened(self._of_images(drawn))))
        return tuple(wider)

    def _of_images(self, drawn: NDArray[np.float64]) -> float:
        """The variance of a contrast that was drawn image by image (n,), for the choice of the images."""
        if self.claim.metric == "test_error" or self.seen.classes is None:
            return float(np.var(drawn, ddof=1)) / len(drawn)
        own = [drawn[self.seen.classes == one] for one in np.unique(self.seen.classes)]
        alone = float(np.var(drawn, ddof=1))  # for a class with one image
        within = [(float(np.var(one, ddof=1)) if len(one) > 1 else alone) / len(one) for one in own]
        return sum(within) / len(own) ** 2

    def _over_images(self, contrast: Contrast, parts: Parts) -> NDArray[np.float64] | None:
        """The contrast image by image (n,), in points of error, where every run kept which were right."""
        balanced = self.claim.metric == "test_balanced_error" and self.seen.classes is not None
        if not (self.claim.metric == "test_error" or balanced) or self.claim.over:
            return None
        places = {name: own for block, sets in parts for name, own in block.places(sets).items()}
        drawn = []
        for name, weight in zip(contrast.experiments, contrast.weights, strict=True):
            kept = [self.seen.right.get(name, {}).get(one) for one in places[name]]
            there = [one for one in kept if one is not None]
            if len(there) < len(kept):
                return None
            drawn.append(weight * 100 * (1 - np.mean(there, axis=0)))
        classes = self.seen.classes if balanced else None
        lengths = {len(one) for one in (*drawn, *([] if classes is None else [classes]))}
        return np.sum(drawn, axis=0) if len(lengths) == 1 else None

    def images(self) -> int:
        """How many test images the runs have seen, where that is known."""
        seen = (len(one) for name in self.places() for one in self.seen.right.get(name, {}).values())
        return next(seen, 0)

    def unevenness(self) -> float:
        """The largest ratio of standard deviations among the independent parts of a contrast."""
        ratios = [1.0]
        for _, parts in self.contrasts:
            spreads = [np.std(sample, ddof=1) for sample, _ in (self._sample(*part) for part in parts)]
            if len(spreads) > 1 and min(spreads) > 0:
                ratios.append(float(max(spreads) / min(spreads)))
        return max(ratios)


@dataclass(frozen=True)
class Evidence:
    """What the seeds of a look say; `hinders` is why they can say nothing, though runs are there.

    `elsewhere` is the p for other test images too, where images are known; with so `few` of them it is `p`.
    """

    contrasts: tuple[tuple[Contrast, Estimate], ...]
    n: int  # seeds
    p: float  # two-sided; 1 while the look has not been reached, or something hinders
    supports: bool  # the side that p speaks for
    hinders: str = ""
    elsewhere: float | None = None
    few: int = 0
    by_seeds: tuple[Estimate, ...] = ()  # the contrasts for other seeds alone


def evidence(asked: Asked, look: int) -> Evidence:
    """What a claim's first so many seeds say."""
    n = asked.seeds(look)
    if any(n < block.seeds for _, parts in asked.contrasts for block, _ in parts):
        return Evidence((), 0, 1.0, True)
    used = asked.first(n)
    if missing := used.missing():
        return Evidence((), n, 1.0, True, missing)
    estimates = used.estimates()
    if used.claim.metric == DIVERGED:
        return _of_divergence(used, estimates, n, look)
    if diverged := _diverged(used, estimates):
        return Evidence(estimates, n, 1.0, True, diverged)
    p, supports = two_sided(estimates)
    elsewhere, few, alone = None, 0, tuple(one for _, one in estimates)
    if wider := used.on_other_images():
        elsewhere, side = two_sided(wider)
        few = used.images() if used.images() < FEW else 0
        if few:
            estimates, p, supports = wider, elsewhere, side
    if n < look:
        return Evidence(estimates, n, 1.0, supports)
    return Evidence(estimates, n, p, supports, elsewhere=elsewhere, few=few, by_seeds=alone)


def _of_divergence(
    used: Asked, estimates: tuple[tuple[Contrast, Estimate], ...], n: int, look: int
) -> Evidence:
    values = {name: [used.found[name][one] for one in own] for name, own in used.places().items()}
    p, supports = divergence.two_sided([one for one, _ in estimates], values)
    return Evidence(estimates, n, p if n >= look else 1.0, supports, by_seeds=tuple(e for _, e in estimates))


def two_sided(estimates: Sequence[tuple[Contrast, Estimate]]) -> tuple[float, bool]:
    """The p of a claim, and whether it speaks for it: all contrasts above their bounds, or any below."""
    p_for = max(estimate.p_above(one.bound) for one, estimate in estimates)
    p_against = len(estimates) * min(estimate.p_below(one.bound) for one, estimate in estimates)
    return min(1.0, 2 * min(p_for, p_against)), p_for <= p_against


def _diverged(used: Asked, estimates: Sequence[tuple[Contrast, Estimate]]) -> str:
    """That runs diverged, how often on each side, and what the estimates are with and without them."""
    places = used.places()
    runs = {
        name: (len(used.seen.diverged.get(name, frozenset()).intersection(own)), len(own))
        for name, own in places.items()
    }
    if not any(some for some, _ in runs.values()):
        return ""
    told = [f"{some} of {n} runs of {name} diverged" for name, (some, n) in runs.items() if some]
    if len(runs) == len(used.contrasts[0][1]) == 2:  # sides that share nothing
        one, other = runs.values()
        told[-1] += (
            f" (that both sides do so equally often: p = {fisher(one, other):.2g}, Fisher's exact test)"
        )
    for (contrast, counted), (_, parts) in zip(estimates, used.converged().contrasts, strict=True):
        if all(sets for _, sets in parts):
            left = used._estimate(contrast, parts).value
            if left != counted.value:
                told.append(
                    f"{contrast.label} is {counted.value:.2f} with them at chance, {left:.2f} without"
                )
    return "; ".join(told)
