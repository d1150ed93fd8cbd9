"""What a suite may say, and what a run is: frozen, validated, plain data. Suites find all of it here."""

from bench.spec.base import Named
from bench.spec.claim import Claim, Reference
from bench.spec.ensemble import Ensemble, Predict
from bench.spec.experiment import Experiment, Network
from bench.spec.profile import LOOKS, PROFILES, Profile, ProfileName
from bench.spec.recipe import Choice, Range, Recipe, Tuning, Warmup
from bench.spec.run import Data, DataUse, Look, Probe, RunSpec, Transfer, TrialOf
from bench.spec.suite import Suite, resolve

__all__ = [
    "LOOKS",
    "PROFILES",
    "Choice",
    "Claim",
    "Data",
    "DataUse",
    "Ensemble",
    "Experiment",
    "Look",
    "Named",
    "Network",
    "Predict",
    "Probe",
    "Profile",
    "ProfileName",
    "Range",
    "Recipe",
    "Reference",
    "RunSpec",
    "Suite",
    "Transfer",
    "TrialOf",
    "Tuning",
    "Warmup",
    "resolve",
]
