"""Figures of a report: those that the suite declares, else what suits any suite.

Each kind is a file of this package: a `Figure` of its own `kind`, with `draw`. Suites import them from
here, so these files load nothing heavy; matplotlib comes with the first picture that is drawn.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bench.common.errors import UserError, suggest
from bench.spec.base import describe, kinds_of
from bench.spec.figure import Figure

if TYPE_CHECKING:
    from bench.report.figures.canvas import Picture
    from bench.results.tables import Results


def pictures(results: "Results", label: str) -> "list[Picture]":
    """All pictures that the suite declares and the results allow, in the suite's order."""
    from bench.report.figures.ladder import Ladder

    declared = results.plan.get("figures")
    figures = defaults(results) if declared is None else [parse(one) for one in declared]
    ladder = [Ladder(name="ladder")] if results.rungs else []
    drawn = (one.draw(results, label) for one in (*ladder, *figures))
    return [picture for picture in drawn if picture is not None]


def kinds() -> dict[str, type[Figure]]:
    """Every kind of figure by its name: the files of this package define them."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return kinds_of(Figure)


def __getattr__(name: str) -> type[Figure]:
    """A kind of figure by the name of its class."""
    if name[:1].isupper():  # else it is a module of this package, about to be loaded
        for kind in kinds().values():
            if kind.__name__ == name:
                return kind
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def parse(data: Mapping[str, Any]) -> Figure:
    """A figure from its plain form, as results files hold it. Raises UserError if it is none."""
    known, kind = kinds(), data.get("kind", "")
    if kind not in known:
        raise UserError(f"unknown kind of figure {kind!r}: {suggest(kind, known)}")
    try:
        return known[kind].model_validate(data)
    except ValidationError as error:
        raise UserError(f"figure {data.get('name') or kind!r}: {describe(error)}") from error


def defaults(results: "Results") -> Iterator[Figure]:
    """What suits a suite that declares no figures."""
    from bench.report.figures.against import Against
    from bench.report.figures.averages import Averages
    from bench.report.figures.contact_sheet import ContactSheet
    from bench.report.figures.curves import Curves
    from bench.report.figures.dots import Dots
    from bench.report.figures.looks import Look
    from bench.results.settings import setting

    yield Dots(name="errors")
    if results.averaged:
        yield Dots(name="ensembles", of=tuple(one.id for one in results.averaged))
    yield Averages()
    if len({setting(results, name, "depth") for name in results.experiments}) > 1:
        yield Against(name="error-against-depth", setting="depth")
    yield Curves()
    for one in results.plan["experiments"]:
        for name in (one["spec"].get("look") or {}).get("pictures", ()):
            yield Look(experiment=one["id"], picture=name)
    yield ContactSheet()
