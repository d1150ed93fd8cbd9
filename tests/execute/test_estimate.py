"""What a plan costs, from a few steps on noise."""

from types import SimpleNamespace

import pytest

from bench.execute.estimate import measured_rate
from tests.train.test_auxiliary import headed
from tests.train.test_run import tiny_spec


@pytest.mark.parametrize("spec_of", [tiny_spec, headed])
def test_any_task_s_steps_can_be_timed(spec_of, data_dir):
    """Networks with several heads put out more than one set of scores."""
    spec = spec_of(data_dir)
    planned = SimpleNamespace(spec=spec, classes=4, channels=3, counts={"macs": 10_000})
    assert 0 < measured_rate(planned, SimpleNamespace(data=SimpleNamespace(size=(16, 16)))) < 1e-3
