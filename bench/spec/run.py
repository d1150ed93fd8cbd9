"""What a run is: all that changes the distribution of its result, and nothing else. Hence its key."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from bench.spec.base import Named, Scalar, Spec, describe, digest
from bench.spec.ensemble import Predict
from bench.spec.recipe import Choice, Range, Recipe

START = "start"  # of the names of tunable settings, as in `start.share`


class Data(Spec):
    """How much of a data set is used, and how: the validation images are taken from the training split.

    `train` and `size` (pixels a side) of None mean all images, and their own size. `seed` fixes the
    stratified choice; it is the same for all runs, so experiments share their split.

    With `half`, a run sees one half of the classes, "A" or "B", training, validation and test images alike;
    which classes they are is drawn by the run's seed, so all experiments of one seed share the halves. With
    `channels=3` grey images have three equal channels, for networks that were trained on colours.
    """

    train: int | None = Field(default=None, ge=1)
    validation: int = Field(default=0, ge=0)
    size: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    half: Literal["A", "B"] | None = None
    channels: Literal[3] | None = None


class DataUse(Data):
    """A data set as a run uses it: which one (by content) and how much of it.

    `classes` are those that it sees, in ascending order; None means all. They come from `half` and a seed.
    """

    name: str
    fingerprint: str
    classes: tuple[int, ...] | None = None


class Start(Spec):
    """What a run begins with: the first `layers` of the run with that key (layers count from 1).

    The first `frozen` of them are not trained; the others of them at a `share` of the new layers' rate.
    """

    key: str
    layers: int = Field(ge=0)
    frozen: int = Field(default=0, ge=0)
    share: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _frozen_are_copied(self) -> Self:
        if self.frozen > self.layers:
            raise ValueError(f"{self.frozen} frozen layers, of {self.layers} that are copied")
        return self


class Probe(Spec):
    """A linear classifier on features, fitted in place of training a network.

    Features are what a `layer` hands on (layers count from 1), or without a network "pixels" as they are, or
    "hog", histograms of oriented gradients (Dalal and Triggs 2005). Of `strengths` (scikit-learn's C, the
    inverse of regularisation) validation images choose one. With `balanced`, rare classes weigh as much as
    frequent ones.
    """

    layer: int | None = Field(default=None, ge=1)
    features: Literal["pixels", "hog"] | None = None
    classifier: Literal["svm", "softmax"] = "svm"
    strengths: tuple[float, ...] = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    balanced: bool = False

    @model_validator(mode="after")
    def _one_kind_of_features(self) -> Self:
        if (self.layer is None) == (self.features is None):
            raise ValueError("a probe needs a layer, or features of images: one of them")
        return self


class Look(Spec):
    """What is measured and pictured of trained weights, in place of training.

    `measure` is one of `bench.train.measures` along an axis, taken at each place of `at`; `pictures` are
    names there too.
    """

    measure: str | None = None
    at: tuple[float, ...] = ()
    pictures: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if (self.measure is None) != (not self.at):
            raise ValueError("a measure needs the places `at` which it is taken, and the other way round")
        if not (self.measure or self.pictures):
            raise ValueError("nothing to look at: give a measure, or pictures")
        return self


class Transfer(Spec):
    """What an experiment's runs begin with: the first layers of a source's run of the same seed.

    `layers` count from 1; the first `frozen` of them are not trained, the others of them at a `share` of the
    new layers' learning rate.
    """

    source: str
    layers: int = Field(ge=0)
    frozen: int = Field(default=0, ge=0)
    share: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _frozen_are_copied(self) -> Self:
        self.start()
        return self

    def start(self) -> Start:
        """As a run's specification has it; the plan fills in the key of the source's run."""
        return Start(key="", layers=self.layers, frozen=self.frozen, share=self.share)


class TrialOf(Spec):
    """Marks a run specification as a tuning trial: of which study (its key), and which number."""

    study: str
    number: int


class RunSpec(Spec):
    """All that changes the distribution of a run's result, and nothing else; hence its key.

    `task` is what kind of run it is where that does not follow from `probe` or `look`; None is classify. A
    look is at the weights of the run with the key `of`. `measures` are taken at the end of every epoch, and
    weights are kept at the ends of the epochs `keep`. New fields are None where a run does not use them: so
    keys of old runs stay.
    """

    model: Named | None
    data: DataUse
    augment: tuple[Named, ...]
    recipe: Recipe
    seed: int
    trial: TrialOf | None = None
    predict: Predict | None = None
    start: Start | None = None
    probe: Probe | None = None
    task: str | None = None
    look: Look | None = None
    of: str | None = None
    measures: tuple[str, ...] | None = None
    keep: tuple[int, ...] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.model is None and not (self.probe and self.probe.features):
            raise ValueError("a run without a network can only be a probe of pixels or hog")
        if self.recipe.schedule == "plateau" and not self.data.validation:
            raise ValueError("the schedule plateau watches validation images: give data.validation")
        if (self.look is None) != (self.of is None):
            raise ValueError("a look is at the weights of another run, which `of` names")
        return self

    @property
    def key(self) -> str:
        """The run's identity."""
        return digest(self.canonical())


def setting(spec: RunSpec, name: str) -> Scalar:
    """The value of a tunable setting as a specification has it.

    A recipe's field, `METHOD.OPTION` of an augmentation, or `start.share`.
    """
    method, _, option = name.partition(".")
    if method == START:
        share: Scalar = getattr(spec.start, option)
        return share
    if not option:
        value: Scalar = getattr(spec.recipe, name)
        return value
    return next(step.options[option] for step in spec.augment if step.name == method)


def settled(spec: RunSpec, values: Mapping[str, Scalar]) -> RunSpec:
    """The specification with tunable settings set."""
    recipe = {name: value for name, value in values.items() if "." not in name}
    start = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{START}.")}
    steps = []
    for step in spec.augment:
        own = {name: value for name, value in values.items() if name.startswith(f"{step.name}.")}
        chosen = {name.partition(".")[2]: value for name, value in own.items()}
        steps.append(step.replace(options={**step.options, **chosen}))
    return spec.replace(
        recipe=spec.recipe.replace(**recipe),
        augment=tuple(steps),
        start=spec.start and spec.start.replace(**start),
    )


def try_space(spec: RunSpec, space: Mapping[str, Range | Choice]) -> None:
    """Raises ValueError where a tuned setting may take a value that no run can have.

    A range of a setting that must be a whole number is refused too: a choice can name those.
    """
    for name, values in space.items():
        for value in values.some():
            try:
                settled(spec, {name: value})
            except ValidationError as error:
                raise ValueError(describe(error, "space")) from error
