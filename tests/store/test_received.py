"""Files of runs that somebody has made on purpose: nothing is written outside, nothing senseless is taken."""

import hashlib
import json
import shutil
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from bench.common.bits import packed
from bench.common.errors import UserError
from bench.common.provenance import Provenance
from bench.common.run_archive import FORMAT, ArchivedRun, pack, unpack
from bench.store.address import tracking_uri
from bench.store.received import checked
from bench.store.tracker import Tracker
from bench.store.transport import take
from tests.conftest import one_line
from tests.store.test_tracker import RESULT, empty_store  # noqa: F401
from tests.train.test_run import tiny_spec


@pytest.fixture
def run(data_dir):
    spec = tiny_spec(data_dir)
    return ArchivedRun(
        key=spec.key, code="c" * 64, suite="tiny", experiment="plain-8", phase="final",
        spec=spec.model_dump(mode="json"), tags={"commit": "abc"}, result=RESULT.plain(),
        files={"weights.pt": b"\x00\x01" * 50},
    )  # fmt: skip


def forged(path, members, compression=zipfile.ZIP_DEFLATED):
    """An archive with these members, and a manifest that speaks well of them."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
        archive.writestr("manifest.json", json.dumps({"format": FORMAT, "sha256": sums}))
    return path


def members(run, **about):
    """What an archive of that run holds; with some of what it says of itself changed."""
    names = ("key", "code", "suite", "experiment", "phase", "spec", "tags")
    told = {**{name: getattr(run, name) for name in names}, **about}
    return {
        f"{run.key}/run.json": json.dumps(told).encode(),
        f"{run.key}/result.json": json.dumps(run.result).encode(),
    }


def test_the_forger_of_these_tests_can_make_a_good_one(run, tmp_path):
    (found,) = unpack(forged(tmp_path / "runs.zip", members(run)))
    assert found == replace(run, files={})
    assert checked(found) == RESULT


@pytest.mark.parametrize(
    "name",
    ["{key}/../../x", "{key}//abs", "/abs/x", "../x", "{key}/..", "{key}/a/b", "{key}/.x", "x", "{key}/a\\b"],
)
def test_a_name_that_leads_elsewhere_is_refused(run, tmp_path, name, command):
    name = name.format(key=run.key)
    path = forged(tmp_path / "runs.zip", {**members(run), name: b"evil"})
    assert "is no file of a run" in one_line(command("import", path, "--runs-dir", tmp_path / "a" / "runs"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"suite": "/abs"}, "suite '/abs'"),
        ({"suite": "../.."}, "suite '../..'"),
        ({"experiment": "a/b"}, "experiment 'a/b'"),
        ({"suite": 7}, "no whole file of runs"),
        ({"key": "0" * 64}, "not the one that its specification describes"),
        ({"spec": {"seed": 3}}, "not the one that its specification describes"),
        ({"code": "../x"}, "which code made it"),
        ({"tags": {"key": "other"}}, "tags that no run has"),
        ({"more": 1}, "or more than that"),
    ],
    ids=str,
)
def test_what_a_run_cannot_say_of_itself_is_refused(run, tmp_path, about, message):
    with pytest.raises(UserError, match=message) as caught:
        unpack(forged(tmp_path / "runs.zip", members(run, **about)))
    assert "\n" not in str(caught.value)


def test_a_specification_cannot_bring_its_own_key(run, tmp_path):
    other = replace(run, spec={**run.spec, "key": run.key, "seed": 99})
    with pytest.raises(UserError, match="not the one that its specification describes"):
        unpack(forged(tmp_path / "runs.zip", members(other)))


def test_files_without_specifications_are_of_an_older_format(run, tmp_path):
    path = tmp_path / "runs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": 1, "sha256": {}}))
    with pytest.raises(UserError, match="has format 1, this version reads 2: write it again"):
        unpack(path)


def changed(**fields):
    return lambda plain: {**plain, **fields}


def of_epoch(**fields):
    return lambda plain: {**plain, "curve": [{**plain["curve"][0], **fields}, *plain["curve"][1:]]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed(status="won"), "status"),
        (changed(extra=1), "unknown field 'extra'"),
        (changed(metrics={"test_error": float("nan")}), "test_error is nan"),
        (changed(metrics={"test_error": -1.0}), "test_error is -1"),
        (changed(metrics={"test_error": 101.0}), "test_error is 101"),
        (changed(metrics={"test_error": "0"}), "metrics.test_error"),
        (changed(metrics=[1]), "runs are"),
        (changed(metrics={"x\n": 1.0}), "a figure is named"),
        (changed(cost={"seconds": float("inf")}), "cost seconds is inf"),
        (changed(curve=7), "runs are"),
        (changed(curve=[{"epoch": 1}]), "missing"),
        (of_epoch(unknown=1), "unexpected keyword"),
        (of_epoch(epoch=5), "do not follow each other"),
        (of_epoch(train_loss="x"), "train_loss"),
        (of_epoch(train_error=float("nan")), "has not diverged"),
        (changed(predictions="0" * 64), "predictions.npz is not the file"),
        (changed(right="no bits"), "do not give its test error"),
        (changed(metrics={"test_error": 10.0}, right=packed(np.arange(8) < 3)), "do not give its test error"),
        (lambda plain: {k: v for k, v in plain.items() if k != "metrics"}, "metrics"),
    ],
)
def test_a_result_that_no_run_has_is_refused(run, change, message):
    with pytest.raises(UserError, match=message) as caught:
        checked(replace(run, result=json.loads(json.dumps(change(run.result)))))
    assert "\n" not in str(caught.value)
    assert run.key[:12] in str(caught.value)


@pytest.mark.parametrize("n", [8, 9, 15, 96])
def test_right_images_that_give_the_test_error_are_believed(run, n):
    right = np.arange(n) < 3
    result = changed(metrics={"test_error": 100 * (1 - right.mean())}, right=packed(right))(run.result)
    assert checked(replace(run, result=result)).right == packed(right)


def test_a_diverged_run_is_believed(run):
    plain = changed(status="diverged")(of_epoch(train_loss=float("inf"))(run.result))
    assert checked(replace(run, result=plain)).status == "diverged"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phase": "tune"}, "its phase is 'tune'"),
        ({"phase": "x"}, "its phase is 'x'"),
        ({"spec": {}}, "Field required"),
    ],
)
def test_a_specification_that_is_none_is_refused(run, changes, message):
    with pytest.raises(UserError, match=message):
        checked(replace(run, **changes))


@pytest.fixture
def tracker(tmp_path, empty_store):  # noqa: F811
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(empty_store, runs)
    return Tracker(tracking_uri(runs), runs, Provenance())


def test_of_runs_that_are_taken_little_is_held_at_a_time(run, tracker, tmp_path):
    """Four runs with 16 MiB each; two files of them never lie in memory together."""
    size, path = 16 * 2**20, tmp_path / "runs.zip"
    runs = []
    for seed in range(4):
        spec = tiny_spec_with(run, seed)
        runs.append(
            replace(run, key=spec.key, spec=spec.model_dump(mode="json"), files={"weights.pt": bytes(size)})
        )
    pack(path, runs)
    del runs
    tracemalloc.start()
    assert take(tracker, unpack(path)) == (4, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * size, f"{peak / 2**20:.0f} MiB"
    assert take(tracker, unpack(path)) == (0, 4)
    stored = [one for found in tracker.finished().values() for one in found]
    assert {len(tracker.artifact(one, "weights.pt")) for one in stored} == {size}
    assert {one.key for one in map(tracker.moved, stored)} == {one.key for one in stored}


def tiny_spec_with(run, seed):
    from bench.spec import RunSpec

    return RunSpec.model_validate(run.spec).replace(seed=seed)


def test_what_unpacks_to_more_than_runs_do_is_refused_unread(run, tmp_path):
    """3 GiB of nothing in 14 MiB: looked at, not unpacked."""
    path = tmp_path / "runs.zip"
    nothing = bytes(2**24)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(f"{run.key}/weights.pt", "w", force_zip64=True) as stream:
            for _ in range(3 * 2**30 // len(nothing)):
                stream.write(nothing)
        archive.writestr("manifest.json", json.dumps({"format": FORMAT, "sha256": {}}))
    assert path.stat().st_size < 16 * 2**20
    tracemalloc.start()
    with pytest.raises(UserError, match="would unpack to 3,072 MiB"):
        unpack(path)
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()
