"""What is published can be rebuilt from its results files, byte for byte."""

import shutil

import pytest

from bench.report.build import build_report
from tests.conftest import ROOT

PUBLISHED = sorted(path.parent for path in (ROOT / "reports" / "published").glob("*/*/suite.json"))


def committed(folder):
    """The files of a results folder that git keeps: see .gitignore."""
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in files if path.suffix != ".tex" and path.name != ".built" and not drawn(path)}


def drawn(path):
    """Whether it is a figure as PNG."""
    return path.suffix == ".png" and path.parts[0] == "figures"


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_published_report_is_its_results(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for made in ("verdicts.json", "report.md", "report.html"):
        (copy / made).unlink()
    for made in ("tables", "figures"):
        shutil.rmtree(copy / made, ignore_errors=True)  # a suite that only counts has no figures
    build_report(copy)
    rebuilt, there = committed(copy), committed(folder)
    assert rebuilt == there
    for path in (folder / name for name in there):
        assert (copy / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_something_is_published():
    assert PUBLISHED
