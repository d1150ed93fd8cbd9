"""cnn-bench: experiments that settle claims about convolutional networks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.spec import Claim, Ensemble, Experiment, Predict, Profile, Recipe, Reference, Suite
    from bench.suites import load_suite

__all__ = [
    "Claim",
    "Ensemble",
    "Experiment",
    "Predict",
    "Profile",
    "Recipe",
    "Reference",
    "Suite",
    "load_suite",
]


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are asked for: the engine runs where pydantic is not installed."""
    if name not in __all__:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    return getattr(import_module("bench.suites" if name == "load_suite" else "bench.spec"), name)
