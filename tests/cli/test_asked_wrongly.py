"""Asked wrongly: one clear line, exit code 2, and nothing that was finished is lost."""

import numpy as np

from bench.data.sets import write
from tests.cli.tiny import run_tiny
from tests.conftest import ROOT, one_line, tiny_arrays


def test_help_has_an_example_for_every_command(command):
    code, overview, _ = command("--help")
    assert code == 0
    for name in ("list", "show", "plan", "run", "report", "ui", ("data", "get")):
        words = (name,) if isinstance(name, str) else name
        assert words[0] in overview
        code, text, _ = command(*words, "--help")
        assert code == 0
        assert f"Example: bench {' '.join(words)}" in text


def test_unknown_suite(command):
    suites = ("--suites-dir", ROOT / "suites")
    for name in ("run", "show"):
        said = one_line(command(name, "resnet-plain", *suites))
        assert "no suite 'resnet-plain': did you mean 'resnet-vs-plain'?" in said


def test_brackets_in_a_name_are_no_markup(command, suites_dir):
    assert "no suite 'foo[/bar]'" in one_line(command("show", "foo[/bar]", "--suites-dir", suites_dir))
    assert "no suite 'foo[bold]'" in one_line(command("show", "foo[bold]", "--suites-dir", suites_dir))


def test_unknown_profile(command, suites_dir, data_dir):
    said = command("plan", "tiny", "--profile", "quik", "--suites-dir", suites_dir, "--data-dir", data_dir)
    assert "no profile 'quik'" in one_line(said)


def test_unknown_experiment_pattern(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir, "--only", "vgg*"))
    assert "there are: plain-8, resnet-8" in one_line(said)


def test_unknown_option(command):
    code, _, errors = command("run", "tiny", "--sedes", "3")
    assert code == 2
    assert "--sedes" in errors


def test_broken_npz(command, suites_dir, tmp_path):
    (tmp_path / "tiny.npz").write_bytes(b"PK\x03\x04 not really")
    assert "not a readable .npz" in one_line(command(*run_tiny(suites_dir, tmp_path)))


def test_labels_out_of_range(command, suites_dir, tmp_path):
    write(tmp_path / "tiny.npz", {**tiny_arrays(), "y_train": np.full(256, 9)})
    assert "labels must be 0 to 3" in one_line(command(*run_tiny(suites_dir, tmp_path)))


def test_no_data_in_paper(command, suites_dir, tmp_path):
    said = command(
        "run", "tiny", "--profile", "paper", "--suites-dir", suites_dir, "--data-dir", tmp_path / "x"
    )
    assert "takes no stand-in: put tiny.npz into" in one_line(said)


def test_runs_folder_that_cannot_be(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir, "--runs-dir", "/dev/null/runs"))
    assert "runs folder /dev/null/runs cannot be written" in one_line(said)


def test_tracking_server_that_does_not_answer(command, suites_dir, data_dir):
    said = command(*run_tiny(suites_dir, data_dir), MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert "http://127.0.0.1:9 does not answer" in one_line(said)


def test_report_without_results(command):
    assert "there are no results of tiny" in one_line(command("report", "tiny"))


def test_a_second_driver_is_refused(command, suites_dir, data_dir, tmp_path):
    from bench.execute.driver import sole_driver

    with sole_driver(tmp_path / "runs"):
        assert "another bench run (process" in one_line(command(*run_tiny(suites_dir, data_dir)))


def test_a_reports_folder_that_cannot_be_loses_no_run(command, suites_dir, data_dir, tmp_path):
    said = command(*run_tiny(suites_dir, data_dir, "--no-tune", "--reports-dir", "/dev/null/x"))
    assert "cannot be written" in one_line(said)
    code, out, _ = command(*run_tiny(suites_dir, data_dir, "--no-tune"))
    assert code == 0
    assert "4 of 4 runs are there, 0 to do" in out


def test_what_would_do_nothing_is_asked_wrongly(command, tmp_path):
    assert "there is no folder of runs" in one_line(
        command("export", tmp_path / "nowhere", tmp_path / "x.zip")
    )
    assert "limit of --until-decided" in one_line(command("run", "tiny", "--max-seeds", "8"))
    (tmp_path / "cut.zip").write_bytes(b"half")
    assert "no whole file of runs" in one_line(
        command("import", tmp_path / "cut.zip", "--runs-dir", tmp_path / "new")
    )
    assert not list(tmp_path.glob("n*")), "nothing is left behind"
