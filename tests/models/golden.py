"""Golden counts of every model. Write them anew, and look at the difference, with

.venv/bin/python -m tests.models.golden
"""

import csv
from pathlib import Path

from bench import models
from bench.models.counts import count
from bench.spec.base import Named

PATH = Path(__file__).parent / "golden.csv"
QUANTITIES = ("depth", "parameters", "macs", "activations", "receptive_field", "output_size", "unused_pixels")
SMALL = 32


def forms() -> list[tuple[str, str]]:
    """(model, form) of all models by their proper names: as published, and for 32×32 pixels."""
    found = []
    for name, member in sorted(models.members().items()):
        if name != member.name or "tests" in member.build.__module__:
            continue
        size = member.published("input_size")
        found.append((name, "published"))
        if size and size != SMALL:
            found.append((name, "small"))
    return found


def counted(name: str, form: str) -> dict[str, int | str]:
    """The golden row of a form: ImageNet's 1000 classes where it is published so, else CIFAR-10's 10."""
    member = models.member(name)
    size = SMALL if form == "small" else member.published("input_size") or SMALL
    classes = 10 if size <= SMALL else 1000
    options = {"input_size": SMALL} if form == "small" else {}
    found = count(
        Named(name=name, options=options),
        num_classes=classes,
        in_channels=member.published("in_channels"),
        size=(size, size),
    )
    shape = "×".join(map(str, found.layers[-1].output))
    return {
        "model": name,
        "form": form,
        "output": shape,
        **{quantity: found.counts[quantity] for quantity in QUANTITIES},
    }


def read() -> dict[tuple[str, str], dict[str, str]]:
    """The golden rows by (model, form)."""
    with PATH.open(newline="") as file:
        return {(row["model"], row["form"]): row for row in csv.DictReader(file)}


if __name__ == "__main__":
    rows = [counted(*form) for form in forms()]
    with PATH.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
