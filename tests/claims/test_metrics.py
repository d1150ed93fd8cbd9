"""What is read off a run: at its end, along its curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims.metrics import epochs_to
from bench.spec.metrics import After, EpochsTo, title, unit


@pytest.mark.parametrize(
    ("errors", "level", "epochs"),
    [
        ([80, 60, 40], 50, 2.5),
        ([80, 60, 40], 60, 2),
        ([80, 60, 45], 57, 2.2),
        ([80, 60, 40], 80, 1),
        ([10, 60, 5], 50, 1),
        ([80, 40, 90, 10], 50, 1.75),
        ([80, 60, 40], 39, 4),
        ([90], 50, 2),
    ],
    ids=["between", "exactly", "interpolated", "at once", "at once, then lost", "first time", "never", "one"],
)
def test_epochs_to_a_level(errors, level, epochs):
    assert epochs_to(level, errors, len(errors)) == pytest.approx(epochs)


def test_a_curve_that_broke_off_counts_as_never_reached():
    """A diverged run must not look fast because its curve is short."""
    assert epochs_to(50, [80, 75], epochs=10) == 11


@given(errors=st.lists(st.integers(0, 100), min_size=1, max_size=20), level=st.integers(0, 100))
def test_epochs_to_lies_on_the_curve_at_its_first_crossing(errors, level):
    found = epochs_to(level, errors, len(errors))
    if min(errors) > level:
        assert found == len(errors) + 1
    else:
        assert all(error > level for error in errors[: int(np.ceil(found)) - 1])
        there = np.interp(found, np.arange(len(errors)) + 1, errors)
        assert there == pytest.approx(level) or (found == 1 and there < level)


@pytest.mark.parametrize(
    ("metric", "words", "of"),
    [
        ("train_error", "training error", "%"),
        ("test_error", "test error", "%"),
        ("test_loss", "test loss", "nats"),
        (EpochsTo(level=12.5), "epochs to 12.5 % running training error", "epochs"),
        (After(curve="train_error", share=0.5), "running training error after 50 % of the epochs", "%"),
        (After(curve="validation_loss", share=1), "validation loss after 100 % of the epochs", "nats"),
    ],
)
def test_metrics_in_words(metric, words, of):
    assert (title(metric), unit(metric)) == (words, of)
