"""The ground floor: what a suite may say, and what a run is. Frozen, validated, plain data.

Nothing here imports torch, ray, mlflow or anything of the bench above it, so that a suite file loads in
milliseconds. Errors of all kinds are in per cent, as the papers print them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, SerializeAsAny, model_validator

from bench.base import FrozenDict, Named, Options, Spec, Table, digest
from bench.errors import UserError, suggest
from bench.predict import Ensemble as Ensemble
from bench.predict import Predict as Predict
from bench.recipe import Choice as Choice  # suites find all that they say here
from bench.recipe import Range as Range
from bench.recipe import Recipe as Recipe
from bench.recipe import Tuning as Tuning
from bench.recipe import Warmup as Warmup
from bench.recipe import all_tunable
from bench.runspec import START
from bench.runspec import Data as Data
from bench.runspec import DataUse as DataUse
from bench.runspec import Probe as Probe
from bench.runspec import RunSpec as RunSpec
from bench.runspec import Transfer as Transfer
from bench.runspec import TrialOf as TrialOf

ProfileName = Literal["smoke", "quick", "paper"]
PROFILES: tuple[ProfileName, ...] = ("smoke", "quick", "paper")
LOOKS = (5, 8, 12, 20)  # the numbers of seeds at which verdicts may be given
TUNING_SEEDS = 1000  # trials take seeds from here on: final seeds, 0 to 19, are fresh
SOURCE_SEEDS = 100_000  # and sources: new layers must not begin as those of the source began


class Profile(Spec):
    """How big: what all experiments of a suite share when they run at this size.

    `network` is the model of the experiments that name none; `model` holds options for all models that
    have such an option.
    """

    data: Data = Data()
    network: Named | None = None
    model: Options = Field(default_factory=FrozenDict)
    recipe: Recipe
    augment: tuple[Named, ...] | None = None  # in place of the suite's, where sizes differ
    tuning: Tuning | None = None
    seeds: int = Field(default=LOOKS[0], ge=1, le=LOOKS[-1])
    stand_in: bool = True  # may `shapes` stand in where the suite's data set cannot be had?

    @model_validator(mode="after")
    def _firewall(self) -> Self:
        if self.tuning and not self.data.validation:
            raise ValueError("tuning needs a validation split; with validation=0 leave tuning out")
        for name in self.tuning.space if self.tuning else ():
            if "." in name:
                raise ValueError(f"space: {name!r} belongs into the space of an experiment that has it")
        return self


class Experiment(Spec):
    """One contender. What it does not say itself it has from the profile; the id derives from it.

    `space` is what tuning tries beside the profile's: recipe fields, `METHOD.OPTION` for an option that
    one of its own augmentations has (`rotation.degrees`), or `start.share`. `predict` is what its final
    runs keep. A source may have a data set of its own (`dataset`), or be a file of weights, which nobody
    trains here: `weights="mine"` is `DATA/mine.pt`, `imagenet-MODEL` torchvision's. With `probe` nothing is
    trained.
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


class Claim(Spec):
    """A sentence about experiments. Its kinds (order, difference, …) stand in `bench.claims`."""

    id: str
    text: str
    said: str = ""  # what the lecture or paper prints
    source: str = ""  # where it prints it

    def experiments(self) -> tuple[str, ...]:
        """The ids of all experiments (or counted networks) that the claim speaks of."""
        raise NotImplementedError


class Reference(Spec):
    """A published number for one experiment, in the units of the metric.

    `data` names the data set that it was measured on where that is not the suite's. Status: F found in
    the source named, F2 in a secondary source, M from memory (never shown).
    """

    experiment: str
    metric: str
    value: float
    paper: str
    where: str
    data: str | None = None
    statistic: Literal["mean", "median", "best", "single"]
    n: int = Field(default=1, ge=1)
    spread: float | None = None
    status: Literal["F", "F2", "M"]


