"""Data sets as tensors, stratified splits and batched augmentation."""

from bench.data.sets import ImageSet, load

__all__ = ["ImageSet", "load"]
