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
    near = nearest(wrong, words)
    hint = f"did you mean {near!r}? " if near else ""
    return f"{hint}allowed: {', '.join(words) or 'nothing'}"


def nearest(wrong: str, allowed: Iterable[str]) -> str | None:
    """The word that may have been meant: a near one, or one that goes on as it begins; None where none is."""
    words = sorted(allowed)
    begun = [word for word in words if wrong and word.startswith(wrong)]
    return next(iter([*get_close_matches(wrong, words, n=1), *begun]), None)