class Suite(Spec):
    """A question as data: experiments, claims and profiles. `name` is the file's, set on loading.

    A suite that only counts has `networks`, and neither experiments nor data nor profiles. `sources` are
    trained for experiments to start from: untuned, once for each seed, and no contenders themselves.
    """

    title: str
    question: str
    data: str = ""
    experiments: tuple[Experiment, ...] = ()
    sources: tuple[Experiment, ...] = ()
    networks: tuple[Network, ...] = ()
    ensembles: tuple[Ensemble, ...] = ()
    profiles: Table[Profile] = Field(default_factory=FrozenDict)
    augment: tuple[Named, ...] = ()
    claims: tuple[SerializeAsAny[Claim], ...] = ()
    references: tuple[Reference, ...] = ()
    name: str = ""
    expectations: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.experiments and not self.networks:
            raise ValueError("a suite needs experiments (or networks to count)")
        if self.experiments and not (self.data and self.profiles):
            raise ValueError("experiments need a data set (`data`) and profiles")
        for name, profile in self.profiles.items():
            for one in (*self.standing(name), *self.needed(name)):
                if not one.model and not profile.network:
                    raise ValueError(f"{name}: {one.id!r} has no model, and the profile no network")
            sizes = {len(one.space) for one in self.standing(name)}
            if profile.tuning and len(sizes) > 1:
                raise ValueError(
                    f"{name}: budgets must be equal, but spaces have {sizes} settings of their own"
                )
        trained = [one.id for one in self.experiments]
        sources = [one.id for one in self.sources]
        begun = (one for one in self.experiments if one.start)
        _all_known((one.start.source for one in begun if one.start), sources, "an experiment's start")
        if any(one.start or one.probe for one in self.sources):
            raise ValueError("a source starts from nothing, and is no probe")
        for one in (one for one in self.experiments if one.dataset or one.weights):
            raise ValueError(f"experiment {one.id!r}: only sources have a data set or weights of their own")
        for name, profile in self.profiles.items():
            if profile.tuning and any(one.probe for one in self.standing(name)):
                raise ValueError(f"{name}: a probe chooses its strength itself; leave tuning out")
        for ensemble in self.ensembles:
            _all_known(ensemble.of, trained, f"ensemble {ensemble.id!r}")
        for name, profile in self.profiles.items():
            for ensemble in self.averaged(name):
                for one in (one for one in self.standing(name) if one.id in ensemble.of):
                    lacking = ensemble.lacking(one.predict, profile.recipe.replace(**one.recipe))
                    if lacking:
                        raise ValueError(f"ensemble {ensemble.id!r}: experiment {one.id!r} needs {lacking}")
        ids = [*trained, *(one.id for one in self.networks), *(one.id for one in self.ensembles)]
        for kind, names in (("experiment", ids + sources), ("claim", [claim.id for claim in self.claims])):
            for name in {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{kind} id {name!r} stands twice")
        for name in self.profiles:
            if name not in PROFILES:
                raise ValueError(f"unknown profile {name!r}: {suggest(name, PROFILES)}")
        for claim in self.claims:
            _all_known(claim.experiments(), ids, f"claim {claim.id!r}")
        _all_known((reference.experiment for reference in self.references), ids, "a reference")
        return self

    @property
    def hash(self) -> str:
        """What was declared beforehand: experiments, profiles, claims with their directions, looks."""
        told = self.model_copy(update={"name": "", "expectations": ""}).canonical()
        return digest(f"{told}{LOOKS}")

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises UserError with what there is.

        Where nothing is trained, all sizes are the same, and any profile will do.
        """
        if not self.experiments and name in PROFILES:
            return Profile(recipe=Recipe(epochs=1))
        known = self.profiles or PROFILES
        if name not in known:
            raise UserError(f"suite {self.name!r} has no profile {name!r}: {suggest(name, known)}")
        return self.profiles[name]

    def standing(self, profile: str) -> tuple[Experiment, ...]:
        """The experiments that stand in a profile."""
        return tuple(one for one in self.experiments if profile in one.profiles)

    def needed(self, profile: str) -> tuple[Experiment, ...]:
        """The sources that a profile's experiments start from."""
        names = {one.start.source for one in self.standing(profile) if one.start}
        return tuple(one for one in self.sources if one.id in names)

    def averaged(self, profile: str) -> tuple[Ensemble, ...]:
        """The ensembles of a profile: all their experiments stand in it."""
        ids = {one.id for one in self.standing(profile)}
        return tuple(one for one in self.ensembles if ids.issuperset(one.of))

    def decided(self, profile: str) -> tuple[Claim, ...]:
        """The claims that a profile can decide: all their experiments stand in it."""
        ids = {*(one.id for one in self.standing(profile)), *(one.id for one in self.networks)}
        ids |= {one.id for one in self.averaged(profile)}
        return tuple(claim for claim in self.claims if ids.issuperset(claim.experiments()))


def _all_known(names: Iterable[str], known: list[str], who: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{who} names an unknown experiment {name!r}: {suggest(name, known)}")


def resolve(
    suite: Suite,
    profile: Profile,
    experiment: Experiment,
    data: str,
    fingerprint: str,
    seed: int = 0,
) -> RunSpec:
    """What one run of an experiment is at a profile's size, on the data set with that fingerprint."""
    choices = (experiment.augment, profile.augment, suite.augment)
    model = experiment.model or profile.network
    assert model is not None  # a suite is validated
    return RunSpec(
        model=model.replace(options={**profile.model, **model.options}),
        data=DataUse(name=data, fingerprint=fingerprint, **{**dict(profile.data), **experiment.data}),
        augment=next(choice for choice in choices if choice is not None),
        recipe=profile.recipe.replace(**experiment.recipe),
        seed=seed,
        predict=experiment.predict,
        start=experiment.start and experiment.start.start(),
        probe=experiment.probe,
    )
