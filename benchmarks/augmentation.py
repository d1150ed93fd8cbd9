"""Images a second of each augmentation against torchvision's pipeline, image by image.

    .venv/bin/python -m benchmarks.augmentation [--json FILE]

One thread, batches of 128 colour images of 32×32 pixels; both sides take turns, and the table gives
medians, with the quartiles of the rounds' ratios. torchvision's v2 transforms get the tensors that ours
get, one image at a time, as in a loader; and, for the last column, the whole batch at once, which draws one
crop or one angle for all 128 images and so is not the same augmentation.
"""

import argparse
import json
import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import torch
import torchvision
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torchvision.transforms import InterpolationMode, v2

from bench.data.augment import Draw, compose
from bench.spec.base import Named

BATCH, SIDE, ROUNDS = 128, 32, 25
BILINEAR = InterpolationMode.BILINEAR
MEAN, STD = (125.3, 123.0, 113.9), (63.0, 62.1, 66.7)  # CIFAR-10's

# our steps: torchvision's transform of the same kind and strength
PAIRS: dict[str, tuple[tuple[str, ...], Callable[[Tensor], Tensor]]] = {
    "crop, flip, normalise": (
        ("crop", "flip", "normalise"),
        v2.Compose(
            [
                v2.RandomCrop(SIDE, padding=4),
                v2.RandomHorizontalFlip(),
                v2.ToDtype(torch.float32),
                v2.Normalize(MEAN, STD),
            ]
        ),
    ),
    "flip": (("flip",), v2.RandomHorizontalFlip()),
    "crop": (("crop",), v2.RandomCrop(SIDE, padding=4)),
    "resized-crop": (("resized-crop",), v2.RandomResizedCrop(SIDE, scale=(0.3, 1.0), antialias=True)),
    "rotation": (("rotation",), v2.RandomRotation(15, interpolation=BILINEAR)),
    "shear": (("shear",), v2.RandomAffine(0, shear=(-15, 15, -15, 15), interpolation=BILINEAR)),
    "affine": (
        ("affine",),
        v2.RandomAffine(15, (0.1, 0.1), (0.9, 1.1), (-10, 10, -10, 10), interpolation=BILINEAR),
    ),
    "elastic": (("elastic",), v2.ElasticTransform(alpha=20.0, sigma=4.0)),
    "brightness": (("brightness",), v2.ColorJitter(brightness=0.4)),
    "contrast": (("contrast",), v2.ColorJitter(contrast=0.4)),
    "saturation": (("saturation",), v2.ColorJitter(saturation=0.4)),
    "hue": (("hue",), v2.ColorJitter(hue=0.1)),
    "grayscale": (("grayscale",), v2.RandomGrayscale(0.2)),
    "blur": (("blur",), v2.GaussianBlur(5, (0.1, 1.0))),
    "cutout": (("cutout",), v2.RandomErasing(1.0, scale=(0.25, 0.25), ratio=(1.0, 1.0))),
    "rand-augment": (("rand-augment",), v2.RandAugment(interpolation=BILINEAR)),
    "trivial-augment": (("trivial-augment",), v2.TrivialAugmentWide(interpolation=BILINEAR)),
}
ONLY_OURS = ("half-turn", "rgb-shift", "pca-colour", "mixup", "cutmix")


def ours(steps: tuple[str, ...], draw: Draw) -> Callable[[Tensor], object]:
    """Our steps on a batch; "normalise" is what the engine does when it feeds a network."""
    augment = compose([Named(name=name) for name in steps if name != "normalise"])
    mean, std = torch.tensor(MEAN).view(-1, 1, 1), torch.tensor(STD).view(-1, 1, 1)

    def run(images: Tensor) -> object:
        made, _ = augment(images, draw)
        return (made - mean) / std if "normalise" in steps else made

    return run


def seconds(run: Callable[[Tensor], object], images: Tensor) -> float:
    """Wall-clock seconds of one call."""
    began = perf_counter()
    run(images)
    return perf_counter() - began


def measure() -> list[dict[str, float | str]]:
    """A row a method."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (BATCH, SIDE, SIDE, 3), generator=generator).to(torch.uint8)
    x = x.permute(0, 3, 1, 2)
    draw = Draw(generator, torch.tensor(MEAN), lambda: 40 * torch.eye(3))
    rows: list[dict[str, float | str]] = []
    for name, (steps, transform) in [*PAIRS.items(), *((one, ((one,), None)) for one in ONLY_OURS)]:
        batched = ours(steps, draw)

        def one_by_one(images: Tensor, transform: Callable[[Tensor], Tensor] | None = transform) -> object:
            return torch.stack([transform(image) for image in images]) if transform else None

        def one_draw(images: Tensor, transform: Callable[[Tensor], Tensor] | None = transform) -> object:
            return transform(images) if transform else None

        sides = (batched, one_by_one, one_draw)
        for run in sides:
            run(x)  # the first call loads and allocates
        times = [[seconds(run, x) for run in sides] for _ in range(ROUNDS)]
        mine, theirs, at_once = (median(side) for side in zip(*times, strict=True))
        row: dict[str, float | str] = {"method": name, "images_per_second": BATCH / mine}
        if transform:
            low, middle, high = quantiles([theirs / mine for mine, theirs, _ in times], n=4)
            row |= {
                "one_draw": at_once / mine,
                "torchvision": BATCH / theirs,
                "ratio": middle,
                "ratio_low": low,
                "ratio_high": high,
            }
        rows.append(row)
    return rows


def main() -> None:
    """Measure, print a table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = measure()
    about = (
        f"torch {torch.__version__}, torchvision {torchvision.__version__}, {platform.machine()}, 1 thread"
    )
    table = Table(title=f"images/s, batches of {BATCH} at {SIDE}×{SIDE}\n{about}", title_justify="left")
    for column in ("method", "here", "torchvision, one by one", "ratio (quartiles)", "ratio, whole batch"):
        table.add_column(column, justify="left" if column == "method" else "right")
    for row in rows:
        paired = "ratio" in row
        table.add_row(
            str(row["method"]),
            f"{row['images_per_second']:,.0f}",
            f"{row['torchvision']:,.0f}" if paired else "–",
            f"{row['ratio']:.1f} ({row['ratio_low']:.1f}–{row['ratio_high']:.1f})" if paired else "–",
            f"{row['one_draw']:.1f}" if paired else "–",
        )
    Console(width=100).print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
