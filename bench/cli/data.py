"""Commands on data: augment, data get."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.app import app, data_app
from bench.cli.common import console
from bench.cli.options import DataDir


@app.command(epilog="Example: bench augment --data cifar10 --data-dir data rotation cutmix")
def augment(
    names: Annotated[list[str] | None, typer.Argument(help="Augmentations; all if left out.")] = None,
    data: Annotated[str, typer.Option(help="A data set.")] = "cifar10",
    data_dir: DataDir = Path("data"),
    out: Annotated[Path, typer.Option(help="Where to write the picture.")] = Path("augment.png"),
) -> None:
    """Draw a contact sheet: what each augmentation does to the first training images."""
    from bench.common.files import written_whole
    from bench.data import load
    from bench.data.augment import methods
    from bench.results.contact_sheet import contact_sheet
    from bench.spec.base import Named

    rows = {name: [Named(name=name)] for name in names or methods()}
    images = load(data, data_dir)
    picture = contact_sheet(images.x_train, rows, f"{images.name}: {images.provenance}")
    with written_whole(out) as file:
        file.write(picture)
    console.print(f"contact sheet: {out}")


@data_app.command("get", epilog="Example: bench data get cifar10 --data-dir data")
def data_get(
    name: Annotated[
        str,
        typer.Argument(help="cifar10, cifar100, mnist, fashion_mnist, shapes; or imagenet-MODEL: weights."),
    ],
    data_dir: DataDir = Path("data"),
) -> None:
    """Download a data set (or weights) through torchvision, checked, to DATA/<name>.npz (or .pt)."""
    from bench.data.sets import STAND_IN, load
    from bench.data.vision import IMAGENET, fetch, fetch_weights

    if name.startswith(IMAGENET):
        console.print(f"{fetch_weights(name, data_dir)}: weights of torchvision")
        return
    if name != STAND_IN:
        fetch(name, data_dir)
    images = load(name, data_dir)
    console.print(
        f"{data_dir / name}.npz: {len(images.y_train):,} training and {len(images.y_test):,} test images, "
        f"{len(images.classes)} classes. {images.provenance}",
    )
