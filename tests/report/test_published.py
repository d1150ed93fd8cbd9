"""What is published can be rebuilt from its results files, byte for byte."""

import shutil

import pytest

from bench.report.build import build_report
from tests.conftest import ROOT

PUBLISHED = sorted(path.parent for path in (ROOT / "reports" / "published").glob("*/*/suite.json"))


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_published_report_is_its_results(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for made in ("verdicts.json", "report.md", "report.html"):
        (copy / made).unlink()
    for made in ("tables", "figures"):
        shutil.rmtree(copy / made)
    build_report(copy)
    for path in (one for one in folder.rglob("*") if one.is_file()):
        assert (copy / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_something_is_published():
    assert PUBLISHED
