"""Publishing: the user's results folder, copied to where the committed ones stand."""

import shutil
from pathlib import Path

from bench.common.errors import UserError
from bench.report.library import PUBLISHED


def publish_results(folder: Path, reports_dir: Path) -> Path:
    """Copy `reports/<suite>/<profile>` to `reports/published/<suite>/<profile>`, replacing it.

    Raises UserError if the results are published ones already.
    """
    target = reports_dir / PUBLISHED / folder.parent.name / folder.name
    if folder.resolve() == target.resolve():
        raise UserError(f"{folder}: there are no results of your own to publish")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    return target
