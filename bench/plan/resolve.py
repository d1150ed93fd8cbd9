"""From an experiment of a suite to a planned one, checked against models, data and what it begins with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench import models
from bench.common.errors import UserError, suggest
from bench.data.checkpoints import as_named_by, find_weights
from bench.data.sets import ImageSet
from bench.data.split import choose, halves
from bench.models.counts import Counted
from bench.plan.check import check_augmentation, counted, counted_network
from bench.plan.planned import PlannedExperiment, shortened_search
from bench.plan.pretrained import PretrainedWeights
from bench.spec import Experiment, Network, Profile, RunSpec, Suite, resolve
from bench.spec.base import Named, digest
from bench.spec.seeds import SeedNumbers
from bench.train.measures import find
from bench.train.sources import code_of
from bench.train.tasks import Task, task_of
from bench.train.transfer import to_copy


def given(
    profile: Profile, experiment: Experiment, data_dir: Path, say: Callable[[str], None]
) -> PretrainedWeights:
    """The weights of a source that is a file, by the names that its network has for them."""
    state, sha256 = find_weights(experiment.weights, data_dir, say)
    model = experiment.model or profile.network
    assert model is not None  # a suite is validated
    family = models.member(model.name)
    own = _own_options(model.replace(options={**profile.model, **model.options}), family, profile)
    key = digest(f"{sha256} {own}")
    return PretrainedWeights(
        experiment.id, experiment.weights, sha256, key, as_named_by(_outline(own, 3), state)
    )


def planned(
    suite: Suite,
    profile: Profile,
    experiment: Experiment,
    images: ImageSet,
    seeds: Iterable[int],
    numbers: SeedNumbers,
    sources: Mapping[str, PlannedExperiment | PretrainedWeights] | None = None,
) -> PlannedExperiment:
    """An experiment, planned; without `sources` it is one itself."""
    spec = resolve(suite, profile, experiment, images.name, images.fingerprint)
    begins_with = experiment.start.source if experiment.start else experiment.of
    source = sources[begins_with] if sources is not None and begins_with else None
    try:
        if spec.model:
            spec = spec.replace(model=_own_options(spec.model, models.member(spec.model.name), profile))
        task, channels = task_of(spec), spec.data.channels or images.channels
        classes, chosen = _seen(spec, images)
        size = (spec.data.size, spec.data.size) if spec.data.size else images.size
        counts = _counts(spec, task.outputs(classes), channels, size)
        check_augmentation(spec, experiment.space, channels, size)
        if task.trains and len(chosen) < spec.recipe.batch_size:
            raise UserError(
                f"batches of {spec.recipe.batch_size} are larger than the {len(chosen)} training images"
            )
        _weights_fit(spec, channels, source, task)
        code = code_of(spec)
    except UserError as error:
        raise UserError(f"{suite.name}, experiment {experiment.id}: {error}") from error
    made = PlannedExperiment(
        experiment=experiment,
        spec=spec,
        tuning=None,
        seeds=tuple(seeds),
        numbers=numbers,
        counts=counts,
        code=code,
        images=len(chosen),
        classes=len(images.classes),
        channels=channels,
        source=source,
        phase="final" if sources is not None else "source",
    )
    if not profile.tuning or spec.look:
        return made
    share = spec.recipe.epochs / profile.recipe.epochs
    search = profile.tuning.replace(space={**profile.tuning.space, **experiment.space})
    return replace(made, tuning=shortened_search(search, share, spec.recipe.cycles))


def _seen(spec: RunSpec, images: ImageSet) -> tuple[int, NDArray[np.int64]]:
    """How many classes a run sees, and where its training images stand. Raises UserError as `choose` does."""
    classes, labels = len(images.classes), images.y_train
    if spec.data.half:
        one_half = halves(classes, 0)[spec.data.half]
        classes, labels = len(one_half), labels[np.isin(labels, one_half)]
    _divides(images.size, spec.data.size)
    return classes, choose(labels, spec.data)[0]


def _counts(spec: RunSpec, outputs: int, channels: int, size: tuple[int, int]) -> Mapping[str, int]:
    """Exact counts of a run's network; nothing costs nothing."""
    if spec.model is None:
        return {"parameters": 0, "macs": 0}
    return counted(spec.model, classes=outputs, channels=channels, size=size).counts


def _weights_fit(
    spec: RunSpec, channels: int, source: PlannedExperiment | PretrainedWeights | None, task: Task
) -> None:
    """Raises UserError where layers to begin with are not there, do not fit, or the task won't do."""
    if spec.model is None:
        return
    if spec.start and source:
        if isinstance(source, PretrainedWeights):
            state = source.state
        else:
            assert source.spec.model is not None
            state = _outline(source.spec.model, source.channels).state_dict()
        to_copy(_outline(spec.model, channels), spec.start, state)
    task.check(_outline(spec.model, channels))
    for name in spec.measures or ():
        find("epoch", name)


def _outline(model: Named, channels: int) -> torch.nn.Module:
    """A network without values, for the names and shapes of its layers."""
    with torch.device("meta"):
        return models.build(model.name, num_classes=2, in_channels=channels, **model.options)


def _own_options(model: Named, family: models.Member, profile: Profile) -> Named:
    """The model by its proper name, with those of the profile's options that it has."""
    shared = set(profile.model) - set(family.options())
    options = {name: value for name, value in model.options.items() if name not in shared}
    return Named(name=family.name, options=options)


def known_options(suite: Suite, profile_name: str) -> None:
    """Raises UserError for an option of a profile that no model has which it trains, asked for now or not."""
    profile = suite.profiles[profile_name]
    chosen = [one.model or profile.network for one in suite.standing(profile_name)]
    known = {option for model in chosen if model for option in models.member(model.name).options()}
    for name in profile.model:
        if name not in known:
            raise UserError(f"{suite.name}: no model has the option {name!r}: {suggest(name, known)}")


def network_counts(suite: Suite, network: Network) -> Counted:
    """Exact counts of a network that is never trained. Raises UserError where it cannot be made."""
    try:
        return counted_network(network)
    except UserError as error:
        raise UserError(f"{suite.name}, network {network.id}: {error}") from error


def _divides(own: tuple[int, int], size: int | None) -> None:
    if size and (own[0] != own[1] or own[0] % size):
        raise UserError(f"images of {own[1]}×{own[0]} pixels cannot be shrunk to {size}×{size}")
