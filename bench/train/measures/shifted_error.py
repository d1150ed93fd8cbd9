"""How much a network minds where in the image a thing is."""

from dataclasses import replace

import torch
from torch import Tensor

from bench.data.split import Images
from bench.train.epoch import evaluate
from bench.train.measures import along_an_axis
from bench.train.network import Network


@along_an_axis("shift")
def shifted_error(network: Network, images: Images, at: float) -> float:
    """Error (%) on images moved by so many pixels, the mean over up, down, left and right.

    The pixels of the edge are repeated outwards, so that a digit's background goes on.
    """
    pixels = round(at)
    directions = {(0, pixels), (0, -pixels), (pixels, 0), (-pixels, 0)}
    errors = []
    for down, right in sorted(directions):
        moved = _moved(_moved(images.x, down, axis=1), right, axis=2)
        errors.append(evaluate(network, replace(images, x=moved)).error)
    return float(torch.tensor(errors, dtype=torch.float64).mean())


def _moved(x: Tensor, pixels: int, axis: int) -> Tensor:
    """Images (n, height, width, channels) moved along an axis, their last row or column repeated."""
    side = x.shape[axis]
    places = (torch.arange(side, device=x.device) - pixels).clamp(0, side - 1)
    return x.index_select(axis, places)
