"""The one exception that a user is meant to see: a line that says what is wrong and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Something was asked wrongly; the command line prints the message alone and exits with 2."""


def suggest(wrong: str, allowed: Iterable[str]) -> str:
    """A clause for error messages: the nearest allowed word, and all of them.

    >>> suggest("epoch", ["epochs", "lr"])
    "did you mean 'epochs'? allowed: epochs, lr"
    """
    words = sorted(allowed)
    near = get_close_matches(wrong, words, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}allowed: {', '.join(words) or 'nothing'}"
