"""What runs keep of their predictions, and what is averaged of it. Frozen, validated, plain data."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from bench.common.views import VIEW_SETS
from bench.spec.base import Several, Spec, as_tuple
from bench.spec.recipe import Recipe


class Predict(Spec):
    """What a final run predicts with and keeps, beside the figures of its last weights.

    Log-probabilities of validation and test images by the last weights are kept in any case, and by those at
    the end of each cycle of a cyclic schedule. `ema` (the decay a step) and `average` (over the ends of the
    last so many epochs) add averaged weights. `shift` (pixels, or below 1 a share of the side) adds views of
    each image, for the last weights: see `bench.common.views`.
    """

    ema: float | None = Field(default=None, gt=0, lt=1)
    average: int | None = Field(default=None, ge=1)
    shift: float | None = Field(default=None, gt=0)


class Ensemble(Spec):
    """Final runs whose predictions are averaged. Computed when results are collected, it trains nothing.

    `members` runs of each of the experiments stand together, each with so many `views` of an image. Of
    `weights`, "last", "ema" and "average" are one set a run; "cycles" are all ends of its cycles. Claims
    name it as they name an experiment: a value for each disjoint set of members.
    """

    of: Several
    members: int = Field(default=1, ge=1)
    views: Literal[1, 2, 5, 10, 18] = 1
    weights: Literal["last", "ema", "average", "cycles"] = "last"
    id: str = ""

    @model_validator(mode="before")
    @classmethod
    def _derive_id(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("id") or "of" not in data:
            return data
        parts = [" + ".join(as_tuple(data["of"])) + (f" × {data['members']}" if "members" in data else "")]
        parts += [f"{data['views']} views"] if "views" in data else []
        return {**data, "id": ", ".join([*parts, *([data["weights"]] if "weights" in data else [])])}

    def lacking(self, kept: Predict | None, recipe: Recipe) -> str:
        """What runs of that recipe that keep so much do not have for this; empty if they have it all."""
        if kept is None:
            return "predict=Predict(...)"
        if self.weights in ("ema", "average") and getattr(kept, self.weights) is None:
            return f"predict=Predict({self.weights}=...)"
        if self.weights == "cycles" and recipe.cycles is None:
            return "a cyclic schedule"
        if len(VIEW_SETS[self.views]) > 1 and kept.shift is None:
            return "predict=Predict(shift=...)"
        return ""
