"""Results files with made-up numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from bench.claims import Count, Difference
from bench.report.build import build_report
from bench.results.files import write
from bench.results.old_format import melted
from bench.results.tables import Results
from bench.spec import Ensemble, Reference

EXPERIMENTS = ("plain-20", "plain-56", "resnet-20", "resnet-56")


MEANS = {"plain-20": 45.0, "plain-56": 74.0, "resnet-20": 31.0, "resnet-56": 33.0}


def made_up(seeds: int = 5, missing: int = 0, **facts) -> Results:
    """Results as a run would leave them, with made-up numbers."""
    rng = np.random.Generator(np.random.PCG64(1))
    runs, curves, cost = [], [], []
    for name in EXPERIMENTS:
        for seed in range(seeds):
            error = MEANS[name] + rng.normal()
            runs.append(
                {"experiment": name, "seed": seed, "key": f"{name}{seed}", "status": "finished", "epochs": 3,
                 "lr": 0.1, "weight_decay": 1e-4, "train_error": error - 1, "train_loss": 1.0,
                 "test_error": error, "test_loss": 1.1, "validation_error": error}
            )  # fmt: skip
            curves += [
                {"experiment": name, "seed": seed, "epoch": epoch, "lr": 0.1, "train_loss": 1.0,
                 "train_error": error + 30 - 10 * epoch, "validation_loss": 1.0,
                 "validation_error": error + 31 - 10 * epoch}
                for epoch in (1, 2, 3)
            ]  # fmt: skip
            cost.append(
                {"experiment": name, "seed": seed, "phase": "final", "seconds": rng.random(),
                 "images_per_second": 100.0, "peak_memory_mb": 1.0, "run_id": "r"}
            )  # fmt: skip
    claims = [
        Difference(id="degradation", text="Deeper is worse.", metric="train_error", lower="plain-20",
                   higher="plain-56", said="a figure", source="a paper"),
        Difference(id="cure", text="Shortcuts cure.", metric="test_error", lower="resnet-110",
                   higher="resnet-20", said="6.43", source="a paper"),
        Count(id="weights", text="As many weights.", quantity="parameters", values={"plain-20": 5}),
    ]  # fmt: skip
    common = {"metric": "test_error", "paper": "A paper", "where": "Table 6", "statistic": "single"}
    references = [
        Reference(experiment="resnet-20", value=8.75, status="F", **common),
        Reference(experiment="resnet-56", value=1.234, status="M", **common),
    ]
    data = {"name": "cifar10", "asked": "cifar10", "provenance": "drawn by a test"}
    plan = {
        "name": "made-up", "title": "Made up", "question": "Is it so?",
        "hash": "0123456789abcdef0",
        "format": 2, "networks": [], "expectations": "Quick <decides>.",
        "profile": "quick", "seeds": seeds, "data": data, "tuning": None, "differences": [],
        "claims": [claim.model_dump(mode="json") for claim in claims],
        "references": [reference.model_dump(mode="json") for reference in references],
        "experiments": [
            {"id": name, "tuned": False, "space": [],
             "spec": {"augment": [], "model": {"name": name, "options": {}},
                      "data": {"train": 100, "validation": 10},
                      "recipe": {"lr": 0.1, "weight_decay": 1e-4, "epochs": 3}}}
            for name in EXPERIMENTS
        ],
        **facts,
    }  # fmt: skip
    counts = [{"experiment": name, "parameters": 5, "macs": 7} for name in EXPERIMENTS]
    provenance = {
        "data": "drawn by a test",
        "commits": ["abc"],
        "hardware": ["a machine"],
        "versions": ["torch 2"],
    }
    ran, measures = melted(pd.DataFrame(runs[: len(runs) - missing], columns=list(runs[0])))
    return Results(
        plan,
        ran,
        pd.DataFrame(curves[: len(curves) - 3 * missing], columns=list(curves[0])),
        pd.DataFrame(),
        pd.DataFrame(counts),
        pd.DataFrame(),
        pd.DataFrame(cost),
        provenance,
        measures,
    )


def built(folder: Path, results: Results) -> dict[str, bytes]:
    write(results, folder)
    build_report(folder)
    made = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".built")
    return {str(path.relative_to(folder)): path.read_bytes() for path in made}


def compared(sizes: tuple[int, ...] = (100,)) -> Results:
    """As `made_up`, but experiments differ in augmentation (none for the first) and training images."""
    base = made_up()
    steps = {"plain-20": [], "plain-56": ["flip"], "resnet-20": ["crop"], "resnet-56": ["crop", "flip"]}
    rows = []
    for number, size in enumerate(sizes):
        for one in base.plan["experiments"]:
            spec = one["spec"] | {
                "augment": [{"name": step, "options": {}} for step in steps[one["id"]]],
                "data": {"train": size, "validation": 10},
                "model": {"name": "net", "options": {}},
            }
            name = one["id"] if number == 0 else f"{one['id']}-{size}"
            rows.append({**one, "id": name, "spec": spec})

    def for_all_sizes(table):
        more = [table.assign(experiment=table["experiment"] + f"-{size}") for size in sizes[1:]]
        return pd.concat([table, *more])

    plan = {**base.plan, "experiments": rows}
    tables = {name: for_all_sizes(getattr(base, name)) for name in ("runs", "measures", "curves")}
    return replace(base, plan=plan, **tables)


def with_balanced_errors(measures: pd.DataFrame) -> pd.DataFrame:
    """The same, the mean error over classes being the error."""
    errors = measures[measures["metric"] == "test_error"]
    return pd.concat([measures, errors.assign(metric="test_balanced_error")])


def averaged() -> Results:
    base = made_up()
    ensembles = [Ensemble(id="1 net", of="plain-20"), Ensemble(id="2 nets", of="plain-20", members=2)]
    rows = [
        {"ensemble": one.id, "replicate": i, "seeds": str(i), "nets": one.members, "test_error": 40.0 - i,
         "test_loss": 1.0, "brier": 0.5, "calibration_error": 2.0, "disagreement": np.nan}
        for one in ensembles
        for i in range(6 // one.members)
    ]  # fmt: skip
    sampled = [
        {"experiment": "plain-20", "weights": "last", "members": n, "views": 1, "sets": 3,
         "test_error": 40.0 - n, "least": 39.0 - n, "most": 41.0 - n}
        for n in (1, 2, 3)
    ]  # fmt: skip
    prices = pd.DataFrame(
        [{"experiment": one.id, "parameters": 5, "macs": 7, "training_macs": 9} for one in ensembles]
    )
    return replace(
        base,
        plan={**base.plan, "ensembles": [one.model_dump(mode="json") for one in ensembles]},
        ensembles=pd.DataFrame(rows),
        sampled=pd.DataFrame(sampled),
        counts=pd.concat([base.counts, prices]),
        cost=base.cost.assign(evaluation_images_per_second=1000.0),
        sheet=b"a picture",
    )


def transferred() -> Results:
    """As `made_up`, but experiments begin with one and three layers of a source, frozen or not."""
    base = made_up()
    starts = {"plain-20": None, "plain-56": (1, 1), "resnet-20": (3, 3), "resnet-56": (3, 0)}
    rows = []
    for one in base.plan["experiments"]:
        start = starts[one["id"]]
        spec = {**one["spec"], "data": {"train": 100, "validation": 10, "half": "B"}}
        if start:
            spec["start"] = {"key": "", "layers": start[0], "frozen": start[1], "share": 1.0}
        rows.append({**one, "spec": spec, **({"source": "task A"} if start else {})})
    sources = [{"id": "task A"}]
    return replace(base, plan={**base.plan, "experiments": rows, "sources": sources})


def probed() -> Results:
    """As `made_up`, but classifiers on layers 1 and 2, of a source or of random weights, and no curves."""
    base = made_up()
    rows = []
    for number, one in enumerate(base.plan["experiments"]):
        probe = {"layer": number % 2 + 1, "classifier": "svm", "strengths": [0.1, 1.0]}
        rows.append(
            {**one, "spec": {**one["spec"], "probe": probe}} | ({"source": "A"} if number < 2 else {})
        )
    measures = with_balanced_errors(base.measures)
    cost = base.cost.assign(images_per_second=np.nan)
    plan = {**base.plan, "experiments": rows}
    return replace(base, plan=plan, measures=measures, curves=base.curves[:0], cost=cost)
