"""A suite with nothing to do says so at once; whatever has changed is noticed."""

import os

from tests.cli.tiny import run_tiny

SAME = "nothing has changed since"


def test_a_suite_with_nothing_to_do(command, suites_dir, data_dir, tmp_path):
    asked = run_tiny(suites_dir, data_dir)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (data_dir / "linked").symlink_to(elsewhere)
    report, memory = tmp_path / "reports" / "tiny" / "smoke", tmp_path / "runs" / "unchanged"

    def said(*more):
        code, out, _ = command(*asked, *more)
        assert code == 0
        return out

    def changed_suite():
        path = suites_dir / "tiny.py"
        path.write_text(path.read_text().replace('title="', 'title="Another '))

    def new_data_elsewhere():
        (elsewhere / "one.png").write_text("")

    def new_data():
        (data_dir / "other.txt").write_text("")

    def changed_results():
        (report / "runs.csv").write_text("")

    def lost_page():
        (report / "report.html").unlink()

    def touched_store():
        os.utime(tmp_path / "runs" / "mlflow.db", ns=(1, 1))

    def damaged_memory():
        (kept,) = memory.iterdir()
        kept.write_text(kept.read_text()[:-9])

    first, second = said(), said()
    assert SAME not in first
    assert SAME in second
    assert "all is there" in second
    assert first.splitlines()[-1] == second.splitlines()[-1]
    assert "report.html" in second
    verdicts = [line for line in first.splitlines() if "undecided" in line or "supported" in line]
    assert verdicts
    assert all(line in second.splitlines() for line in verdicts)
    changes = (changed_suite, new_data, new_data_elsewhere, changed_results, lost_page, touched_store)
    for change in (*changes, damaged_memory):
        change()
        assert SAME not in said(), change.__name__
        assert SAME in said(), change.__name__
    assert SAME not in said("--accept-stale", "so"), "another command"
    (data_dir / "other.txt").unlink()


def test_what_changes_meanwhile_is_not_forgotten(command, suites_dir, data_dir, monkeypatch):
    """Code that was changed while a run by the old one went on is not taken for that run's."""
    asked = run_tiny(suites_dir, data_dir, "--no-tune", "--only", "plain-8")
    states = iter("ab")
    with monkeypatch.context() as patched:
        patched.setattr("bench.cli.unchanged._taken", lambda suite, options: next(states))
        assert command(*asked)[0] == 0
    assert SAME not in command(*asked)[1]
    assert SAME in command(*asked)[1]


def test_what_is_left_over_is_not_done(command, suites_dir, data_dir):
    asked = run_tiny(suites_dir, data_dir, "--stop-after", "0")
    assert command(*asked)[0] == 1
    code, out, _ = command(*asked)
    assert code == 1
    assert SAME not in out
