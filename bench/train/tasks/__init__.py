"""Tasks: the kinds of run there are, a class in a file each.

A task is found by its file's name. One that trains a network (`trains`) says what a batch is, its loss and
what is measured; the loop around it is `bench.train.training`. Others do all of it in `run`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.common.errors import UserError, suggest

if TYPE_CHECKING:
    import torch
    from torch import nn

    from bench.data.sets import ImageSet
    from bench.data.split import Split
    from bench.spec import RunSpec
    from bench.train.context import Context
    from bench.train.records import Result

CLASSIFY, FIT, LOOK = "classify", "fit", "look"


@dataclass(frozen=True)
class Prepared:
    """What a task is given: a run with its data opened.

    `environment` is the class of machines that give the same digits, `started` a reading of
    `time.perf_counter`.
    """

    spec: RunSpec
    context: Context
    images: ImageSet
    split: Split
    device: torch.device
    environment: str
    started: float


class Task(ABC):
    """What a run of one kind does. Made anew for each run, from its specification."""

    trains = False  # a network, from weights that are drawn or begun with

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec

    @abstractmethod
    def run(self, prepared: Prepared) -> Result:
        """Do it. Raises UserError where the specification asks for what cannot be had."""

    @abstractmethod
    def price(self, macs: int, images: int) -> float:
        """Multiply-accumulates of the run, given those of a forward pass and a training epoch's images."""

    def outputs(self, classes: int) -> int:
        """How many outputs its network has."""
        return classes

    def check(self, network: nn.Module) -> None:  # noqa: B027  # most networks will do
        """Raises UserError where it cannot be done with such a network (on the meta device)."""


def tasks() -> list[str]:
    """The names of all tasks: the modules in this folder."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def task_name(spec: RunSpec) -> str:
    """What kind of run a specification asks for."""
    if spec.task:
        return spec.task
    return FIT if spec.probe else LOOK if spec.look else CLASSIFY


def task_of(spec: RunSpec) -> Task:
    """The task of a specification. Raises UserError with the nearest name if there is none."""
    name = f"{__name__}.{task_name(spec)}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UserError(f"there is no task {spec.task!r}: {suggest(spec.task or '', tasks())}") from error
    made: Task = module.task(spec)
    return made
