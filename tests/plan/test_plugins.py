"""A user adds a model (one decorated function) and a suite (one file) in a folder of their own."""

import multiprocessing
from dataclasses import asdict
from pathlib import Path

from bench.data.sets import load
from bench.execute.worker import WorkItem, do_work
from bench.spec import DataUse, Recipe, RunSpec

MODEL = """
from torch import nn
from bench.data.augment import augmentation
from bench.models import family


@family({"own-net-4": {"width": 4}})
def own_net(*, width: int, num_classes: int, in_channels: int = 3) -> nn.Module:
    convolution = nn.Conv2d(in_channels, width, 3)
    return nn.Sequential(convolution, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, num_classes))


@augmentation
def own_darkening(images, draw):
    return images // 2
"""
SUITE = '''
"""Does it learn?"""

import _model  # noqa: F401
from bench import Experiment, Profile, Recipe, Suite

suite = Suite(
    title="Own", question="Does it learn?", data="tiny", augment=("own-darkening",),
    experiments=[Experiment(model="own-net-4")],
    profiles={"smoke": Profile(recipe=Recipe(epochs=1, batch_size=32), seeds=1)},
)
'''


def carry_out_elsewhere(item: dict) -> str:
    """In a fresh process, as a worker does."""
    return do_work(WorkItem(**item), lambda epoch: None, lambda: False).status


def test_a_model_and_a_suite_of_ones_own(tmp_path, data_dir, bench):
    suites = tmp_path / "mine"
    suites.mkdir()
    (suites / "_model.py").write_text(MODEL)
    (suites / "own.py").write_text(SUITE)
    places = ("--suites-dir", suites, "--data-dir", data_dir)
    done = bench("run", "own", "--profile", "smoke", "--serial", *places)
    assert done.returncode == 0, done.stderr
    assert "1/1  finished own-net-4, seed 0" in done.stdout


def test_a_worker_imports_the_file_that_defines_the_model(tmp_path, data_dir):
    path = tmp_path / "_elsewhere.py"
    path.write_text(MODEL)
    images = load("tiny", data_dir)
    spec = RunSpec(
        model="own-net-4",
        data=DataUse(name="tiny", fingerprint=images.fingerprint),
        augment=("own-darkening",),
        recipe=Recipe(epochs=1, batch_size=32),
        seed=0,
    )
    item = WorkItem(
        spec=spec.model_dump(mode="json"),
        limits={},
        data_dir=str(data_dir),
        folder=str(tmp_path / "run"),
        threads=1,
        gpu=False,
        own_files=(str(path),),
    )
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(carry_out_elsewhere, (asdict(item),)) == "finished"
    assert Path(tmp_path / "run" / "weights.pt").is_file()
