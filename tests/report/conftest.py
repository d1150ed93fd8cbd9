"""Reports of made-up results, built once for all tests that only read them."""

import pytest

from tests.report.made import averaged, built, made_up


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the report of `made_up`, by name."""
    return built(tmp_path_factory.mktemp("report"), made_up())


@pytest.fixture(scope="session")
def averages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the report of `averaged`, by name."""
    return built(tmp_path_factory.mktemp("averages"), averaged())
