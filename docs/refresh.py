"""Fills in what the documents quote: published verdicts and the command line's own help.

    python docs/refresh.py

Text between `<!-- NAME -->` and `<!-- /NAME -->` is written by the function of that name below; a test
checks that the documents are up to date.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.claims.again import Tally
    from bench.results.tables import Results

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
PUBLISHED = ROOT / "reports" / "published"
COMMANDS = "list", "show", "plan", "run", "report", "diff", "augment", "ui", "export", "import", "data get"
SHOWN = PUBLISHED / "resnet-vs-plain"


def suites() -> str:
    """The published reports: what each asks, and how its claims came out."""
    from bench.report.library import tally_of
    from bench.report.replicates import not_again
    from bench.results.files import read
    from bench.results.scale import steps_of

    heads = "suite", "question", "claims at this budget", "whole runs", "published report"
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---:|---|"]
    for folder in sorted(path.parent for path in PUBLISHED.glob("*/*/suite.json")):
        plan = json.loads((folder / "suite.json").read_text(encoding="utf-8"))
        outcomes = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
        counted = [one["verdict"] for one in outcomes if not one["p"] and not one["contrasts"]]
        trained = [one["verdict"] for one in outcomes if one["p"] or one["contrasts"]]
        left = len(plan["claims"]) - len(outcomes)
        told = [tally_of(trained), counted and f"exact counts: {tally_of(counted)}"]
        marks = Counter(mark for one in outcomes for mark in one["remarks"])
        if marks:
            told[0] += f" (marked: {', '.join(f'{mark} {n}' for mark, n in marks.items())})"
        results = read(folder)
        if apart := len(not_again(results)):
            told[0] += f" ({apart} of the decided not again in every replicate)"
        tally = "; ".join(filter(None, [*told, left and f"{left} not asked"]))
        size = folder.name if plan["experiments"] else "counts"
        budget = steps_of(plan["experiments"])
        size += f", {budget}" if budget else ""
        link = f"[{size}]({folder.relative_to(ROOT)}/report.md)"
        cells = f"`{plan['name']}`", plan["question"], tally, 1 + len(results.replicates), link
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def verdicts(profile: str = "quick") -> str:
    """The verdict table of the published report that is shown, of that profile, short."""
    outcomes = json.loads((SHOWN / profile / "verdicts.json").read_text(encoding="utf-8"))
    lines = ["| claim | verdict | measured here | the paper (other protocol) |", "|---|---|---|---|"]
    for one in (one for one in outcomes if profile == "quick" or one["contrasts"]):  # counts stand once
        measured = "; ".join(_contrast(each) for each in one["contrasts"]) or one["note"]
        held = ", ".join(filter(None, [one["budget"] and f" at {one['budget']}", *one["remarks"]]))
        lines.append(f"| {one['text']} | **{one['verdict']}**{held} | {measured} | {one['said']} |")
    return "\n".join(lines)


def _contrast(one: dict) -> str:
    spread = "" if one["low"] is None else f" [{one['low']:.1f}, {one['high']:.1f}]"
    return f"{one['label']}: {one['value']:.1f}{spread}"


@cache
def agreements() -> "list[tuple[Results, Tally]]":
    """Published results that have replicates, and how often their claims came out again, over all pairs."""
    from bench.report.replicates import agreement
    from bench.results.files import read

    folders = sorted({path.parents[2] for path in PUBLISHED.glob("*/*/replicates/*/suite.json")})
    return [(results, agreement(results)) for results in map(read, folders)]


def again() -> str:
    """How often verdicts came out again, over all suites."""
    from bench.report.replicates import alike

    every = [found for _, found in agreements()]
    total, same, turned = (
        sum(sum(found.verdicts.values()) for found in every),
        *(sum(found.verdicts[kind] for found in every) for kind in ("again", "turned")),
    )
    twice = sum(found.undecided for found in every)
    same_in_all, claims = map(sum, zip(*(alike(results) for results, _ in agreements()), strict=True))
    told = (
        f"{same_in_all} of {claims} claims have the same verdict in every replicate, and {turned or 'none'} "
        f"turned round\n(pair by pair {same} of {total}, {twice} of them undecided both times)"
    )
    return (
        f"{len(every)} suites were run again as a whole, with other seeds and splits (and the same test "
        f"images), some on other kinds of processors:\n{told}\n"
        "([how that is counted](docs/statistics.md#replicates))."
    )


def replicates() -> str:
    """How often the claims of published suites came out again, over all pairs of replicates."""
    heads = (
        "suite",
        "whole runs, the first included",
        "verdicts equal",
        "undecided both times",
        "turned round",
        "estimates that agree",
    )
    heads += ("squared differences over variances", "their mean is expected to be at most")
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * 7 + "|"]
    for results, found in agreements():
        cells = (
            f"{results.plan['name']}, {results.plan['profile']}",
            1 + len(results.replicates),
            f"{found.verdicts['again']} of {sum(found.verdicts.values())}",
            found.undecided or "–",
            found.verdicts["turned"],
            f"{found.agree} of {len(found.apart)}",
            f"{found.squared:.2f}",
            f"{found.expected:.2f}",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def commands() -> str:
    """Every command with the first line of its help and its example."""
    lines = []
    for words in COMMANDS:
        text = subprocess.run(
            [sys.executable, "-m", "bench", *words.split(), "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "200", "PATH": "", "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        ).stdout
        about = next(line.strip() for line in text.splitlines()[2:] if line.strip())
        example = re.search(r"Example: (.*)", text)
        lines.append(f"{example[1].strip() if example else 'bench ' + words}\n    {about}")
    return "```text\n" + "\n".join(lines) + "\n```"


def augmentations() -> str:
    """Every augmentation with its options and the first line of its description."""
    import inspect

    from bench.data.augment import methods

    lines = ["| name | options | what it does |", "|---|---|---|"]
    for name, method in methods().items():
        options = list(inspect.signature(method).parameters.values())[2:]
        shown = ", ".join(f"`{one.name}={_short(one.default)}`" for one in options) or "–"
        about = (inspect.getdoc(method) or "").splitlines()[0]
        lines.append(f"| `{name}` | {shown} | {about} |")
    return "\n".join(lines)


def families() -> str:
    """Every family of models: its names with their weights as published, its options, and what it is."""
    import inspect
    from collections import defaultdict

    from bench import models
    from tests.models.golden import read

    counted = {name: int(row["parameters"]) for (name, form), row in read().items() if form == "published"}
    names = defaultdict(list)
    for name, member in models.members().items():
        if name == member.name and name in counted:
            names[member.build].append(f"`{name}` ({_weights(counted[name])})")
    lines = ["| models (weights as published) | options | what they are |", "|---|---|---|"]
    for build, members in sorted(names.items(), key=lambda one: (one[0].__module__, one[0].__name__)):
        parameters = inspect.signature(build).parameters.values()
        options = [one for one in parameters if one.default is not one.empty and one.name != "in_channels"]
        shown = ", ".join(f"`{one.name}={_short(one.default)}`" for one in options) or "–"
        about = (inspect.getdoc(build) or "").splitlines()[0].rstrip(":")
        lines.append(f"| {', '.join(members)} | {shown} | {about} |")
    return "\n".join(lines)


def _weights(count: int) -> str:
    return f"{count / 1e6:.1f} M" if count >= 1e6 else f"{count / 1e3:.0f} K"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


def coverage() -> str:
    """What each interval covers, by number of seeds."""
    from tests import simulation

    heads = " | ".join(f"{n} seeds" for n in simulation.SIZES)
    lines = [f"| interval | {heads} |", "|---|" + "---:|" * len(simulation.SIZES)]
    for words, row in simulation.coverage_rows():
        shares = " | ".join(f"{100 * row[n]:.1f} %" for n in simulation.SIZES)
        lines.append(f"| {words} | {shares} |")
    return "\n".join(lines)


def false_verdicts() -> str:
    """How many suites say anything false, by number of claims and rule of stopping."""
    from tests import simulation

    lines = ["| which claims get further seeds | one claim | ten claims |", "|---|---:|---:|"]
    for words, rule in simulation.STOPPING.items():
        shares = [simulation.false_verdicts(simulation.shared_suites(n), rule) for n in (1, 10)]
        lines.append(f"| {words} | {_percent(shares)} |")
    return "\n".join(lines)


def unlike_seeds() -> str:
    """How many suites say anything false, by how the seeds are distributed."""
    from tests import simulation

    lines = [
        f"| seeds | {' | '.join(f'{n} claims' if n > 1 else 'one claim' for n in simulation.CLAIMS)} |",
        "|---|" + "---:|" * len(simulation.CLAIMS),
    ]
    for kinds, words in ((simulation.PROMISED, "{}"), (simulation.NOT_PROMISED, "*not promised:* {}")):
        for name, (noise, ratio) in kinds.items():
            suites = (simulation.unlike_suites(n, noise, ratio) for n in simulation.CLAIMS)
            shares = [simulation.false_verdicts(one, simulation.STOPPING["all looks"]) for one in suites]
            lines.append(f"| {words.format(name)} | {_percent(shares)} |")
    return "\n".join(lines)


def power() -> str:
    """How many true claims are found, beside what Satterthwaite's degrees of freedom would find."""
    from tests import simulation

    columns = [(claims, looks) for claims in (1, 5, 10) for looks in (1, 4)]
    heads = [
        f"{claims} claim{'s' * (claims > 1)}, {'5 seeds' if looks == 1 else 'all looks'}"
        for claims, looks in columns
    ]
    lines = [f"| effect | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for effect in (1.0, 1.5, 2.0, 3.0):
        cells = [
            f"{100 * simulation.found(claims, effect, looks):.0f} % "
            f"({100 * simulation.found(claims, effect, looks, halved=False):.0f} %)"
            for claims, looks in columns
        ]
        lines.append(f"| {effect:g} sd | {' | '.join(cells)} |")
    return "\n".join(lines)


def _percent(shares: list[float]) -> str:
    return " | ".join(f"{100 * share:.1f} %" for share in shares)


FILLERS: dict[str, Callable[[], str]] = {
    "suites": suites,
    "verdicts": verdicts,
    "verdicts overnight": partial(verdicts, "overnight"),
    "again": again,
    "replicates": replicates,
    "commands": commands,
    "augmentations": augmentations,
    "models": families,
    "coverage": coverage,
    "false verdicts": false_verdicts,
    "unlike seeds": unlike_seeds,
    "power": power,
}


SIMULATED = frozenset({"coverage", "false verdicts", "unlike seeds", "power"})  # these take their time


def filled(text: str, names: Collection[str] = tuple(FILLERS)) -> str:
    """The document with its quotations renewed, or some of them."""
    for name, filler in ((name, FILLERS[name]) for name in names):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if pattern.search(text):
            quoted = filler()
            text = pattern.sub(lambda match, q=quoted: f"{match[1]}{q}\n{match[2]}", text)
    return text


def documents() -> list[Path]:
    """All documents that may quote something."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


if __name__ == "__main__":
    for path in documents():
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
