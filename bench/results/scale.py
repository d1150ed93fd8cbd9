"""How big the runs of a plan are, in words: training steps, and images. Loads nothing heavy."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.common.words import span

if TYPE_CHECKING:
    import pandas as pd

    from bench.spec import Ensemble


def steps_of(experiments: Sequence[Mapping[str, Any]]) -> str:
    """The training steps of planned experiments; empty where none are known."""
    return span((int(one.get("budget", 0)) for one in experiments), "steps")


def steps_in(
    runs: "pd.DataFrame", plan: Mapping[str, Any], ensembles: "Sequence[Ensemble]"
) -> dict[str, int]:
    """Training steps by experiment, of a look those of what it is at; by ensemble those of its members."""
    if "budget" not in runs:
        return {}
    own = {str(name): int(most) for name, most in runs.groupby("experiment")["budget"].max().items()}
    looks = [one for one in plan["experiments"] if one["spec"].get("look")]
    own |= {str(one["id"]): own.get(one.get("source", ""), 0) for one in looks}
    return own | {one.id: max(own.get(name, 0) for name in one.of) for one in ensembles}


def images_of(plan: Mapping[str, Any]) -> str:
    """How many images are trained on, and of what size where they are shrunk; empty where it is not known."""
    own = [one.get("spec", {}).get("data", {}) for one in plan["experiments"] if one.get("budget")]
    whole = int(plan["data"].get("train", 0))
    counts = span((int(one.get("train") or _rest(one, whole)) for one in own), "")
    sizes = {one.get("size") for one in own} - {None}
    if not counts:
        return ""
    shrunk = f" of {min(sizes)}×{min(sizes)} pixels" if len(sizes) == 1 else ""
    return f"{counts} training images{shrunk}"


def trained_on(plan: Mapping[str, Any]) -> dict[str, int]:
    """How many images each experiment is trained, or fitted, on, where they differ in it; empty elsewhere."""
    whole = int(plan["data"].get("train", 0))
    found = {}
    for one in plan["experiments"]:
        data = one.get("spec", {}).get("data", {})
        found[str(one["id"])] = int(data.get("train") or _rest(data, whole))
    return found if len({*found.values()}) > 1 else {}


def _rest(data: Mapping[str, Any], whole: int) -> int:
    """All images but those that are held out; halves of the classes have no one number."""
    return 0 if data.get("half") or not whole else whole - int(data.get("validation") or 0)
