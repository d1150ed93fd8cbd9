from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

from rich.console import Console

from bench.cli.ui import serve


def test_links_lead_to_the_comparison_of_experiments_in_the_mode_for_training(tmp_path):
    experiments = [SimpleNamespace(name=name, experiment_id=i) for i, name in enumerate(("Default", "one"))]
    client = SimpleNamespace(search_experiments=lambda: experiments)
    console = Console(record=True, width=80)
    serve(SimpleNamespace(client=client, uri="http://store"), tmp_path, 5000, None, console)
    (line,) = [line for line in console.export_text().splitlines() if "one: " in line]
    path, _, query = urlsplit(line.partition(": ")[2]).fragment.partition("?")
    assert path == "/experiments/1/runs"
    assert parse_qs(query)["workflowType"] == ["machine_learning"]
