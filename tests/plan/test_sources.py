"""Experiments that begin with what others have learnt, or with weights from a file."""

import pytest
import torch

from bench import models
from bench.common.errors import UserError
from bench.execute.session import Session
from bench.plan.plan import make_plan
from bench.plan.progress import Progress
from bench.spec import Data, Experiment, Range, Transfer
from tests.plan.made import finished


def transferring(suite):
    """The suite with a source on one half of the classes, and experiments on the other."""
    model = "resnet-8(width=4)"
    experiments = [
        Experiment(id="scratch", model=model, data={"half": "B"}),
        Experiment(
            id="frozen",
            model=model,
            data={"half": "B"},
            start=Transfer(source="A", layers=3, frozen=3),
        ),
    ]
    sources = [Experiment(id="A", model=model, data={"half": "A"})]
    return suite.replace(experiments=experiments, sources=sources, claims=(), augment=())


SMALL = Data(train=60, validation=20, size=8)


def transferred(suite, data_dir):
    made = transferring(suite)
    profile = suite.profiles["smoke"].replace(data=SMALL)
    return make_plan(made.replace(profiles={"smoke": profile}), "smoke", data_dir)


def test_what_starts_from_a_source_waits_for_the_run_of_its_seed(suite, data_dir):
    made = transferred(suite, data_dir)
    (source,) = made.sources
    own = [job.spec.seed for job in Progress(made).finals(source)]
    assert [job.seed for job in Progress(made).finals(source)] == [0, 1]
    assert made.runs_total == 2 + 2 * (2 * 3 + 2)
    session = Session(Progress(made), [])
    done = []
    while (job := session.next()) is not None:
        assert job.needs is None or job.needs in session.results
        done.append(job)
        session.ended(job, finished(50.0 - len(done)))
    assert len(done) == made.runs_total
    assert [job.phase for job in done[:2]] == ["source"] * 2, "others wait for them"
    assert not {job.spec.seed for job in done if job.phase != "source"} & {*own}, "new layers begin elsewhere"
    keys = {job.seed: job.key for job in Progress(made).finals(source)}
    for job in (one for one in done if one.experiment == "frozen"):
        assert job.needs == keys[job.seed], "trials too begin with the run of their seed"


def test_halves_are_of_the_seed_and_shared_by_all_contenders(suite, data_dir):
    made = transferred(suite, data_dir)
    results = {}
    session = Session(Progress(made, results), [])
    done = []
    while (job := session.next()) is not None:
        done.append(job)
        session.ended(job, finished())
    classes = {}
    for job in done:
        classes.setdefault((job.seed, job.spec.data.half), set()).add(job.spec.data.classes)
    assert all(len(found) == 1 for found in classes.values())
    for seed in (0, 1):
        assert not set(*classes[seed, "A"]) & set(*classes[seed, "B"])


def test_a_failed_source_fails_what_starts_from_it(suite, data_dir):
    session = Session(Progress(transferred(suite, data_dir)), [])
    while (job := session.next()) is not None:
        if job.phase == "source" and job.seed == 0:
            session.failed(job, "worker lost")
        else:
            session.ended(job, finished())
    assert session.over
    assert sorted(session.failures.values()) == [
        "A, seed 0: worker lost",
        *(f"frozen, seed 0, trial {n}: what it begins with has failed" for n in range(2)),
    ]


def test_the_share_of_old_layers_rate_can_be_tuned(suite, data_dir):
    plain = transferring(suite)
    one = plain.experiments[1].replace(space={"start.share": Range(low=0.01, high=1.0)})
    profile = suite.profiles["smoke"].replace(data=SMALL)
    made = make_plan(plain.replace(experiments=[one], profiles={"smoke": profile}), "smoke", data_dir)
    session, error = Session(Progress(made), []), 60.0
    while (job := session.next()) is not None:
        error -= 1  # each trial better than the one before
        session.ended(job, finished(error))
    (frozen,) = made.experiments
    best = {
        seed: study.best(session.progress.told(frozen, seed))[0].values["start.share"]
        for seed, study in frozen.studies.items()
    }
    assert {job.seed: job.spec.start.share for job in session.progress.finals(frozen)} == best
    assert len({*best.values(), 1.0}) == 3, "each seed has its own"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": Transfer(source="A", layers=8)}, "experiment frozen: 8 layers .* 0 to 7"),
        ({"model": "resnet-8(width=8)"}, "experiment frozen: the source's weights do not fit: layer 1"),
    ],
)
def test_what_cannot_be_transferred_is_refused_before_anything_runs(suite, data_dir, changes, message):
    made = transferring(suite)
    wrong = made.replace(experiments=[made.experiments[0], made.experiments[1].replace(**changes)])
    profile = suite.profiles["smoke"].replace(data=SMALL)
    with pytest.raises(UserError, match=message):
        make_plan(wrong.replace(profiles={"smoke": profile}), "smoke", data_dir)


def test_weights_from_a_file_are_a_source_that_nobody_waits_for(suite, data_dir, tmp_path):
    made = transferring(suite)
    profile = suite.profiles["smoke"].replace(data=SMALL)
    made = made.replace(
        profiles={"smoke": profile},
        sources=[Experiment(id="A", model="resnet-8(width=4)", weights="mine")],
    )
    folder = tmp_path / "with-weights"
    folder.mkdir()
    (folder / "tiny.npz").write_bytes((data_dir / "tiny.npz").read_bytes())
    with pytest.raises(UserError, match="there are no weights 'mine'"):
        make_plan(made, "smoke", folder)
    network = models.build("resnet-8", num_classes=10, width=4)
    torch.save({f"module.{name}": one for name, one in network.state_dict().items()}, folder / "mine.pt")
    planned = make_plan(made, "smoke", folder)
    assert not planned.sources
    (given,) = planned.given
    assert given.state.keys() == network.state_dict().keys(), "other names, but the same order"
    jobs = [
        job
        for one in planned.experiments
        for job in Progress(planned).ready(one)
        if job.experiment == "frozen"
    ]
    assert jobs
    assert {job.needs for job in jobs} == {given.key}
    torch.save(models.build("resnet-8", num_classes=10, width=8).state_dict(), folder / "mine.pt")
    with pytest.raises(UserError, match=r"do not fit: layer 1: .*weight is 8×3×3×3 there, 4×3×3×3 here"):
        make_plan(made, "smoke", folder)
    torch.save(models.build("lenet-5", num_classes=10).state_dict(), folder / "mine.pt")
    with pytest.raises(UserError, match="do not fit: layer 1: the source has no"):
        make_plan(made, "smoke", folder)
