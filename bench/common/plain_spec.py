"""A run's specification as it stands in a file, for machines that have torch but not pydantic."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_TABLES = ("options",)  # fields that stay tables


class PlainSpec:
    """The fields of a specification as attributes; read, not validated: `bench` has written it.

    A field that it lacks is None, as new fields are in specifications of an earlier version. Its key is the one
    that the specification itself has.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._data.get(name)
        return value if name in _TABLES else _plain(value)

    def replace(self, **changes: Any) -> "PlainSpec":
        """A copy with some fields changed."""
        return PlainSpec({**self._data, **changes})

    @property
    def key(self) -> str:
        """The field of that name, else the run's identity: the digest of its canonical JSON, without None."""
        if "key" in self._data:
            return str(self._data["key"])
        text = json.dumps(_without_none(self._data), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return PlainSpec(value)
    return tuple(_plain(one) for one in value) if isinstance(value, list) else value


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_none(one) for name, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value
