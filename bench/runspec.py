"""What a run is: all that changes the distribution of its result, and nothing else. Hence its key."""

from collections.abc import Mapping

from pydantic import Field

from bench.base import Named, Scalar, Spec, digest
from bench.predict import Predict
from bench.recipe import Recipe


class Data(Spec):
    """How much of a data set is used, and how: the validation images are taken from the training split.

    `train` and `size` (pixels a side) of None mean all images, and their own size. `seed` fixes the
    stratified choice; it is the same for all runs, so contenders share their split.
    """

    train: int | None = Field(default=None, ge=1)
    validation: int = Field(default=0, ge=0)
    size: int | None = Field(default=None, ge=1)
    seed: int = 0


class DataUse(Data):
    """A data set as a run uses it: which one (by content) and how much of it."""

    name: str
    fingerprint: str


class TrialOf(Spec):
    """Marks a run specification as a tuning trial: of which study (its key), and which number."""

    study: str
    number: int


class RunSpec(Spec):
    """All that changes the distribution of a run's result, and nothing else; hence its key."""

    model: Named
    data: DataUse
    augment: tuple[Named, ...]
    recipe: Recipe
    seed: int
    trial: TrialOf | None = None
    predict: Predict | None = None

    @property
    def key(self) -> str:
        """The run's identity."""
        return digest(self.canonical())


def setting(spec: RunSpec, name: str) -> Scalar:
    """The value of a tunable setting as a specification has it: a recipe's field, or `METHOD.OPTION`."""
    method, _, option = name.partition(".")
    if not option:
        value: Scalar = getattr(spec.recipe, name)
        return value
    return next(step.options[option] for step in spec.augment if step.name == method)


def settled(spec: RunSpec, values: Mapping[str, Scalar]) -> RunSpec:
    """The specification with tunable settings set."""
    recipe = {name: value for name, value in values.items() if "." not in name}
    steps = []
    for step in spec.augment:
        own = {name: value for name, value in values.items() if name.startswith(f"{step.name}.")}
        chosen = {name.partition(".")[2]: value for name, value in own.items()}
        steps.append(step.replace(options={**step.options, **chosen}))
    return spec.replace(recipe=spec.recipe.replace(**recipe), augment=tuple(steps))
