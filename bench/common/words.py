"""Numbers in words."""

from collections.abc import Iterable


def span(numbers: Iterable[int], unit: str) -> str:
    """The least and the most of some numbers: "320 to 1,920 steps". Zeros are left out; empty without any."""
    found = sorted({*numbers} - {0})
    if not found:
        return ""
    told = f"{found[0]:,}" if len(found) == 1 else f"{found[0]:,} to {found[-1]:,}"
    return f"{told} {unit}".strip()
