"""The commands: `bench list | show | plan | run | report | diff | augment | ui | export | import | data get`.

Exit code 0: done (a diverged run is a result); 1: ran, but something failed or was left over;
2: asked wrongly.
"""

import sys

from bench.cli.app import app
from bench.cli.common import complain

from bench.cli import suites, reports, runs, data  # isort: skip  # the order of the help
from bench.common.errors import UserError

__all__ = ["app", "data", "main", "reports", "runs", "suites"]  # importing the modules adds their commands


def main() -> None:
    """The console script."""
    try:
        app(standalone_mode=True)
    except UserError as error:
        complain("error", str(error))
        sys.exit(2)
