"""Numbers of runs as claims ask for them, and what is read off a curve."""

from collections.abc import Callable, Mapping, Sequence

from bench.spec.metrics import Metric

# (experiment, metric) -> value by seed (of an ensemble: by replicate), ascending; NaN: a run without it
Values = Callable[[str, Metric], Mapping[int, float]]


def epochs_to(level: float, errors: Sequence[float], epochs: int) -> float:
    """Epochs until a curve of errors (one an epoch, %) first reaches the level, interpolated.

    A curve that never does counts as one more than the planned epochs, however early it broke off.

    >>> epochs_to(50, [80, 60, 40], epochs=3)
    2.5
    """
    i = next((i for i, error in enumerate(errors) if error <= level), None)
    if i is None:
        return float(epochs + 1)
    if i == 0:
        return 1.0
    return float(i + (errors[i - 1] - level) / (errors[i - 1] - errors[i]))
