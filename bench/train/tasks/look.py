"""Look: measures and pictures of trained weights. Nothing is trained."""

from __future__ import annotations

import io
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from bench.common.errors import UserError
from bench.common.files import written_whole
from bench.data.split import open_test
from bench.models.layers import layers
from bench.train.context import peak_memory
from bench.train.measures import find
from bench.train.network import Network, built
from bench.train.records import Measure, Result
from bench.train.tasks import Prepared, Task

_PASSES = 4  # over the images, for each place of a measure: an estimate for the price


class Look(Task):
    """One measure along an axis, and pictures, of the weights of another run; test images are opened for it.

    What it may look at is declared with the suite, so the test split is still read once, at the end.
    """

    def price(self, macs: int, images: int) -> float:
        assert self.spec.look is not None
        return float(macs * images * _PASSES * max(1, len(self.spec.look.at)))

    def check(self, network: nn.Module) -> None:
        """Raises UserError for a measure or picture that is not known."""
        assert self.spec.look is not None
        if self.spec.look.measure:
            find("axis", self.spec.look.measure)
        for name in self.spec.look.pictures:
            find("picture", name)

    def run(self, prepared: Prepared) -> Result:
        spec, context, look = prepared.spec, prepared.context, prepared.spec.look
        assert look is not None
        model = _loaded(prepared)
        network = Network.of(model, prepared.split, spec.recipe.precision)
        network.model.eval()
        test = open_test(prepared.images, spec.data, prepared.device)
        measures = []
        if look.measure:
            measure = find("axis", look.measure)
            axis = measure.axis  # type: ignore[attr-defined]
            measures = [Measure(look.measure, f"{axis}={at:g}", measure(network, test, at)) for at in look.at]
        for name in look.pictures:
            with written_whole(context.folder / f"{name}.png") as file:
                file.write(_png(find("picture", name)(network, test)))
        cost = {"seconds": perf_counter() - prepared.started, "peak_memory_mb": peak_memory(prepared.device)}
        return Result("finished", (), cost=cost, measures=tuple(measures), environment=prepared.environment)


def _loaded(prepared: Prepared) -> nn.Module:
    """The network that is looked at, with its weights. Its classifier tells how many outputs it has."""
    spec, split, context = prepared.spec, prepared.split, prepared.context
    if context.start is None:
        raise UserError("a look was given no weights to look at")
    try:
        state = torch.load(context.start, map_location="cpu", weights_only=True)
        model = built(spec, split.classes, split.channels, context.alone)
        outputs = len(state[f"{layers(model)[-1].name}.weight"])
        if outputs != split.classes:
            model = built(spec, outputs, split.channels, context.alone)
        model.load_state_dict(state)
    except (OSError, RuntimeError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"the weights {context.start} to look at cannot be used: {reason}") from error
    return model


def _png(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()


task = Look
