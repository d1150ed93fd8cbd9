"""Further tables of a report, behind the others: a file each, found by being here.

A file has `HEADING` and `table(results)`, which gives None where the results have nothing for it.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from bench.report.table import Table
from bench.results.tables import Results


def further_tables(results: Results) -> Iterator[tuple[str, Table]]:
    """The tables that the results allow, each with its heading."""
    for found in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        made = module.table(results)
        if made is not None:
            yield module.HEADING, made
