"""Suites of every task from the command line: localize, looks at trained weights, features of images."""

import pytest

from bench.claims.verdicts import decide
from bench.data.sets import write
from bench.results.files import read
from tests.conftest import one_line
from tests.train.test_tasks import boxed_arrays

SUITE = '''
"""Every task in one suite."""

from bench import Experiment, Profile, Recipe, Suite
from bench.claims import At, Difference, Reached
from bench.spec import Data, Look, Probe

MOVED = Look(measure="shifted_error", at=(0, 2), pictures=("filters",))

suite = Suite(
    title="Tasks", question="Does each task run?", data="boxed", augment=("flip",),
    sources=[Experiment(id="first")],
    experiments=[
        Experiment(id="net", measures=("gradient_norm",), keep=(1,)),
        Experiment(id="boxes", task="localize"),
        Experiment(id="moved", look=MOVED, of="net"),
        Experiment(id="moved first", look=MOVED, of="first"),
        Experiment(id="hog", probe=Probe(features="hog", strengths=(1e-3,))),
    ],
    profiles={
        "smoke": Profile(
            network="resnet-8(width=4)", data=Data(train=200, validation=50, size=16), seeds=2,
            recipe=Recipe(epochs=2, batch_size=50),
        ),
    },
    claims=[
        Difference(id="shift", text="Shifts hurt.", metric=At(metric="shifted_error", at="shift=2"),
                   lower="moved", higher="moved first"),
        Reached(id="found", text="Half found.", metric="test_localization_error", of="boxes", at_most=50),
        Reached(id="hog", text="Better than nothing.", metric="test_error", of="hog", at_most=80),
    ],
)
'''


@pytest.fixture
def tasks(suites_dir, data_dir):
    (suites_dir / "tasks.py").write_text(SUITE)
    write(data_dir / "boxed.npz", boxed_arrays())
    return suites_dir


def test_all_tasks_run_are_measured_and_found_again(command, tasks, data_dir, tmp_path):
    run = ("run", "tasks", "--profile", "smoke", "--serial", "--suites-dir", tasks, "--data-dir", data_dir)
    code, out, errors = command(*run)
    assert code == 0, out + errors
    assert "0 of 12 runs are there, 12 to do" in out
    folder = tmp_path / "reports" / "tasks" / "smoke"
    results = read(folder)
    assert results.values("boxes", "test_iou").shape == (2,)
    assert results.by_seed("moved", "test_error").keys() <= {0, 1}
    measures = results.measures
    assert set(measures[measures["experiment"] == "moved"]["at"]) == {"shift=0", "shift=2"}
    unmoved = measures[(measures["experiment"] == "moved") & (measures["at"] == "shift=0")]["value"].tolist()
    assert unmoved == pytest.approx(list(results.values("net", "test_error"))), (
        "looks are at the net's own weights"
    )
    norms = measures[(measures["experiment"] == "net") & (measures["metric"] == "gradient_norm")]
    assert len(norms) == 2 * 2 * 8  # seeds, epochs, layers
    assert {"pictures/filters-of-moved.png", "pictures/filters-of-moved first.png"} == set(results.pictures)
    page = (folder / "report.html").read_text()
    assert "Measures along an axis" in page
    assert "Filters of moved" in page
    outcomes = decide(results.decided, results.by_seed, results.count, results.pools)
    assert [one.n for one in outcomes] == [2, 2, 2]

    code, out, _ = command(*run)
    assert code == 0
    assert "nothing has changed since" in out
    code, out, _ = command(*run, "--seeds", "3")
    assert "12 of 18 runs are there, 6 to do" in out
    assert not [path for path in (tmp_path / "runs" / "work").rglob("*") if path.is_file()]


def test_kept_weights_stand_in_the_store(command, tasks, data_dir, tmp_path):
    run = ("run", "tasks", "--profile", "smoke", "--serial", "--suites-dir", tasks, "--data-dir", data_dir)
    assert command(*run, "--only", "net", "--seeds", "1")[0] == 0
    names = {path.name for path in (tmp_path / "runs" / "artifacts").rglob("*.pt")}
    assert names == {"weights.pt", "weights-1.pt"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('measures=("gradient_norm",)', 'measures=("gradients",)', "no measure at epoch ends 'gradients'"),
        ('pictures=("filters",)', 'pictures=("filter",)', "no picture 'filter': did you mean 'filters'"),
        ('task="localize"', 'task="localise"', "no task 'localise': did you mean 'localize'"),
        ('of="net")', 'of="nut")', "a look names an unknown experiment 'nut': did you mean 'net'"),
        ('of="net")', ")", "a look is at the weights of another experiment: give both `look` and `of`"),
        ('metric="test_localization_error"', 'metric="test_iuo"', "did you mean 'test_iou'"),
    ],
    ids=str,
)
def test_what_is_asked_wrongly_is_one_line(command, tasks, data_dir, old, new, says):
    (tasks / "tasks.py").write_text(SUITE.replace(old, new, 1))
    run = ("run", "tasks", "--profile", "smoke", "--serial", "--suites-dir", tasks, "--data-dir", data_dir)
    assert says in one_line(command(*run))
