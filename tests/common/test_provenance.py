"""Where results come from: what git knows of the code, and what it does not."""

import subprocess

from bench.common.provenance import Provenance


def test_changed_and_new_files_are_told(tmp_path):
    def git(*words):
        about = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *about, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "one.py").write_text("ONE = 1\n")
    (tmp_path / "notes.txt").write_text("not code\n")
    git("init")
    git("add", "suites")
    git("commit", "-m", "first")
    clean = Provenance(tmp_path)
    assert clean.diff == ""
    assert not clean.commit.endswith("+changes")
    (tmp_path / "suites" / "two.py").write_text("TWO = 2\n")
    assert Provenance(tmp_path).commit == f"{clean.commit}+changes"
    assert Provenance(tmp_path).diff == "new file: suites/two.py\nTWO = 2\n"
    (tmp_path / "suites" / "one.py").write_text("ONE = 3\n")
    assert "+ONE = 3" in Provenance(tmp_path).diff
