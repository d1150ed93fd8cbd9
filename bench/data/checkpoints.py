"""Weights that were trained elsewhere: a state dict in `DATA/<name>.pt`, one's own or torchvision's."""

import hashlib
import io
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from bench.common.errors import UserError
from bench.data.sets import NotThere
from bench.data.vision import IMAGENET, fetch_weights

_COUNTER = "num_batches_tracked"  # of batch normalisation; old files lack it


def find_weights(name: str, data_dir: Path, say: Callable[[str], None]) -> tuple[dict[str, Tensor], str]:
    """A state dict and the sha256 of its file, from the data folder or, for `imagenet-MODEL`, by download.

    Raises UserError where there is none, or where the file holds anything but named tensors.
    """
    path = data_dir.resolve() / f"{name}.pt"
    if not path.is_file() and name.startswith(IMAGENET):
        say(f"{name} is not in {data_dir}; downloading it")
        fetch_weights(name, data_dir)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotThere(f"there are no weights {name!r}: {path} cannot be read ({error.strerror})") from error
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError, KeyError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"{path} is no file of torch.save that can be read safely: {reason}") from error
    if not (isinstance(state, Mapping) and state and all(isinstance(one, Tensor) for one in state.values())):
        raise UserError(f"{path} holds no state dict: save it with torch.save(model.state_dict(), file)")
    return dict(state), hashlib.sha256(content).hexdigest()


def as_named_by(network: nn.Module, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict with the network's names: by name, else, where there are equally many tensors, in order.

    Networks of the papers have their layers in one order, whatever their files call them. What cannot be
    named is left as it is; whether shapes fit is for the one who copies them to see.
    """
    own = network.state_dict()
    wanted = [name for name in own if not name.endswith(_COUNTER)]
    given = {name: value for name, value in state.items() if not name.endswith(_COUNTER)}
    counters = {name: torch.tensor(0) for name in own if name.endswith(_COUNTER)}
    if given.keys().isdisjoint(wanted) and len(given) == len(wanted):
        given = dict(zip(wanted, given.values(), strict=True))
    return counters | given
