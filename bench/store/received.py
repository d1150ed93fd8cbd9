"""What comes from elsewhere is looked at before it is believed: specification, result, files."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, get_args

from pydantic import TypeAdapter, ValidationError

from bench.common import bits, predictions
from bench.common.errors import UserError
from bench.plan.planned import Phase
from bench.spec import RunSpec
from bench.train.records import Epoch, Result

if TYPE_CHECKING:
    from bench.common.run_archive import ArchivedRun

_NAME = re.compile(r"[A-Za-z][\w./ -]{0,99}", re.ASCII)  # what the store takes for a metric's name


def checked(run: ArchivedRun) -> Result:
    """The run's result. Raises UserError, with what is wrong, where no run could have it."""
    try:
        spec = RunSpec.model_validate(run.spec)
        result = _result(run)
    except (ValidationError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise UserError(f"run {run.key[:12]} is not as runs are: {_first(error)}") from error
    wrong = next(iter(_faults(run, spec, result)), None)
    if wrong:
        raise UserError(f"run {run.key[:12]} is not as runs are: {wrong}")
    return result


def _result(run: ArchivedRun) -> Result:
    """The result, with every field of its own kind and none that there is not."""
    unknown = set(run.result) - {one.name for one in fields(Result)}
    if unknown:
        raise ValueError(f"unknown field {min(unknown)!r} in its result")
    result = Result.from_plain(dict(run.result))
    TypeAdapter(Result).validate_json(json.dumps(run.result), strict=True)
    return result


def _faults(run: ArchivedRun, spec: RunSpec, result: Result) -> Iterable[str]:
    if spec.key != run.key:
        yield "its key is another specification's"
    if run.phase not in get_args(Phase) or (run.phase == "tune") != (spec.trial is not None):
        yield f"its phase is {run.phase!r}"
    if run.phase == "tune" and "validation_error" not in result.metrics:
        yield "a trial has a validation error"
    if [epoch.epoch for epoch in result.curve] != list(range(1, len(result.curve) + 1)):
        yield "its epochs do not follow each other"
    named = {**result.metrics, **{f"cost {name}": value for name, value in result.cost.items()}}
    named |= {f"{one.metric} {one.at}": one.value for one in result.measures}
    yield from (f"{name} is {value}" for name, value in named.items() if not math.isfinite(value))
    yield from (
        f"a figure is named {name!r}" for name in (*result.metrics, *result.cost) if not _NAME.fullmatch(name)
    )
    yield from _senseless(result)
    kept = run.files.get(predictions.FILE)
    if (hashlib.sha256(kept).hexdigest() if kept is not None else "") != result.predictions:
        yield f"{predictions.FILE} is not the file that its result speaks of"
    error = result.metrics.get("test_error", math.nan)
    if result.right and not any(math.isclose(error, one, abs_tol=1e-9) for one in _errors(result.right)):
        yield "the images that it got right do not give its test error"


def _errors(right: str) -> Iterable[float]:
    """The errors (%) that right images may give: the text tells how many there are but for up to seven."""
    most = 6 * len(right.rstrip("=")) // 8 * 8
    for n in range(max(1, most - 7), most + 1):
        with suppress(UserError):
            yield 100.0 * int((~bits.unpacked(right, n)).sum()) / n


def _senseless(result: Result) -> Iterable[str]:
    """Errors are per cent, losses and costs not negative; a curve may end in what diverged."""
    diverged = result.status == "diverged"
    figures = [*result.metrics.items(), *(_figure for epoch in result.curve for _figure in _figures(epoch))]
    for name, value in figures:
        if math.isfinite(value):
            if value < 0 or (name.endswith("error") and value > 100):
                yield f"{name} is {value}"
        elif not diverged:
            yield f"{name} is {value}, and it has not diverged"


def _figures(epoch: Epoch) -> list[tuple[str, float]]:
    values = ((one.name, getattr(epoch, one.name)) for one in fields(epoch))
    return [(name, value) for name, value in values if isinstance(value, (int, float))]


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors()[0]
        return f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}"
    return f"{error}".splitlines()[0] if str(error) else type(error).__name__
