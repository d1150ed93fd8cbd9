"""cnn-bench: experiments that settle claims about convolutional networks."""

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
