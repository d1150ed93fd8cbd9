from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import load_suite, models
from bench.common.errors import UserError
from bench.data.sets import write
from bench.execute.session import Session
from bench.plan.plan import make_plan
from bench.plan.progress import Progress
from bench.plan.tuning import Study
from bench.spec import SOURCE_SEEDS, TUNING_SEEDS, Data, Experiment, Range, Transfer
from bench.store.cache import Stored, find_cached
from bench.train.records import Epoch, Result
from tests.conftest import tiny_arrays


@pytest.fixture
def suite(suites_dir):
    return load_suite("tiny", suites_dir)


def plan(suite, data_dir, **options):
    return make_plan(suite, "smoke", data_dir, **options)


def finished(error: float = 50.0, epochs: int = 1) -> Result:
    curve = tuple(Epoch(i + 1, 0.1, 1.0, 50.0, 1.0, error, 1.0, 1.0) for i in range(epochs))
    return Result("finished", curve, {"validation_error": error, "test_error": error}, {"seconds": 1.0})


class Record:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.heard = []

    def __getattr__(self, name):
        return lambda job, *rest: self.heard.append((name, job.experiment, job.label))


def work_through(session: Session, at_once: int = 1) -> list[tuple[str, str]]:
    """Do all work with so many slots, oldest first; the order of starts."""
    order, running = [], []
    while not session.over:
        while len(running) < at_once and (job := session.next()) is not None:
            order.append((job.experiment, job.label))
            running.append(job)
        session.ended(running.pop(0), finished(error=40 + len(order) % 7))
    return order


def test_a_plan_counts_trials_and_final_runs(suite, data_dir):
    made = plan(suite, data_dir)
    assert [one.experiment.id for one in made.experiments] == ["plain-8", "resnet-8"]
    assert made.runs_total == 2 * (3 + 2)
    assert plan(suite, data_dir, tune=False, seeds=4).runs_total == 8
    assert plan(suite, data_dir, only=lambda one: one == "resnet-8").runs_total == 5


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_the_work_is_the_same_on_any_number_of_slots(suite, data_dir, slots):
    session = Session(Progress(plan(suite, data_dir)), [])
    order = work_through(session, slots)
    assert session.complete()
    assert len(order) == len(set(order)) == 10
    if slots == 1:
        assert {label for _, label in order[:6]} == {"trial 0", "trial 1", "trial 2"}, "tuning goes first"


def test_final_runs_wait_for_the_end_of_tuning(suite, data_dir):
    session = Session(Progress(plan(suite, data_dir, only=lambda one: one == "plain-8")), [])
    first = [session.next() for _ in range(3)]
    assert [job and job.label for job in first] == ["trial 0", "trial 1", None]
    assert not session.over, "trial 2 can start once these two have ended"
    session.ended(first[0], finished())
    assert session.next() is None
    session.ended(first[1], finished())
    assert session.next().label == "trial 2"


def test_a_failure_stops_its_experiment_alone(suite, data_dir):
    record = Record()
    session = Session(Progress(plan(suite, data_dir)), [record])
    job = session.next()
    session.failed(job, "worker lost")
    order = work_through(session, 2)
    assert not session.complete()
    assert session.failures == {job.key: f"{job.experiment}, {job.label}: worker lost"}
    other = next(one for one in ("plain-8", "resnet-8") if one != job.experiment)
    assert {label for name, label in order if name == other} >= {"seed 0", "seed 1"}
    assert not {label for name, label in order if name == job.experiment} & {"seed 0", "seed 1"}


def store(session: Session, code: str) -> tuple[dict, dict]:
    """What a store would have of a session's results."""
    stored = {key: [Stored(f"id of {key}", key, code, "")] for key in session.results}
    return stored, {f"id of {key}": result for key, result in session.results.items()}


