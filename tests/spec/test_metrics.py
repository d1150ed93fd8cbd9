"""The table of metrics, and that what is not in it is refused with the nearest name."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from bench.claims import After, At, Difference, EpochsTo
from bench.spec import Reference
from bench.spec.loader import describe
from bench.spec.metrics import METRICS, lower_is_better, title, unit


def claimed(metric):
    return Difference(id="c", text="", metric=metric, lower="a", higher="b")


def referred(metric):
    return Reference(
        experiment="a", metric=metric, value=1, paper="P", where="T", statistic="best", status="F"
    )


@pytest.mark.parametrize(
    ("said", "near"),
    [
        (lambda: claimed("test_eror"), "test_error"),
        (lambda: referred("test_eror"), "test_error"),
        (lambda: At(metric="shift_error", at="shift=2"), "shifted_error"),
        (lambda: claimed({"metric": "test_io", "at": "epoch=1"}), "test_iou"),
        (lambda: After(curve="train_eror", share=0.5), "train_error"),
        (lambda: claimed({"curve": "validation_los", "share": 0.5}), "validation_loss"),
    ],
)
def test_an_unknown_metric_is_refused_with_the_nearest(said, near):
    with pytest.raises(ValidationError) as caught:
        said()
    line = describe(caught.value)
    assert "unknown metric" in line
    assert f"did you mean {near!r}?" in line
    assert len(caught.value.errors()) == 1, "one line for one fault"


@pytest.mark.parametrize(
    ("metric", "words", "of", "lower"),
    [
        ("test_iou", "test intersection over union", "%", False),
        ("disagreement", "disagreement", "%", None),
        (EpochsTo(level=10), "epochs to 10 % running training error", "epochs", True),
        (At(metric="shifted_error", at="shift=2"), "error on shifted test images at shift=2", "%", True),
    ],
)
def test_metrics_tell_words_unit_and_direction(metric, words, of, lower):
    assert (title(metric), unit(metric), lower_is_better(metric)) == (words, of, lower)


def test_chance_is_that_of_guessing_among_the_classes():
    found = {row.name: row.chance(10) for row in METRICS.values() if row.chance}
    assert found["test_error"] == pytest.approx(90)
    assert found["train_loss"] == pytest.approx(2.302585)
    assert "test_iou" not in found


def test_claims_load_nothing_heavy():
    code = "import bench.claims, sys; print([m for m in ('numpy', 'scipy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
