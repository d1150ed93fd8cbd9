"""A suite: a question with its experiments, claims and profiles, validated whole.

Nothing here imports torch, ray, mlflow or anything of the bench above it, so that a suite file loads in
milliseconds. Errors of all kinds are in per cent, as the papers print them.
"""

from collections.abc import Iterable
from typing import Self

from pydantic import Field, SerializeAsAny, ValidationError, model_validator

from bench.common.errors import UserError, suggest
from bench.common.files import usable_as_file
from bench.spec.base import FrozenDict, Named, Spec, Table, describe, digest
from bench.spec.claim import Claim, Reference
from bench.spec.ensemble import Ensemble
from bench.spec.experiment import Experiment, Network
from bench.spec.figure import Figure
from bench.spec.profile import LOOKS, PROFILES, Profile
from bench.spec.recipe import Recipe
from bench.spec.run import DataUse, RunSpec, try_space

# what a look has of its own; all else is of the run that it looks at
LOOKED = ("look", "task", "predict", "start", "measures", "keep")


class Suite(Spec):
    """A question as data: experiments, claims and profiles. `name` is the file's, set on loading.

    A suite that only counts has `networks`, and neither experiments nor data nor profiles. `sources` are
    trained for experiments to start from: untuned, once for each seed, and are not compared themselves.
    `figures` are the report's, in its order; without them it has those that suit any suite.
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
    figures: tuple[SerializeAsAny[Figure], ...] | None = None
    name: str = ""
    expectations: str = ""

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if not self.experiments and not self.networks:
            raise ValueError("a suite needs experiments (or networks to count)")
        if self.experiments and not (self.data and self.profiles):
            raise ValueError("experiments need a data set (`data`) and profiles")
        for name, profile in self.profiles.items():
            if name not in PROFILES:
                raise ValueError(f"unknown profile {name!r}: {suggest(name, PROFILES)}")
            for one in (*self.standing(name), *self.needed(name)):
                if one.look or (one.probe and one.probe.features):
                    continue  # has no network of its own
                if not one.model and not profile.network:
                    raise ValueError(f"{name}: {one.id!r} has no model, and the profile no network")
            sizes = {len(one.space) for one in self.standing(name) if not one.look}
            if profile.tuning and len(sizes) > 1:
                raise ValueError(
                    f"{name}: budgets must be equal, but spaces have {sizes} settings of their own"
                )
        return self

    @model_validator(mode="after")
    def _resolvable(self) -> Self:
        """Whatever a profile and an experiment say together must be a run, tuned or not."""
        for name, profile in self.profiles.items():
            for one in (*self.standing(name), *self.needed(name)):
                try:
                    spec = resolve(self, profile, one, one.dataset or self.data, "")
                    try_space(spec, {**(profile.tuning.space if profile.tuning else {}), **one.space})
                except ValueError as error:  # pydantic's are among them
                    raise ValueError(f"profile {name!r}, experiment {one.id!r}: {_told(error)}") from error
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        trained = [one.id for one in self.experiments]
        sources = [one.id for one in self.sources]
        begun = (one for one in self.experiments if one.start)
        _all_known((one.start.source for one in begun if one.start), sources, "an experiment's start")
        if any(one.start or one.probe or one.look for one in self.sources):
            raise ValueError("a source starts from nothing, and is no probe or look")
        trains = [one.id for one in (*self.experiments, *self.sources) if not (one.look or one.probe)]
        _all_known((one.of for one in self.experiments if one.look), trains, "a look")
        for name in self.profiles:
            there = [*(one.id for one in self.standing(name)), *sources]
            _all_known((one.of for one in self.standing(name) if one.look), there, f"{name}: a look")
        for one in (one for one in self.experiments if one.dataset or one.weights):
            raise ValueError(f"experiment {one.id!r}: only sources have a data set or weights of their own")
        for name, profile in self.profiles.items():
            if profile.tuning and any(one.probe for one in self.standing(name)):
                raise ValueError(f"{name}: a probe chooses its strength itself; leave tuning out")
        for name, profile in self.profiles.items():
            _all_known(profile.edges or (), [one.id for one in self.standing(name)], f"{name}: edges")
        for ensemble in self.ensembles:
            _all_known(ensemble.of, trained, f"ensemble {ensemble.id!r}")
        for name, profile in self.profiles.items():
            for ensemble in self.averaged(name):
                for one in (one for one in self.standing(name) if one.id in ensemble.of):
                    lacking = ensemble.lacking(one.predict, profile.recipe.replace(**one.recipe))
                    if lacking:
                        raise ValueError(f"ensemble {ensemble.id!r}: experiment {one.id!r} needs {lacking}")
        ids = [*trained, *(one.id for one in self.networks), *(one.id for one in self.ensembles)]
        figures = self.figures or ()
        for kind, names in (
            ("experiment id", ids + sources),
            ("claim id", [claim.id for claim in self.claims]),
            ("figure name", [one.file_name for one in figures]),
        ):
            for name in {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{kind} {name!r} stands twice")
            for name in (name for name in names if not usable_as_file(name)):
                raise ValueError(f"{kind} {name!r} cannot be a file's name: leave out slashes, a first dot")
        for claim in self.claims:
            _all_known(claim.experiments(), ids, f"claim {claim.id!r}")
        for figure in figures:
            _all_known(figure.experiments(), ids, f"figure {figure.file_name!r}")
        _all_known((reference.experiment for reference in self.references), ids, "a reference")
        return self

    @property
    def hash(self) -> str:
        """What was declared beforehand: experiments, profiles, claims with their directions, looks."""
        told = self.model_copy(update={"name": "", "expectations": "", "figures": None}).canonical()
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

    def named(self, name: str) -> Experiment:
        """The experiment or source of that id. Raises ValueError with the nearest if there is none."""
        known = {one.id: one for one in (*self.experiments, *self.sources)}
        _all_known([name], list(known), "a look")
        return known[name]

    def standing(self, profile: str) -> tuple[Experiment, ...]:
        """The experiments that stand in a profile."""
        return tuple(one for one in self.experiments if profile in one.profiles)

    def needed(self, profile: str) -> tuple[Experiment, ...]:
        """The sources that a profile's experiments start from."""
        standing = self.standing(profile)
        names = {one.start.source for one in standing if one.start} | {one.of for one in standing if one.look}
        return tuple(one for one in self.sources if one.id in names)

    def averaged(self, profile: str) -> tuple[Ensemble, ...]:
        """The ensembles of a profile: all their experiments stand in it."""
        ids = {one.id for one in self.standing(profile)}
        return tuple(one for one in self.ensembles if ids.issuperset(one.of))

    def decided(self, profile: str) -> tuple[Claim, ...]:
        """The claims that a profile asks about: it is fair to them, and all their experiments stand in it."""
        ids = {*(one.id for one in self.standing(profile)), *(one.id for one in self.networks)}
        ids |= {one.id for one in self.averaged(profile)}
        return tuple(
            claim
            for claim in self.claims
            if ids.issuperset(claim.experiments()) and (claim.profiles is None or profile in claim.profiles)
        )