def test_finished_runs_are_recalled_and_stale_ones_shown(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored, results = store(session, made.experiments[0].code)
    cached = find_cached(made, stored, lambda run: results[run.run_id])
    assert cached.progress.left == 0
    assert not cached.stale

    old, _ = store(session, "other code")
    shown = find_cached(made, old, lambda run: results[run.run_id])
    assert shown.results == {}
    assert {run.label for run, _ in shown.stale.values()} == {"trial 0", "trial 1"}
    accepted = find_cached(made, old, lambda run: results[run.run_id], accept_stale=True)
    assert accepted.progress.left == 0


def test_more_seeds_train_only_what_is_missing(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    stored, results = store(session, made.experiments[0].code)
    more = plan(suite, data_dir, seeds=3)
    cached = find_cached(more, stored, lambda run: results[run.run_id])
    rest = Session(Progress(more, cached.results), [])
    assert sorted(work_through(rest)) == [("plain-8", "seed 2"), ("resnet-8", "seed 2")]


def test_a_tuned_recipe_reaches_the_final_runs(suite, data_dir):
    made = plan(suite, data_dir)
    session = Session(Progress(made), [])
    work_through(session)
    experiment = made.experiments[0]
    assert isinstance(experiment.study, Study)
    best = experiment.study.best(session.progress.told(experiment))[0]
    assert {job.spec.recipe.lr for job in session.progress.finals(experiment)} == {best.values["lr"]}


def test_missing_data_set_stands_in_loudly_or_stops(suite, tmp_path):
    said = []
    made = make_plan(suite, "smoke", tmp_path, say=said.append)
    assert made.data.name == "shapes"
    assert made.data.asked == "tiny"
    assert any("stands in: synthetic, not tiny" in line for line in said)
    with pytest.raises(UserError, match=r"takes no stand-in: put tiny\.npz into"):
        make_plan(suite, "paper", tmp_path)
    with pytest.raises(UserError, match="nowhere does not exist"):
        make_plan(suite, "paper", tmp_path / "nowhere")


def test_a_misspelt_data_set_is_asked_about_not_stood_in_for(suite, data_dir):
    with pytest.raises(UserError, match=r"no data set 'tinny': .* did you mean 'tiny'\?"):
        make_plan(suite.replace(data="tinny"), "smoke", data_dir)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"resnet-8"', '"resnet-9"', "experiment resnet-9: there is no model 'resnet-9'"),
        ('augment=("flip",)', 'augment=("flop",)', r"no augmentation 'flop': did you mean 'flip'\?"),
        ('"width": 4', '"widht": 4', "option 'widht'"),
        ("size=8)", "size=7)", "cannot be shrunk to 7×7"),
        ("train=128", "train=9999", "9999 training and 64 validation images asked for"),
        ("batch_size=32, lr", "batch_size=500, lr", "batches of 500 are larger than the 128"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(suites_dir, data_dir, old, new, message):
    path = suites_dir / "tiny.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(UserError, match=message):
        plan(load_suite("tiny", suites_dir), data_dir)


def test_two_names_of_one_network_are_one_run(suite, data_dir):
    def key(name: str) -> str:
        experiment = suite.experiments[0].replace(id="x", model={"name": name})
        profile = suite.profiles["paper"].replace(
            model={"input_size": 32, "scale": 1 / 16}, data={"size": None}
        )
        small = suite.replace(
            experiments=(experiment,), profiles={"paper": profile}, claims=(), data="shapes"
        )
        return make_plan(small, "paper", data_dir).experiments[0].spec.key

    assert key("vgg-16") == key("vgg-d") != key("vgg-e")


def test_a_profile_s_options_go_to_the_models_that_have_them(suite, data_dir):
    experiments = [*suite.experiments[:1], suite.experiments[0].replace(id="x", model={"name": "lenet-5"})]
    profile = suite.profiles["paper"].replace(model={"width": 4, "input_size": 16}, data={"size": None})
    mixed = suite.replace(experiments=experiments, profiles={"paper": profile}, claims=())
    options = [dict(one.spec.model.options) for one in make_plan(mixed, "paper", data_dir).experiments]
    assert options == [{"width": 4}, {"input_size": 16}]


def test_a_network_is_not_fed_images_of_another_size(suite, data_dir):
    experiments = [suite.experiments[0].replace(id="x", model={"name": "vgg-16"})]
    profile = suite.profiles["paper"].replace(model={})
    wrong = suite.replace(experiments=experiments, profiles={"paper": profile}, claims=())
    with pytest.raises(UserError, match=r"experiment x: .*224×224 here, not 8×8: .*input_size=8"):
        make_plan(wrong, "paper", data_dir)


def test_a_tuned_strength_reaches_the_final_runs(suite, data_dir):
    augment = ({"name": "rotation", "options": {"degrees": 10.0}},)
    space = {"rotation.degrees": Range(low=1, high=90)}
    experiments = [suite.experiments[0].replace(augment=augment, space=space)]
    made = make_plan(suite.replace(experiments=experiments, claims=()), "smoke", data_dir)
    session = Session(Progress(made), [])
    error = 60.0
    while (job := session.next()) is not None:
        error -= 1  # each trial better than the one before
        session.ended(job, finished(error))
    (one,) = made.experiments
    best = one.study.best(session.progress.told(one))[0]
    assert best.values["rotation.degrees"] != 10.0, "the last trial is the best"
    chosen = {job.spec.augment[0].options["degrees"] for job in session.progress.finals(one)}
    assert chosen == {best.values["rotation.degrees"]}


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
    seeds = [job.spec.seed - SOURCE_SEEDS for job in Progress(made).finals(source)]
    assert seeds == [0, 1, TUNING_SEEDS], "none that what begins with it has"
    assert made.runs_total == 3 + 2 * (3 + 2)
    session = Session(Progress(made), [])
    done = []
    while (job := session.next()) is not None:
        assert job.needs is None or job.needs in session.results
        done.append(job)
        session.ended(job, finished(50.0 - len(done)))
    assert len(done) == made.runs_total
    assert [job.phase for job in done[:3]] == ["source"] * 3, "others wait for them"
    keys = {job.spec.seed - SOURCE_SEEDS: job.key for job in Progress(made).finals(source)}
    for job in (one for one in done if one.experiment == "frozen"):
        assert job.needs == keys[job.spec.seed if job.phase == "final" else TUNING_SEEDS]


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
        seed = {"final": job.spec.seed, "tune": TUNING_SEEDS, "source": job.spec.seed - SOURCE_SEEDS}[
            job.phase
        ]
        classes.setdefault((seed, job.spec.data.half), set()).add(job.spec.data.classes)
    assert all(len(found) == 1 for found in classes.values())
    for seed in (0, 1, TUNING_SEEDS):
        assert not set(*classes[seed, "A"]) & set(*classes[seed, "B"])


def test_a_failed_source_fails_what_starts_from_it(suite, data_dir):
    session = Session(Progress(transferred(suite, data_dir)), [])
    while (job := session.next()) is not None:
        if job.phase == "source" and job.spec.seed == SOURCE_SEEDS:
            session.failed(job, "worker lost")
        else:
            session.ended(job, finished())
    assert session.over
    assert sorted(session.failures.values()) == [
        "A, seed 100000: worker lost",
        "frozen, seed 0: what it begins with has failed",
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
    best = frozen.study.best(session.progress.told(frozen))[0].values["start.share"]
    assert best != 1.0
    assert {job.spec.start.share for job in session.progress.finals(frozen)} == {best}


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


def test_trials_are_as_much_longer_as_the_training(suite, data_dir):
    profile = suite.profiles["smoke"]
    tuning = profile.tuning.replace(epochs=2, prune_at=(1,))
    profile = profile.replace(recipe=profile.recipe.replace(epochs=4), tuning=tuning)
    long, short = (
        suite.experiments[0].replace(id=f"{epochs}", recipe={"epochs": epochs}) for epochs in (12, 1)
    )
    changed = suite.replace(experiments=[long, short], profiles={"smoke": profile}, claims=())
    made = make_plan(changed, "smoke", data_dir)
    assert [(one.study.tuning.epochs, one.study.tuning.prune_at) for one in made.experiments] == [
        (6, (3,)),
        (1, (1,)),
    ]


def test_an_image_of_the_test_split_changes_the_keys(suite, data_dir, tmp_path):
    arrays = tiny_arrays()
    arrays["x_test"] = np.flip(arrays["x_test"], axis=2)
    write(tmp_path / "tiny.npz", arrays)
    specs = [make_plan(suite, "smoke", folder).experiments[0].spec for folder in (data_dir, tmp_path)]
    assert specs[0].key != specs[1].key
    assert replace(plan(suite, data_dir)).data.fingerprint == specs[0].data.fingerprint
