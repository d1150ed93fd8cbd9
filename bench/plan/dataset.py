"""What a plan must know of the suite's data set, and where the set comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.common.bits import classes_packed
from bench.common.errors import UserError, nearest
from bench.data import load
from bench.data.sets import STAND_IN, ImageSet, NotThere
from bench.data.vision import DOWNLOADS, fetch
from bench.spec import Suite


@dataclass(frozen=True)
class DataSummary:
    """What is to be known of the data set without holding it."""

    name: str
    asked: str  # what the suite asked for; another name where a stand-in is used
    fingerprint: str
    provenance: str
    classes: int
    channels: int
    size: tuple[int, int]
    train: int
    test: int
    test_by_class: tuple[int, ...] = ()  # the test images of each class
    test_classes: str = ""  # the class of each test image, packed, where classes have unequally many


NO_DATA = DataSummary(
    name="no data",
    asked="no data",
    fingerprint="",
    provenance="none: counts are exact arithmetic on architectures, without images, training or seeds",
    classes=0,
    channels=0,
    size=(0, 0),
    train=0,
    test=0,
)


def find_data(
    suite: Suite, name: str, profile_name: str, data_dir: Path, say: Callable[[str], None]
) -> ImageSet:
    """A data set of the suite: from the data folder, by download, or by `shapes` standing in.

    Raises UserError where none may stand in, and where the name is near another's: that one was meant.
    """
    try:
        return load(name, data_dir)
    except NotThere as not_there:
        missing: UserError = not_there
    there = [path.stem for path in data_dir.glob("*") if path.suffix == ".npz" or path.is_dir()]
    if name not in DOWNLOADS and (near := nearest(name, [*DOWNLOADS, STAND_IN, *there])):
        raise UserError(f"{missing}: did you mean {near!r}?")
    if name in DOWNLOADS:
        say(f"{name} is not in {data_dir}; downloading it")
        try:
            fetch(name, data_dir)
            return load(name, data_dir)
        except UserError as error:
            missing = error
    profile = suite.profile(profile_name)
    why_not = "" if profile.stand_in else "takes no stand-in"
    if not why_not:
        images = load(STAND_IN, data_dir)
        if (profile.data.train or 1) + profile.data.validation > len(images.y_train):
            why_not = f"asks for more images than the stand-in {STAND_IN!r} has"
    if why_not:
        raise UserError(
            f"{missing}. The {profile_name} profile {why_not}: put {name}.npz into "
            f"{data_dir.resolve()} (README: own data), or name the folder with DATA=dir"
        )
    say(f"{missing}. The embedded data set {STAND_IN!r} stands in: synthetic, not {name}")
    return images


def summary_of(images: ImageSet, asked: str) -> DataSummary:
    """What is to be known of a data set that stands for the one asked for."""
    by_class = tuple(np.bincount(images.y_test, minlength=len(images.classes)).tolist())
    return DataSummary(
        name=images.name,
        asked=asked,
        fingerprint=images.fingerprint,
        provenance=images.provenance,
        classes=len(images.classes),
        channels=images.channels,
        size=images.size,
        train=len(images.y_train),
        test=len(images.y_test),
        test_by_class=by_class,
        test_classes=classes_packed(images.y_test) if len({*by_class}) > 1 else "",
    )
