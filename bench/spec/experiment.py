"""Experiments of a suite, and networks that are only counted."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from bench.common.errors import suggest
from bench.spec.base import FrozenDict, Named, Several, Spec, Table
from bench.spec.ensemble import Predict
from bench.spec.profile import PROFILES, ProfileName
from bench.spec.recipe import Choice, Range, Recipe, all_tunable
from bench.spec.run import START, Data, Look, Probe, Transfer


class Experiment(Spec):
    """What is compared. What it does not say itself it has from the profile; the id derives from it.

    `space` is what tuning tries beside the profile's: recipe fields, `METHOD.OPTION` for an option that one
    of its own augmentations has (`rotation.degrees`), or `start.share`. `predict` is what its final runs
    keep. A source may have a data set of its own (`dataset`), or be a file of weights, which nobody trains
    here: `weights="mine"` is `DATA/mine.pt`, `imagenet-MODEL` torchvision's. With `probe` nothing is trained,
    nor with `look`, which is at the final weights of the experiment (or source) `of`. `task` is a kind of run
    in `bench.train.tasks` ("localize"); None is what the other fields say, else classify. `measures` are
    taken at the end of every epoch (`bench.train.measures`), and weights are kept at the ends of the epochs
    `keep`.
    """

    model: Named | None = None
    id: str = ""
    recipe: Table[Any] = Field(default_factory=FrozenDict)
    data: Table[Any] = Field(default_factory=FrozenDict)
    augment: tuple[Named, ...] | None = None
    space: Table[Range | Choice] = Field(default_factory=FrozenDict)
    predict: Predict | None = None
    start: Transfer | None = None
    probe: Probe | None = None
    task: str | None = None
    look: Look | None = None
    of: str = ""
    measures: Several | None = None
    keep: tuple[int, ...] | None = None
    dataset: str = ""
    weights: str = ""
    profiles: tuple[ProfileName, ...] = PROFILES

    @model_validator(mode="before")
    @classmethod
    def _derive_id(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("id"):
            return data
        if data.get("model") is None:
            raise ValueError("an experiment without a model of its own needs an id")
        parts = [str(Named.model_validate(data["model"]))]
        for field in ("recipe", "data"):
            parts += [
                f"{name}={value}"
                for name, value in (data.get(field) or {}).items()
                if isinstance(value, (int, float, str))
            ]
        return {**data, "id": ",".join(parts)}

    @model_validator(mode="after")
    def _known_overrides(self) -> Self:
        for field, kind in (("recipe", Recipe), ("data", Data)):
            for name in getattr(self, field):
                if name not in kind.model_fields:
                    raise ValueError(f"{field}: unknown {name!r}: {suggest(name, kind.model_fields)}")
        if (self.look is None) != (not self.of):
            raise ValueError("a look is at the weights of another experiment: give both `look` and `of`")
        all_tunable(name for name in self.space if "." not in name)
        known = {f"{step.name}.{option}" for step in self.augment or () for option in step.options}
        known |= {f"{START}.share"} if self.start else set()
        for name in self.space:
            if "." in name and name not in known:
                raise ValueError(f"space: the experiment does not say {name!r}: {suggest(name, known)}")
        return self


class Network(Spec):
    """An architecture that is counted and never trained, for images of that many pixels a side."""

    model: Named
    id: str = ""
    size: int = Field(ge=1)
    channels: int = Field(default=3, ge=1)
    classes: int = Field(default=1000, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _derive_id(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("id") or "model" not in data:
            return data
        return {**data, "id": str(Named.model_validate(data["model"]))}