def _all_known(names: Iterable[str], known: list[str], who: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{who} names an unknown experiment {name!r}: {suggest(name, known)}")


def _told(error: ValueError) -> str:
    """What is wrong with a run, named as a suite's author names it."""
    fields = {"Recipe": "recipe", "DataUse": "data", "Start": "start"}
    if isinstance(error, ValidationError):
        return describe(error, fields.get(error.title, ""))
    return str(error)


def resolve(
    suite: Suite,
    profile: Profile,
    experiment: Experiment,
    data: str,
    fingerprint: str,
    seed: int = 0,
) -> RunSpec:
    """What one run of an experiment is at a profile's size, on the data set with that fingerprint.

    A look is what it looks at, but for what is done with it.
    """
    if experiment.look:
        looked_at = suite.named(experiment.of)
        spec = resolve(suite, profile, looked_at, data, fingerprint, seed)
        return spec.replace(**{name: getattr(experiment, name) for name in LOOKED}, of="")
    choices = (experiment.augment, profile.augment, suite.augment)
    model = experiment.model or profile.network
    needs_none = experiment.probe is not None and experiment.probe.features is not None
    return RunSpec(
        model=None if needs_none or not model else model.replace(options={**profile.model, **model.options}),
        data=DataUse(name=data, fingerprint=fingerprint, **{**dict(profile.data), **experiment.data}),
        augment=next(choice for choice in choices if choice is not None),
        recipe=profile.recipe.replace(**experiment.recipe),
        seed=seed,
        predict=experiment.predict,
        start=experiment.start and experiment.start.start(),
        probe=experiment.probe,
        task=experiment.task,
        measures=experiment.measures,
        keep=experiment.keep,
    )
