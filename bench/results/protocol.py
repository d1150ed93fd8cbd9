"""What differs between a profile and the published protocol, read off the specifications."""

from collections.abc import Sequence, Set
from typing import Any

from bench import models
from bench.results.settings import flat
from bench.spec import Experiment, RunSpec, Suite, resolve

_REFERENCE = "paper"
_PAPERS = "fp32"  # the precision of all papers that are quoted
_NO_PROTOCOL = {"seed", "data.name", "data.fingerprint", "data.seed"}
_SHOWN = {  # in words, and first; whatever else differs follows under its own name
    "data.train": "training images",
    "data.validation": "validation images held out",
    "data.size": "image size (pixels)",
    "model.name": "network",
    "model.options.width": "width of the first stage",
    "model.options.scale": "widths, as a share of the family's",
    "model.options.batch_norm": "batch norm (VGG)",
    "model.options.dropout": "dropout on dense layers",
    "model.options.lrn": "local response normalization",
    "steps": "training steps",
    "recipe.epochs": "epochs",
    "recipe.batch_size": "batch size",
    "recipe.lr": "learning rate",
    "recipe.weight_decay": "weight decay",
    "recipe.schedule": "learning-rate schedule",
    "recipe.milestones": "milestones (shares of the training)",
    "recipe.decay": "rate divided by, at each",
    "recipe.precision": "precision",
    "augment": "augmentation",
}
_SCHEDULES = {"recipe.milestones": {"step"}, "recipe.decay": {"step", "plateau"}}  # those that have it
_PRECISIONS = {"bf16": "bf16 (float32 on cores without it)", "fp32": "float32"}
_UNSAID = {"data.train": "all", "data.size": "as published", "model.": "the family's own"}


def differences(suite: Suite, profile_name: str, images: int = 0, size: int = 0) -> list[dict[str, str]]:
    """Rows of (what, here, published) where a profile departs from what was published.

    Read off the first network that is trained in the suite's paper profile too (where none is, off the first
    of each), and what others have of their own. That profile itself differs in precision, and where it
    tunes. `images` and `size` (pixels a side) are those of the whole data set, where they are known.
    """
    if _REFERENCE not in suite.profiles:
        return []
    standing, published = suite.standing(profile_name), suite.standing(_REFERENCE)
    if not standing or not published:
        return []
    first = _trained([one for one in standing if _REFERENCE in one.profiles] or standing)
    other = first if _REFERENCE in first.profiles else _trained(published)
    own = []
    if profile_name != _REFERENCE:
        own = _departures(suite, profile_name, first, other, images, size)
        own += _of_some(suite, profile_name, [one for one in standing if one is not first], other)
    precision = resolve(suite, suite.profiles[profile_name], first, suite.data, "").recipe.precision
    if precision != _PAPERS:
        said = {"here": _PRECISIONS[precision], "published": _PRECISIONS[_PAPERS]}
        own.append({"what": _SHOWN["recipe.precision"], **said})
    return own + _tuned(suite, profile_name)


def _trained(experiments: Sequence[Experiment]) -> Experiment:
    """The first that trains a network; the first of all where none does."""
    return next((one for one in experiments if not one.probe), experiments[0])


def _departures(
    suite: Suite, profile_name: str, experiment: Experiment, published: Experiment, images: int, size: int
) -> list[dict[str, str]]:
    """Where a profile's specification of an experiment differs from the paper profile's of another."""
    here, there = (
        _said(resolve(suite, suite.profiles[name], one, suite.data, ""), images, size)
        for name, one in ((profile_name, experiment), (_REFERENCE, published))
    )
    others = sorted((here.keys() | there.keys()) - _SHOWN.keys() - _NO_PROTOCOL)
    words = {**_SHOWN, **{name: name.replace(".", ", ").replace("_", " ") for name in others}}
    words.pop("recipe.precision")  # which is that of the papers, not of the paper profile
    for name in {*_searched(suite, profile_name), *_searched(suite, _REFERENCE)}:  # told by themselves
        words.pop(f"recipe.{name}", None)
    networks = {str(spec["model.name"]) for spec in (here, there) if "model.name" in spec}
    return [
        {"what": what, "here": _say(name, here), "published": _say(name, there)}
        for name, what in words.items()
        if here.get(name) != there.get(name) and _of_all(name, networks)
    ]


