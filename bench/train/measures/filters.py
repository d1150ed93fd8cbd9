"""What the first layer looks for."""

import numpy as np
import torch
from numpy.typing import NDArray

from bench.common.errors import UserError
from bench.data.split import Images
from bench.models.layers import layers
from bench.train.measures import picture
from bench.train.network import Network

_SIDE, _GAP = 32, 2  # pixels of a filter on the sheet, and between two


@picture
def filters(network: Network, images: Images) -> NDArray[np.uint8]:
    """The first layer's filters side by side, each stretched from its least weight (black) to its greatest.

    Raises UserError where the first layer is no convolution of grey or colour images.
    """
    weight = next(layers(network.model)[0].modules[0][1].parameters()).detach().float().cpu()
    if weight.dim() != 4 or weight.shape[1] not in (1, 3):
        raise UserError("filters: the first layer is no convolution of grey or colour images")
    least, most = weight.amin((1, 2, 3), keepdim=True), weight.amax((1, 2, 3), keepdim=True)
    tiles = ((weight - least) / (most - least).clamp(min=1e-12) * 255).round().to(torch.uint8)
    tiles = tiles.expand(-1, 3, -1, -1).permute(0, 2, 3, 1)
    scale = max(1, _SIDE // tiles.shape[1])
    tiles = tiles.repeat_interleave(scale, 1).repeat_interleave(scale, 2)
    n, height, width, _ = tiles.shape
    columns = int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    sheet = np.full((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 3), 255, dtype=np.uint8)
    for i, tile in enumerate(tiles.numpy()):
        down, right = i // columns * (height + _GAP), i % columns * (width + _GAP)
        sheet[down : down + height, right : right + width] = tile
    return sheet
