"""Checkpoints: written whole or not at all, read without running code."""

import pickle
from pathlib import Path
from typing import Any

import torch

from bench.common.files import written_whole


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a state whole or not at all."""
    with written_whole(path) as file:
        torch.save(state, file)


def load(path: Path, key: str) -> dict[str, Any] | None:
    """The state of the run with that key; None where there is none, or none that can be used."""
    if not path.is_file():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError):
        return None  # a damaged disk; the run starts anew
    return state if isinstance(state, dict) and state.get("key") == key else None
