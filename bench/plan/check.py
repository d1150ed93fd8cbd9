"""What a plan checks of a suite before anything is trained: models, augmentations, quantities to count.

A suite is validated on loading as far as that goes without torch; what a model or an augmentation makes of
its options is found out here, by making it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, get_type_hints

import torch
from pydantic import TypeAdapter, ValidationError

from bench import models
from bench.claims.counts import Exact
from bench.common.errors import UserError, suggest
from bench.data.augment import Draw, compose, method
from bench.models.counts import Counted, count
from bench.spec import Choice, Claim, Network, Range, RunSpec
from bench.spec.base import Named
from bench.spec.run import settled

_TRAINED = ("training_macs",)  # counted of ensembles, beside what is counted of every network


def counted(model: Named, *, classes: int, channels: int, size: tuple[int, int]) -> Counted:
    """A network's counts for images of that size. Raises UserError where it cannot be made of its options."""
    _known_types(f"model {model.name}", models.member(model.name).build, model.options)
    with _one_line(f"model {model}"):
        return count(model, num_classes=classes, in_channels=channels, size=size)


def counted_network(network: Network) -> Counted:
    """The same of a network that is never trained."""
    size = (network.size, network.size)
    return counted(network.model, classes=network.classes, channels=network.channels, size=size)


def check_augmentation(
    spec: RunSpec, space: Mapping[str, Range | Choice], channels: int, size: tuple[int, int]
) -> None:
    """Augment two black images as a run would, with every option that is tuned at both ends of its range.

    Raises UserError for an unknown name or option, and for a value that cannot be.
    """
    values = {name: one.some() for name, one in space.items() if "." in name}
    _augment_once(spec.augment, channels, size)
    for name, some in values.items():
        for value in some:
            _augment_once(settled(spec, {name: value}).augment, channels, size)


def _augment_once(steps: Iterable[Named], channels: int, size: tuple[int, int]) -> None:
    images = torch.zeros(2, channels, *size, dtype=torch.uint8).to(memory_format=torch.channels_last)
    draw = Draw(torch.Generator().manual_seed(0), torch.zeros(channels), lambda: torch.eye(channels))
    for step in steps:
        tuned = float  # ranges, from which options are drawn, have fractions
        _known_types(f"augmentation {step.name}", method(step), step.options, whole=tuned)
        with _one_line(f"augmentation {step}"):
            images, _ = compose([step])(images, draw)


def check_quantities(claims: Iterable[Claim], counts: Iterable[Mapping[str, int]]) -> None:
    """Raises UserError for a claim about a quantity that nothing counts."""
    known = {*_TRAINED, *(name for one in counts for name in one)}
    for claim in (one for one in claims if isinstance(one, Exact)):
        if claim.quantity not in known:
            hint = suggest(claim.quantity, known)
            raise UserError(f"claim {claim.id}: there is no quantity {claim.quantity!r}: {hint}")


def _known_types(
    what: str, called: Callable[..., Any], options: Mapping[str, Any], whole: type = int
) -> None:
    """Raises UserError for an option whose value is not of the type that the function declares.

    `whole` is what it may be where whole numbers are declared.
    """
    declared = get_type_hints(called)
    for name, value in options.items():
        if name in declared:
            kind = whole if declared[name] is int else declared[name]
            try:
                TypeAdapter(kind).validate_python(value, strict=True)
            except ValidationError as error:
                wrong = error.errors()[0]["msg"].removeprefix("Input ")
                raise UserError(f"{what}: {name}={value!r} {wrong}") from error


@contextmanager
def _one_line(what: str) -> Iterator[None]:
    """Whatever a model or an augmentation raises, the user's own too, as one line."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        reason = (str(error).splitlines() or ["no reason given"])[0]
        raise UserError(f"{what}: {type(error).__name__}: {reason}") from error
