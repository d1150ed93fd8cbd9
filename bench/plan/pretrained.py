"""A source that nobody trains here: it was given as a file of weights."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class PretrainedWeights:
    """Weights from a file, as the source that an experiment names; one for all seeds.

    `state` is named as the source's network names its tensors; the key tells file and network.
    """

    id: str
    weights: str
    sha256: str
    key: str
    state: Mapping[str, Tensor]

    def key_of(self, seed: int) -> str:
        """What a run for that seed begins with."""
        return self.key

    def content(self) -> bytes:
        """As the file that a run begins with."""
        file = io.BytesIO()
        torch.save(dict(self.state), file)
        return file.getvalue()
