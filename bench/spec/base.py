"""The base of all specifications: frozen, strict about names, compared by value."""

import ast
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from bench.common.errors import suggest

T = TypeVar("T")


class FrozenDict(dict[str, T]):
    """A dict that cannot be changed: pydantic freezes fields, not what stands in them."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("a specification is frozen; use .model_copy(update=...)")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)  # the default would fill it item by item

    __setitem__ = __delitem__ = update = pop = popitem = clear = setdefault = _refuse


Scalar = bool | int | float | str
Table = Annotated[dict[str, T], AfterValidator(FrozenDict)]
Options = Table[Scalar]


class Spec(BaseModel):
    """Base of all specifications: frozen, strict about names, compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for name in data:
                if name not in cls.model_fields:
                    raise ValueError(f"unknown field {name!r}: {suggest(name, cls.model_fields)}")
        return data

    def replace(self, **changes: Any) -> Self:
        """A validated copy with some fields changed (`model_copy` does not validate)."""
        return self.model_validate({**dict(self), **changes})

    def canonical(self) -> str:
        """Canonical JSON: sorted, without spaces, without fields that are None."""
        data = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(data, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


S = TypeVar("S", bound=Spec)


class Named(Spec):
    """A thing that is looked up by name and called with options.

    A string will do as well: the name alone, or with options in brackets.

    >>> Named.model_validate("rotation(degrees=15)")
    Named(name='rotation', options={'degrees': 15})
    """

    name: str
    options: Options = Field(default_factory=FrozenDict)

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        name, bracket, options = data.partition("(")
        return {"name": name, "options": _options(data, bracket + options)} if bracket else {"name": name}

    def __str__(self) -> str:
        options = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.name}({options})" if options else self.name


def _options(text: str, call: str) -> dict[str, Any]:
    try:
        tree = ast.parse(f"f{call}", mode="eval").body
        if isinstance(tree, ast.Call) and not tree.args:
            return {str(one.arg): ast.literal_eval(one.value) for one in tree.keywords}
    except (SyntaxError, ValueError):
        pass
    raise ValueError(f"{text!r} does not read as NAME(OPTION=VALUE, ...)")


def kinds_of(base: type[S]) -> dict[str, type[S]]:
    """The classes below one that are a kind of it, by the name that their field `kind` gives them."""
    found = {}
    for one in base.__subclasses__():
        if "kind" in one.model_fields:
            found[str(one.model_fields["kind"].default)] = one
        found |= kinds_of(one)
    return found


def as_tuple(value: Any) -> Any:
    """One thing or several: a validator for fields that take either."""
    return (value,) if isinstance(value, str) else tuple(value)


Several = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


def describe(error: ValidationError, field: str = "") -> str:
    """pydantic's findings in one line: field (of which larger one), what is wrong, and the value given."""
    return "; ".join(_finding(found, error.title, field) for found in error.errors())


def _finding(found: Mapping[str, Any], title: str, field: str) -> str:
    place = ".".join([*([field] if field else []), *(str(part) for part in found["loc"])]) or title
    message, given = found["msg"].removeprefix("Value error, "), found.get("input")
    if found["type"] == "literal_error" and isinstance(given, str):
        message = suggest(given, re.findall(r"'([^']+)'", found["ctx"]["expected"]))
    shown = f" (given: {given!r})" if isinstance(given, (str, int, float, bool)) else ""
    return f"{place}: {message}{shown}"
