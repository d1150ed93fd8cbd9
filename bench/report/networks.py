"""Tables of counted networks: what arithmetic says of each, and layer by layer."""

from collections.abc import Sequence

from bench.claims.verdicts import Outcome
from bench.report.table import Table, as_count
from bench.results.tables import Results

_COLUMNS = {  # quantity: words
    "depth": "layers with weights on the longest path",
    "parameters": "parameters",
    "macs": "MACs",
    "activations": "activations",
    "receptive_field": "receptive field",
    "output_size": "last map",
}


def count_verdicts(results: Results, outcomes: Sequence[Outcome]) -> Table:
    """All claims of a suite that only counts, with their verdicts."""
    rows = tuple(
        (
            one.claim.id,
            one.claim.text,
            one.verdict,
            f"{one.claim.said} ({one.claim.source})" if one.claim.source else one.claim.said,
            one.note,
        )
        for one in outcomes
    )
    columns = ("claim", "text", "verdict", "the source says", "why")
    caption = (
        f"Verdicts: {results.label}. Counted are networks built here as their papers have them: where a "
        "claim is about what a paper says, it is the paper that decides; a note says where one differs"
    )
    return Table("verdicts", caption, columns, rows)


def networks_table(results: Results) -> Table | None:
    """Every counted network; None where there is none."""
    if not results.networks:
        return None
    images = {one["id"]: f"{one['size']}×{one['size']}×{one['channels']}" for one in results.plan["networks"]}
    rows = tuple(
        (name, images[name], *(as_count(results.count(name, quantity)) for quantity in _COLUMNS))
        for name in results.networks
    )
    columns = ("network", "image", *_COLUMNS.values())
    caption = (
        "Networks: exact counts for one image. MACs and activations are those of convolutions, local and "
        "dense layers; the receptive field (pixels a side, borders ignored) is that of the last feature map, "
        "which for a network of dense layers alone is the image"
    )
    return Table("networks", caption, columns, rows, frozenset(columns[2:]))


def layer_tables(results: Results) -> list[Table]:
    """For each counted network, its layers with weights or another output's shape."""
    return [_layers(results, name) for name in results.networks]


def _layers(results: Results, name: str) -> Table:
    layers = results.layers[results.layers["network"] == name]
    rows = [
        (
            str(one["layer"]),
            str(one["kind"]),
            str(one["output"]),
            f"{one['parameters']:,}",
            f"{one['macs']:,}",
            str(one["receptive_field"]),
        )
        for _, one in layers.iterrows()
    ]
    sums = (f"{layers['parameters'].sum():,}", f"{layers['macs'].sum():,}", "")
    rows.append(("all", "", "", *sums))
    columns = ("layer", "kind", "output", "parameters", "MACs", "receptive field")
    return Table(f"layers/{name}", f"{name}, layer by layer", columns, tuple(rows), frozenset(columns[3:]))
