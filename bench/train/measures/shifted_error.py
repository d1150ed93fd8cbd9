"""How much a network minds where in the image a thing is."""

from dataclasses import replace

import torch

from bench.data.split import Images
from bench.train.epoch import evaluate
from bench.train.measures import along_an_axis
from bench.train.network import Network
from bench.train.predict import shifted


@along_an_axis("shift")
def shifted_error(network: Network, images: Images, at: float) -> float:
    """Error (%) on images moved by so many pixels, the mean over up, down, left and right."""
    pixels, fill = round(at), network.mean.flatten()
    directions = {(0, pixels), (0, -pixels), (pixels, 0), (-pixels, 0)}
    maps = images.x.permute(0, 3, 1, 2)
    errors = []
    for down, right in sorted(directions):
        moved = shifted(maps, down, right, fill).permute(0, 2, 3, 1)
        errors.append(evaluate(network, replace(images, x=moved.contiguous())).error)
    return float(torch.tensor(errors, dtype=torch.float64).mean())
