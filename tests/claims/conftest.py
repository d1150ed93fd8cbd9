"""What simulations of many suites need."""

import pytest

from bench.claims import stats


@pytest.fixture
def silent(monkeypatch):
    """How many more seeds an undecided claim needs is only a note, and most of the time it takes."""
    monkeypatch.setattr(stats, "seeds_for_power", lambda *_, **options: None)
