"""Verdicts for other test images: seeds crossed with images, as the bits that runs keep tell."""

from dataclasses import replace

import numpy as np
import pytest

from bench.claims import stats
from bench.claims.evidence import Asked, Seen
from bench.claims.verdicts import Outcome, decide
from tests.claims.made import by_seed, less, uncounted

CLAIM = less("low", "high")


def networks(
    rng: np.random.Generator, n: int, images: int, gap: float, luck: float = 0.05, interplay: float = 0.3
) -> Seen:
    """Two experiments' right images: each image has a difficulty, and a gap (in probit units) of its own.

    Without a gap both err as often, on other images.
    """
    hard, own = rng.normal(-1, 1, images), rng.normal(1 - 2**0.5 + gap, 1, images)
    right = {}
    for name, shift in (("low", 0.0), ("high", own)):
        lucky = rng.normal(0, luck, (n, 1)) + rng.normal(0, interplay, (n, images))
        right[name] = dict(enumerate(hard + shift + lucky < 0))
    return Seen(right=right)


def values(seen: Seen):
    errors = {
        name: by_seed([100 * (1 - one.mean()) for one in own.values()]) for name, own in seen.right.items()
    }
    return lambda experiment, metric: errors[experiment]


def outcome(seen: Seen, claim=CLAIM) -> Outcome:
    return decide([claim], values(seen), uncounted, seen=seen)[0]


def test_the_wider_interval_covers_what_other_images_would_give():
    """The truth is the contrast on very many images, with very many seeds' worth of luck."""
    truths = networks(np.random.default_rng(99), 4, 400_000, 0.2)
    errors = values(truths)
    truth = np.mean(list(errors("high", "").values())) - np.mean(list(errors("low", "").values()))
    covered, alone = [], []
    for draw in range(400):
        seen = networks(np.random.default_rng(draw), 5, 400, 0.2)
        asked = Asked.of(CLAIM, values(seen), {}, seen)
        ((_, wider),), ((_, own),) = asked.on_other_images(), asked.estimates()
        covered.append(wider.low <= truth <= wider.high)
        alone.append(own.low <= truth <= own.high)
        assert wider.value == pytest.approx(own.value)
    assert np.mean(covered) >= 0.93
    assert np.mean(alone) < 0.8, "seeds alone do not speak of other images"


@pytest.mark.parametrize(
    ("images", "gap", "verdict", "told"),
    [
        (2_000, 0.3, "supported", "for other test images too"),
        (2_000, 0.1, "supported", "undecided for other test images (p = 0.13)"),
        (300, 0.6, "supported", "for other test images too, of which there are few (300)"),
        (300, -0.2, "undecided", "no number of seeds decides an effect of the size seen on 300 test"),
    ],
)
def test_with_few_images_the_wider_one_decides(images, gap, verdict, told):
    found = outcome(networks(np.random.default_rng(1), 5, images, gap, luck=0.01, interplay=0.0))
    assert found.verdict == verdict, found
    assert told in found.note


def test_other_metrics_and_runs_that_kept_nothing_say_nothing_of_other_images():
    seen = networks(np.random.default_rng(1), 5, 2_000, 0.3)
    assert "other test images" not in outcome(seen, less("low", "high", metric="train_error")).note
    lacking = Seen(right={**seen.right, "low": {0: seen.right["low"][0]}})
    plain = decide([CLAIM], values(seen), uncounted, seen=lacking)[0]
    assert plain.verdict == "supported"
    assert plain.note.endswith("not known for other test images")


def balanced(seen: Seen):
    """Balanced errors of the same runs: the means of the classes' errors."""
    masks = [seen.classes == one for one in np.unique(seen.classes)]
    errors = {
        name: by_seed(
            [100 * float(np.mean([1 - one[mask].mean() for mask in masks])) for one in own.values()]
        )
        for name, own in seen.right.items()
    }
    return lambda experiment, metric: errors[experiment]


def test_a_balanced_error_varies_with_the_images_of_its_small_classes():
    """Four classes of 200, 100, 60 and 10 images, all alike, so that the truth is that of all images."""
    claim = less("low", "high", metric="test_balanced_error")
    errors = values(networks(np.random.default_rng(99), 4, 400_000, 0.2))
    truth = np.mean(list(errors("high", "").values())) - np.mean(list(errors("low", "").values()))
    classes, covered, pooled = np.repeat([0, 1, 2, 3], [200, 100, 60, 10]), [], []
    for draw in range(400):
        seen = replace(networks(np.random.default_rng(draw), 5, len(classes), 0.2), classes=classes)
        ((_, wider),) = Asked.of(claim, balanced(seen), {}, seen).on_other_images()
        covered.append(wider.low <= truth <= wider.high)
        ((_, as_one),) = Asked.of(
            claim, balanced(seen), {}, replace(seen, classes=0 * classes)
        ).on_other_images()
        pooled.append(as_one.low <= truth <= as_one.high)
    assert np.mean(covered) >= 0.93
    assert np.mean(pooled) < 0.93, "ten images tell less of their class than two hundred"


def test_a_balanced_error_on_few_images_is_decided_by_the_wider_interval():
    claim, classes = less("low", "high", metric="test_balanced_error"), np.repeat([0, 1], [250, 50])
    seen = replace(networks(np.random.default_rng(1), 5, 300, 0.6, luck=0.01, interplay=0.0), classes=classes)
    (found,) = decide([claim], balanced(seen), uncounted, seen=seen)
    assert "for other test images too, of which there are few (300)" in found.note
    (unknown,) = decide([claim], balanced(seen), uncounted, seen=replace(seen, classes=None))
    assert unknown.note.endswith("not known for other test images")
    (fewer,) = decide([claim], balanced(seen), uncounted, seen=replace(seen, classes=classes[:200]))
    assert fewer.note.endswith("not known for other test images"), "runs on some of the classes"


def test_a_known_variance_widens_an_interval_as_arithmetic_says():
    found = stats.mean(np.array([1.0, 2.0, 3.0]))
    wider = found.widened(found.se**2)
    assert wider.se == pytest.approx(found.se * 2**0.5)
    assert wider.df == pytest.approx(4 * found.df)
    assert wider.high - wider.value == pytest.approx(stats.quantile(8.0) * wider.se)
    assert stats.mean(np.array([1.0])).widened(1.0).n == 1


def test_more_seeds_are_worth_what_they_can_make_smaller():
    estimate = stats.Estimate(2.0, np.nan, np.nan, 1.0, 6.0, 5)
    alone = stats.seeds_for_power(estimate, 0, 0.03)
    assert alone is not None
    assert stats.seeds_for_power(estimate, 0, 0.03, fixed=0.2) > alone
    assert stats.seeds_for_power(estimate, 0, 0.03, fixed=4.0) is None, "no number of seeds would do"
