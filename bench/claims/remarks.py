"""What is said of a verdict beside its numbers: its budget, and what of the training weakens it."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.claims.kinds import Contrast, Trained
from bench.claims.ladder import Rung, never_there
from bench.claims.stats import Estimate
from bench.common.words import span

Contrasts = tuple[tuple[Contrast, Estimate], ...]
UNREACHED, EDGE = "some never got there", "settings from the edge"
_LEARNING, _APART = 20.0, 3.0  # training error (%) above which, and its distance from the test error (points)


def learning_speed(claim: Trained, rung: Rung) -> str:
    """That a claim on errors speaks of how fast is learnt: some net's training error is high, and no lower.

    Empty where it does not. Training error above 20 %, and at most 3 points below the test error.
    """
    if claim.metric not in ("test_error", "train_error"):
        return ""
    half_trained = []
    for name in (one for one in claim.experiments() if one not in rung.frozen):
        trained, tested = (
            [one for one in rung.values(name, metric).values() if math.isfinite(one)]
            for metric in ("train_error", "test_error")
        )
        if trained and tested:
            error = float(np.mean(trained))
            if error > _LEARNING and float(np.mean(tested)) - error <= _APART:
                half_trained.append(error)
    if not half_trained:
        return ""
    least, most = min(half_trained), max(half_trained)
    told = f"{least:.0f} %" if round(least) == round(most) else f"{least:.0f} to {most:.0f} %"
    return f"nets stand at {told} training error, at most {_APART:g} points below their test error"


def unreached(claim: Trained, rung: Rung, contrasts: Contrasts) -> tuple[str, Contrasts]:
    """How many runs never reached the level that a claim on `EpochsTo` speaks of; empty where all did.

    And the claim's contrasts, without intervals where such runs take part: what they count as is no measure.
    """
    never = never_there(claim, rung)
    if not never:
        return "", contrasts
    told = [f"{some} of {n} runs of {name}" for name, (some, n) in never.items()]
    counted = "never got there and count as one epoch more than they had"
    known = "who was first is known, how many epochs lie between is not"
    left = tuple(
        (one, found if never.keys().isdisjoint(one.experiments) else _bare(found)) for one, found in contrasts
    )
    return f"{', '.join(told)} {counted}: {known}", left


def _bare(found: Estimate) -> Estimate:
    return replace(found, low=math.nan, high=math.nan)


def at_an_edge(claim: Trained, rung: Rung) -> str:
    """Whose settings may be better beyond what was searched; empty where none is at an edge."""
    told = [f"{name} ({'; '.join(rung.edges[name])})" for name in claim.experiments() if rung.edges.get(name)]
    return f"settings from the edge of what was tried: {', '.join(told)}" if told else ""


def budget_told(rung: Rung, names: Sequence[str]) -> str:
    """The training steps of some experiments, and their images, in words; empty where none are known."""
    told = (
        span((numbers.get(name, 0) for name in names), unit)
        for numbers, unit in ((rung.steps, "steps"), (rung.images, "images"))
    )
    return " on ".join(filter(None, told))
