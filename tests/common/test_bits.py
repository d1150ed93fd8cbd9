"""Bits as text come back as they were, and nothing else passes for them."""

import numpy as np
import pytest

from bench.common.bits import packed, unpacked
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
