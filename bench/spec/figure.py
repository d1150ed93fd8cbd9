"""What a figure of a report shows, as a suite declares it.

Its kinds stand in `bench.report.figures`, one file each: what such a figure says, and how it is drawn.
"""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from bench.common.errors import suggest
from bench.spec.base import Named, Spec, as_tuple
from bench.spec.metrics import MetricName as MetricName
from bench.spec.run import RunSpec

COUNTS = ("depth", "parameters", "macs", "activations")


def check_setting(name: str) -> str:
    """The name, if it is that of a run's setting or of a count. Raises ValueError with the nearest one.

    Settings are dotted, as in `recipe.lr` or `model.options.width`; the last part alone will do where no
    other setting ends so. `seconds` is what a run took.
    """
    known = [*_settings(RunSpec), *COUNTS, "seconds"]
    short = [one for one in known if one.rpartition(".")[2] == name]
    if name not in known and len(short) != 1 and not name.startswith("model.options."):
        raise ValueError(f"unknown setting {name!r}: {suggest(name, short or known)}")
    return name


def _settings(spec: type[Spec], prefix: str = "") -> Iterator[str]:
    for name, field in spec.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        inner = next((one for one in kinds if isinstance(one, type) and issubclass(one, Spec)), None)
        if inner is None:
            yield prefix + name
        elif inner is not Named or name == "model":  # not what stands in lists, as augmentations do
            yield from _settings(inner, f"{prefix}{name}.")


SettingName = Annotated[str, AfterValidator(check_setting)]
Metrics = Annotated[tuple[MetricName, ...], BeforeValidator(as_tuple)]
Settings = Annotated[tuple[SettingName, ...], BeforeValidator(as_tuple)]


class Figure(Spec):
    """A figure of the report. `name` is its file's, `title` begins what is said below it.

    Experiments (or ensembles) that a kind's fields name are those of `groups` by name, those it is `of`, and
    a baseline that others are shown `over`. One that has no runs, as in a profile without it, is left out.
    """

    kind: str
    name: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    title: str = ""

    @property
    def file_name(self) -> str:
        """The name of its file, without an ending."""
        return self.name or self.kind

    def experiments(self) -> tuple[str, ...]:
        """The ids of all experiments (or ensembles) that it names."""
        said = dict(self)
        members = (one for group in said.get("groups", {}).values() for one in group)
        return (*members, *said.get("of", ()), *filter(None, [said.get("over")]))

    def draw(self, results: Any, label: str) -> Any:
        """A `Picture` of results (`bench.results.tables.Results`) with a label; None where they lack it."""
        raise NotImplementedError
