"""What an experiment is, asked by name: a setting of its specification, or a count of its network."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.common.errors import UserError

if TYPE_CHECKING:
    from bench.results.tables import Results


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """A specification by dotted names (`recipe.lr`, `model.options.width`), values as they are."""
    if not isinstance(value, Mapping):
        return {prefix: value}
    found: dict[str, Any] = {}
    for name, inner in value.items():
        found |= flat(inner, f"{prefix}.{name}" if prefix else name)
    return found


def setting(results: "Results", experiment: str, name: str) -> Any:
    """A setting of an experiment, ensemble or network, or a count of it; None where it does not say it.

    Settings have dotted names (`recipe.lr`, `data.train`, `start.layers`, `source`), whose last part alone
    will do where one setting ends so; counts are those of counts.csv (`depth`, `parameters`, `macs`), and
    `seconds` what a final run took where it ran, the median. Raises UserError where a last part alone could
    mean several settings.
    """
    if name == "seconds":
        return _seconds(results, experiment)
    counts = results.counts
    if name in counts and name != "experiment":
        return results.count(experiment, name)
    said = _said(results, experiment)
    if name in said:
        return said[name]
    meant = [dotted for dotted in said if dotted.endswith(f".{name}")]
    if len(meant) > 1:
        raise UserError(f"{name!r} of {experiment} could be {' or '.join(meant)}; say which")
    return said[meant[0]] if meant else None


def _seconds(results: "Results", experiment: str) -> float | None:
    if results.cost.empty:
        return None
    cost = results.cost
    own = cost[(cost["experiment"] == experiment) & (cost["phase"] == "final")]["seconds"].dropna()
    return float(own.median()) if len(own) else None


def _said(results: "Results", experiment: str) -> dict[str, Any]:
    kinds = ("experiments", "ensembles", "networks")
    for one in (one for kind in kinds for one in results.plan.get(kind, ())):
        if one["id"] == experiment:
            own = {name: one[name] for name in ("source",) if name in one}
            return {**flat(one.get("spec", one)), **own}
    return {}