def _of_some(
    suite: Suite, profile_name: str, others: Sequence[Experiment], published: Experiment
) -> list[dict[str, str]]:
    """Settings of their own that further experiments have, where the paper profile has them otherwise."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one in others:
        there = one if _REFERENCE in one.profiles else published
        here, said = (
            flat(resolve(suite, suite.profiles[name], of, suite.data, "").model_dump(mode="json"))
            for name, of in ((profile_name, one), (_REFERENCE, there))
        )
        for name in (f"recipe.{own}" for own in one.recipe):
            if here.get(name) != said.get(name):
                told = _SHOWN.get(name, name), _say(name, here), _say(name, said)
                rows.setdefault(told, []).append(one.id)
    return [
        {"what": f"{what} of {', '.join(names)}", "here": own, "published": other}
        for (what, own, other), names in rows.items()
    ]


def _of_all(setting: str, networks: Set[str]) -> bool:
    """Whether a setting is none of a network's options, or one that all of the networks have."""
    option = setting.removeprefix("model.options.")
    return option == setting or all(option in models.member(name).options() for name in networks)


def _said(spec: RunSpec, images: int, size: int) -> dict[str, Any]:
    """A specification by dotted names, with numbers where it means all of the data set, and its steps.

    Half of the classes are taken for half of the images.
    """
    found = flat(spec.model_dump(mode="json"))
    for name, schedules in _SCHEDULES.items():
        if spec.recipe.schedule not in schedules:
            del found[name]
    if not images or spec.probe:
        return found
    there = images // 2 if spec.data.half else images
    train = spec.data.train or there - spec.data.validation
    steps = spec.recipe.epochs * (train // spec.recipe.batch_size)
    return {**found, "data.train": train, "data.size": spec.data.size or size, "steps": steps}


def _tuned(suite: Suite, profile_name: str) -> list[dict[str, str]]:
    """What a profile tunes, and the paper profile, strengths of augmentations and shares included."""
    if not (suite.profiles[profile_name].tuning or suite.profiles[_REFERENCE].tuning):
        return []
    here = _chosen(suite, profile_name, "none")
    there = (
        "the authors' own" if profile_name == _REFERENCE else _chosen(suite, _REFERENCE, "none: as published")
    )
    return [] if here == there else [{"what": "chosen settings", "here": here, "published": there}]


def _chosen(suite: Suite, profile_name: str, none: str) -> str:
    """What a profile tunes, and with how many trials."""
    if not (tuning := suite.profiles[profile_name].tuning):
        return none
    space = ", ".join(_searched(suite, profile_name))
    return f"{space}: best of {tuning.trials} trials of {tuning.epochs} epochs a seed, on validation images"


def _searched(suite: Suite, profile_name: str) -> list[str]:
    """The settings that a profile searches, for all experiments and for some."""
    tuning = suite.profiles[profile_name].tuning
    own = dict.fromkeys(name for one in suite.standing(profile_name) for name in one.space)
    return list({**dict.fromkeys(tuning.space), **own}) if tuning else []


def _say(name: str, values: dict[str, Any]) -> str:
    value = values.get(name)
    if value is None:
        return next((said for start, said in _UNSAID.items() if name.startswith(start)), "none")
    if name == "augment":
        return (
            ", ".join(
                one["name"] + "".join(f" {option}={v}" for option, v in one["options"].items())
                for one in value
            )
            or "none"
        )
    if name == "recipe.precision":
        return _PRECISIONS[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
