"""cnn-bench: experiments that settle claims about convolutional networks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.claims import stats
    from bench.cli.run import run
    from bench.spec import Claim, Ensemble, Experiment, Predict, Profile, Recipe, Reference, Suite
    from bench.spec.loader import load_suite

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
    "run",
    "stats",
]
_ELSEWHERE = {  # the others are in bench.spec
    "load_suite": "bench.spec.loader",
    "run": "bench.cli.run",
    "stats": "bench.claims",
}


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are asked for: the engine runs where pydantic is not installed."""
    if name not in __all__:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    module = _ELSEWHERE.get(name, "bench.spec")
    return import_module(f"{module}.{name}") if name == "stats" else getattr(import_module(module), name)
