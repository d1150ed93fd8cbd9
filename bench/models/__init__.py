"""Models: one file a family, and a family is a table from names to arguments."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from bench.common.errors import UserError, suggest

Builder = Callable[..., nn.Module]


@dataclass(frozen=True)
class Member:
    """One named model: the function that builds its family, and the arguments that make it this one.

    `name` is its proper name: names of one family with equal arguments are one network, and the first
    of them in the table is the proper one (`vgg-16` is `vgg-d`).
    """

    name: str
    build: Builder
    arguments: Mapping[str, Any]

    def options(self) -> list[str]:
        """What may be set by a suite: the builder's arguments that the name does not fix."""
        fixed = {"num_classes", "in_channels", *self.arguments}
        return [name for name in inspect.signature(self.build).parameters if name not in fixed]

    def published(self, argument: str) -> Any:
        """The published value of an argument, such as `input_size`; None where the family has none."""
        parameter = inspect.signature(self.build).parameters.get(argument)
        return None if parameter is None or parameter.default is parameter.empty else parameter.default


_MEMBERS: dict[str, Member] = {}  # filled by the decorator


def family(table: Mapping[str, Mapping[str, Any]]) -> Callable[[Builder], Builder]:
    """Make a function the builder of all models that a table names."""

    def register(build: Builder) -> Builder:
        for name, arguments in table.items():
            proper = next(other for other, same in table.items() if same == arguments)
            _MEMBERS[name] = Member(proper, build, dict(arguments))
        return build

    return register


def members() -> dict[str, Member]:
    """All models by name: those of the modules in this folder, and those that a user decorated."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_MEMBERS)


def member(name: str) -> Member:
    """The model of that name. Raises UserError with the nearest name if there is none."""
    known = members()
    if name not in known:
        raise UserError(f"there is no model {name!r}: {suggest(name, known)}")
    return known[name]


def source(name: str) -> Path:
    """The file that defines the model's family, for the code's hash."""
    return Path(inspect.getfile(member(name).build))


def build(name: str, *, num_classes: int, in_channels: int | None = None, **options: Any) -> nn.Module:
    """The network of that name, freshly initialised from torch's global generator.

    Takes images (n, in_channels, height, width), gives logits (n, num_classes). A name means the
    published form; `input_size=32` gives the one for images of 32×32 where the family has both.
    Raises UserError for a name or option that is not known.
    """
    found = member(name)
    if in_channels is None:
        in_channels = found.published("in_channels")
    for option in options:
        if option not in found.options():
            raise UserError(f"model {name}: no option {option!r}: {suggest(option, found.options())}")
    return found.build(num_classes=num_classes, in_channels=in_channels, **found.arguments, **options)
