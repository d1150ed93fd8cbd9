"""Contrasts against the budget: lines, where they lead, and what verdicts say of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.claims import Difference, ladder
from bench.claims.kinds import Pool
from bench.claims.ladder import Rung, climb, heights, slopes, words
from bench.claims.remarks import learning_speed
from bench.claims.verdicts import decide
from bench.spec.metrics import EpochsTo
from tests.claims.made import NOISE, by_seed, falls, from_table, seeds

CLAIM = Difference(id="x", text="x", metric="test_error", lower="b", higher="a")
STEPS = (100, 200, 400)


def rung(steps: int, *, spread: float = 0.1, train: float = 5.0, **means: float) -> Rung:
    """A rung with five seeds about these means."""
    values = {name: by_seed(mean + spread * NOISE) for name, mean in means.items()}

    def found(name, metric):
        return values[name] if metric == "test_error" else dict.fromkeys(values[name], train)

    return Rung(dict.fromkeys(means, steps), found)


def laddered(*differences: float, **options) -> list[Rung]:
    return [rung(steps, a=40 + one, b=40.0, **options) for steps, one in zip(STEPS, differences, strict=True)]


def test_weights_are_those_of_least_squares():
    places, heights_there = [3.0, 4.0, 5.5, 6.0], [1.0, 3.0, 2.0, 7.0]
    slope, offset = np.polyfit(places, heights_there, 1)
    assert np.dot(slopes(places), heights_there) == pytest.approx(slope)
    assert np.dot(heights(places, 9.0), heights_there) == pytest.approx(offset + 9 * slope)
    assert sum(slopes(places)) == pytest.approx(0)
    assert sum(heights(places, -2.0)) == pytest.approx(1)


def test_a_line_through_contrasts_that_lie_on_one():
    (found,) = climb(CLAIM, laddered(-6, -4, -2), {})
    assert found.steps == STEPS
    assert [one.value for one in found.estimates] == pytest.approx([-6, -4, -2])
    assert found.slope.value == pytest.approx(2)
    assert found.projected.value == pytest.approx(4)
    met, low, high = found.crossing
    assert met == pytest.approx(800, rel=0.02)
    assert low < 800 < high


def test_the_slope_s_standard_error_is_that_of_independent_rungs():
    (found,) = climb(CLAIM, laddered(1, 2, 3), {})
    one = found.estimates[0].se
    assert found.slope.se == pytest.approx(one * math.sqrt(2) / 2)


def test_where_rungs_share_a_source_the_line_is_drawn_seed_by_seed():
    pools = {name: Pool((name, "source"), 1) for name in ("a", "b")}
    shared = [
        Rung(
            dict.fromkeys("ab", steps),
            lambda name, metric, k=k: by_seed((40 + k if name == "a" else 40) + NOISE * (name == "a")),
        )
        for k, steps in enumerate(STEPS)
    ]
    (paired,), (apart,) = climb(CLAIM, shared, pools), climb(CLAIM, shared, {})
    assert apart.slope.se > 0.2
    assert paired.slope.se == pytest.approx(0, abs=1e-12), "what the source gives is the same at every rung"
    assert paired.slope.value == pytest.approx(apart.slope.value)


@pytest.mark.parametrize(
    ("differences", "trend"),
    [((-6, -4, -2), "closing"), ((-2, -4, -6), "stable"), ((-6, -6, -6), "stable"), ((6, 4, 2), "closing")],
)
def test_trends(differences, trend):
    (found,) = climb(CLAIM, laddered(*differences), {})
    assert found.trend == trend


def test_noise_is_no_trend():
    (found,) = climb(CLAIM, laddered(-1, -0.5, -1, spread=1.0), {})
    assert found.trend == ""


def test_early_is_a_contrast_smaller_than_what_a_doubling_still_gains():
    falling = [rung(steps, a=low + 1.0, b=low) for steps, low in zip(STEPS, (60.0, 50.0, 40.0), strict=True)]
    (found,) = climb(CLAIM, falling, {})
    assert found.early
    (late,) = climb(CLAIM, laddered(5, 5, 5), {})
    assert not late.early


def test_words_follow_the_contrast_that_decides():
    both = Difference(id="x", text="x", metric="test_error", lower=("b", "d"), higher=("a", "c"))
    rungs = [
        rung(steps, a=30.0 - one, b=30.0, c=50 + two, d=50.0)
        for steps, one, two in zip(STEPS, (6, 4, 2), (1, 2, 3), strict=True)
    ]
    found = climb(both, rungs, {})
    assert [one.trend for one in found] == ["closing", "stable"]
    assert words("contradicted", found)[0] == "closing"
    assert words("undecided", found) == []


def test_verdicts_name_their_budget():
    (found,) = decide([CLAIM], rung(100, a=1, b=1).values, None, rungs=laddered(-6, -4, -2))
    assert found.budget == "400 steps"
    top = laddered(-6, -4, -2)
    (found,) = decide([CLAIM], top[-1].values, None, seen=top[-1].seen, rungs=top)
    assert (
        found.at == "contradicted at 400 steps, closing, early"
        or found.at == "contradicted at 400 steps, closing"
    )
    (alone,) = decide([CLAIM], top[-1].values, None, rungs=top[-1:])
    assert alone.at == "contradicted at 400 steps"
    assert alone.climbs == ()


def test_what_a_rung_lacks_draws_no_line():
    rungs = laddered(1, 2, 3)
    rungs[0] = Rung({"a": 100, "b": 100}, lambda name, metric: {} if name == "a" else by_seed([1.0] * 5))
    assert climb(CLAIM, rungs, {}) == ()
    assert climb(CLAIM, rungs[:1], {}) == ()


@pytest.mark.parametrize(("train", "tested", "said"), [(50, 51, True), (50, 54, False), (15, 16, False)])
def test_learning_speed_is_said_of_nets_that_stand_high_and_have_no_gap(train, tested, said):
    stands = rung(100, a=tested, b=tested, train=train)
    found = learning_speed(CLAIM, stands)
    assert learning_speed(CLAIM, replace(stands, frozen=frozenset("ab"))) == "", "they cannot learn more"
    assert bool(found) == said
    if said:
        assert f"{train} % training error" in found
        (told,) = decide(
            [CLAIM], laddered(9, 9, 9, train=48)[-1].values, None, rungs=laddered(9, 9, 9, train=48)[-1:]
        )
        assert told.at == "supported at 400 steps, learning speed"
        assert "48 % training error" in told.note
        (silent,) = decide(
            [CLAIM], laddered(9, 9, 9, train=48)[-1].values, None, rungs=laddered(9, 9, 9, train=48)
        )
        assert "learning speed" not in silent.at, "a ladder says more"


def test_slopes_cover_the_truth(monkeypatch):
    """95 % intervals of the slope over three rungs of five seeds, whatever the rungs' own means are."""
    monkeypatch.setattr(ladder, "_GRID", 2)  # the line between is nothing to the slope, and slow to draw
    rng = np.random.Generator(np.random.PCG64(7))
    hits = 0
    for _ in range(600):
        rungs = [
            Rung(
                {"a": steps, "b": steps},
                {
                    name: by_seed(mean + rng.normal(size=5) * spread)
                    for name, mean, spread in (("a", 3.0 * k, 1.0), ("b", 0.0, 3.0))
                }.__getitem__,
            )
            for k, steps in enumerate(STEPS)
        ]
        rungs = [Rung(one.steps, lambda name, metric, own=one.values: own(name)) for one in rungs]
        (found,) = climb(CLAIM, rungs, {})
        hits += found.slope.low <= 3.0 <= found.slope.high
    assert 0.93 <= hits / 600 <= 0.99


def test_epochs_that_some_run_never_reached_are_no_measure_of_a_ladder():
    claim = falls("a", "b").replace(metric=EpochsTo(level=50))

    def epochs(steps, late):
        values = from_table({"a": seeds(2, spread=0.1), "b": seeds(late, spread=0.01)})
        return Rung({"a": steps, "b": steps}, values, epochs=dict.fromkeys("ab", 5))

    assert len(climb(claim, [epochs(100, 3), epochs(200, 4)], {})) == 1
    assert climb(claim, [epochs(100, 6), epochs(200, 4)], {}) == ()
