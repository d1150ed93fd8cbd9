"""Bits as text come back as they were, and nothing else passes for them."""

import numpy as np
import pytest

from bench.common.bits import classes_packed, classes_unpacked, packed, unpacked
from bench.common.errors import UserError


@pytest.mark.parametrize("n", [1, 7, 8, 9, 10_000])
def test_bits_come_back(n):
    bits = np.random.default_rng(n).random(n) < 0.3
    text = packed(bits)
    assert np.array_equal(unpacked(text, n), bits)
    assert len(text) <= 4 * (n // 24 + 1)


@pytest.mark.parametrize(
    ("text", "n"), [("no bits!", 8), (packed(np.ones(9, bool)), 8), ("", 1), ("AA==", 9)]
)
def test_other_texts_are_refused(text, n):
    with pytest.raises(UserError, match="bits"):
        unpacked(text, n)


@pytest.mark.parametrize("classes", [1, 10, 1000])
def test_classes_come_back(classes):
    labels = np.random.default_rng(classes).integers(classes, size=372)
    assert np.array_equal(classes_unpacked(classes_packed(labels), 372), labels)


@pytest.mark.parametrize(
    ("text", "n"), [("no classes", 8), ("AA==", 1), (classes_packed(np.arange(9)), 8), ("", 1)]
)
def test_other_texts_are_no_classes(text, n):
    with pytest.raises(UserError, match="classes"):
        classes_unpacked(text, n)
