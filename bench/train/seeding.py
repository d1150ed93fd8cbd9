"""Every generator is seeded anew from (seed, epoch): an epoch boundary needs no generator state."""

import hashlib
import random

import numpy as np
import torch


def seed_of(*parts: int | str) -> int:
    """A 63-bit seed from a run's seed, an epoch and a purpose; near inputs give unrelated seeds."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def reseed(seed: int, epoch: int) -> None:
    """Seed the global generators (initialisation is epoch 0; dropout draws from them)."""
    drawn = seed_of(seed, epoch, "global")
    torch.manual_seed(drawn)
    random.seed(drawn)
    np.random.seed(drawn % 2**32)


def generator(seed: int, epoch: int, purpose: str, device: torch.device) -> torch.Generator:
    """A generator of its own for one purpose in one epoch."""
    return torch.Generator(device).manual_seed(seed_of(seed, epoch, purpose))
