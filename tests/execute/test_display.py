"""What is said of a run that has ended."""

from bench.execute.display import outcome
from bench.train.records import Result
from tests.plan.made import finished


def test_what_has_no_epochs_and_no_errors_tells_its_time_alone():
    told = outcome(finished(5.0, epochs=3))
    assert told.startswith("test error 5.00 %, ")
    assert told.endswith(", 3 epochs in 1 s")
    assert outcome(Result("finished", (), {}, {"seconds": 53.2})) == "in 53 s"
