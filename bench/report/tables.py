"""The tables of a report: verdicts, experiments, protocol, runs, cost."""

from collections.abc import Sequence

from bench.claims import stats
from bench.claims.evidence import FEW
from bench.claims.kinds import Contrast, Equivalence, Trained
from bench.claims.verdicts import Outcome
from bench.report.references import published
from bench.report.table import Table, as_count, interval, p_value
from bench.results.tables import Results
from bench.spec.base import Named
from bench.spec.metrics import Metric, title, unit


def verdict_table(results: Results, outcomes: Sequence[Outcome]) -> Table:
    """All claims of the suite: verdicts on those that the profile decides, the others as not run."""
    by_id = {one.claim.id: one for one in outcomes}
    rows = []
    for claim in results.claims:
        said = f"{claim.said} ({claim.source})" if claim.source else claim.said
        outcome = by_id.get(claim.id)
        if outcome is None:
            there = claim.experiments() and set(claim.experiments()) <= {*results.experiments, *results.pools}
            what = "not asked" if there else "not run"
            note = f"{what} in {results.plan['profile']}"
            note += ": left to a longer profile" if there else ""
            note += _measured(results, claim) if there and isinstance(claim, Trained) else ""
            rows.append((claim.id, claim.text, what, "–", "–", "–", "–", "–", said, note))
            continue
        n = _seeds(outcome) if isinstance(claim, Trained) else "–"
        rows.append(
            (
                claim.id,
                claim.text,
                outcome.verdict,
                outcome.holds_at.removeprefix("at ") or "–",
                estimates(outcome),
                p_value(outcome.p),
                "–" if outcome.alpha is None else f"{outcome.alpha:g}",
                n,
                said,
                outcome.note,
            )
        )
    trained = sum(isinstance(one.claim, Trained) for one in outcomes)
    images = " and of test images" if few_images(results) else ""
    source = "the source says" + (" (other protocol!)" if results.other_protocol else "")
    return Table(
        "verdicts",
        f"Verdicts: {results.label}. Estimates are differences of means over n seeds, of ensembles over "
        f"disjoint sets of them, with 95 % intervals for the choice of seeds{images}, one at a time; p is "
        "two-sided, for what was asked (any difference at all, where no bound is named): that of a claim's "
        "weakest difference, or, if it is smaller, of its strongest reversed one times their number; after "
        f"Holm's correction over {trained} claims, it decides where it is at most the level of its look",
        ("claim", "text", "verdict", "budget", "estimate", "p", "level", "n", source, "why"),
        tuple(rows),
        frozenset({"p", "level", "n"}),
    )


def few_images(results: Results) -> bool:
    """Whether runs are tested on so few images that the interval for other ones, too, decides."""
    return any(n < FEW for name in results.experiments for n in results.test_images(name).values())


def _measured(results: Results, claim: Trained) -> str:
    """What is measured of a claim that is not asked, so that nothing is passed over in silence."""
    means = {name: results.values(name, claim.metric) for name in claim.experiments()}
    if not all(len(one) for one in means.values()):
        return ""
    told = []
    for one in claim.contrasts():
        parts = zip(one.experiments, one.weights, strict=True)
        told.append(f"{one.label} {sum(weight * means[name].mean() for name, weight in parts):.2f}")
    return f" (measured, not tested: {'; '.join(told)})"


def estimates(outcome: Outcome) -> str:
    """The contrasts of a claim in one cell."""
    if not isinstance(outcome.claim, Trained) or not outcome.contrasts:
        return "–"
    metric = outcome.claim.metric
    points = "points" if unit(metric) == "%" else unit(metric)
    told = outcome.contrasts[: outcome.claim.shown()]
    within = isinstance(outcome.claim, Equivalence)
    shown = [f"{one.label}: {interval(found)}{_bound(one, within)}" for one, found in told]
    return f"{outcome.claim.quantity}{points and f', {points}'}: " + "; ".join(shown)


def _bound(one: Contrast, within: bool) -> str:
    """What a contrast was asked to be, where that is not above 0."""
    if not one.bound:
        return ""
    return f" (asked: within ±{-one.bound:g})" if within else f" (asked: above {one.bound:g})"


def conclusion(outcome: Outcome) -> str:
    """What a verdict rests on, in one line."""
    measured = estimates(outcome)
    if measured == "–":
        return outcome.note
    equals = "" if outcome.p is None or outcome.p < 1e-4 else "= "
    p = ""
    if outcome.p is not None:
        p = f"; p {equals}{p_value(outcome.p)}, corrected for the number of claims (level {outcome.alpha:g})"
    return f"{measured}; n = {_seeds(outcome)}{p}; {outcome.note}"


def _seeds(outcome: Outcome) -> str:
    """How many seeds a verdict rests on, and in how many sets where ensembles take several each."""
    sets = sorted({found.n for _, found in outcome.contrasts} or {outcome.n}, reverse=True)
    return str(outcome.n) if sets == [outcome.n] else f"{outcome.n} in {' and '.join(map(str, sets))} sets"


def main_table(results: Results) -> Table | None:
    """Experiment × metrics, with the published number where there is one; None where nothing is trained."""
    if not results.experiments:
        return None
    metrics: list[Metric] = list(dict.fromkeys(["train_error", "test_error", results.headline]))
    differing, alike = _counts(results)
    rows = []
    for experiment in results.experiments:
        samples = {metric: results.values(experiment, metric) for metric in metrics}
        tested, runs = samples["test_error"], results.runs[results.runs["experiment"] == experiment]
        diverged = int((runs["status"] == "diverged").sum())
        both = _other_images(results, experiment)
        rows.append(
            (
                experiment,
                *(interval(stats.mean(sample)) if len(sample) else "–" for sample in samples.values()),
                f"{both.low:.2f} to {both.high:.2f}" if both else "–",
                f"{len(tested)} ({diverged} diverged)" if diverged else str(len(tested)),
                *(as_count(results.count(experiment, name)) for name in differing),
                _settings(results, experiment),
                published(results, experiment),
            )
        )
    numeric = (*map(title, metrics), "test error on other images", "n", *differing.values())
    columns = ["experiment", *numeric, "settings"]
    if any(row[-1] != "–" for row in rows):
        columns.append("published, %" + (" (other protocol!)" if results.other_protocol else ""))
    return Table(
        "experiments",
        f"Experiments: {results.label}. Errors in %, mean over n seeds [95 % interval for the choice of "
        'seeds]; training error is clean (evaluation mode, un-augmented, last epoch); "on other images" is '
        "the interval of the test error for other seeds and other test images"
        + alike
        + _networks(results)
        + _sources(results),
        tuple(columns),
        tuple(row[: len(columns)] for row in rows),
        frozenset(numeric),
    )


def _counts(results: Results) -> tuple[dict[str, str], str]:
    """Counts that tell networks apart, with their words; and the others in a sentence."""
    words = {"parameters": "parameters", "macs": "MACs"}
    values = {name: {results.count(one, name) for one in results.experiments} for name in words}
    alike = {name: one for name, (one, *more) in values.items() if not more and len(results.experiments) > 1}
    said = " and ".join(f"{as_count(count)} {words[name]}" for name, count in alike.items())
    return {name: words[name] for name in words if name not in alike}, f". Each has {said}" if said else ""


def _networks(results: Results) -> str:
    """What experiments' networks are, in a sentence; of those named after theirs, their options."""
    groups: dict[str, list[str]] = {}
    for one in results.plan["experiments"]:
        if model := one["spec"].get("model"):
            network = str(Named.model_validate(model))
            told = network.partition("(")[2].removesuffix(")") if model["name"] in one["id"] else network
            groups.setdefault(told, []).append(one["id"])
    groups.pop("", None)
    if len(groups) == 1 and len(next(iter(groups.values()))) == len(results.experiments):
        return f". Networks, each: {next(iter(groups))}"
    return "".join(f". {', '.join(names)}: {network}" for network, names in groups.items())


def _sources(results: Results) -> str:
    """What experiments begin with, in a sentence for each."""
    told = ""
    for one in results.plan.get("sources", ()):
        spec = one["spec"]
        data, model = spec["data"], Named.model_validate(spec["model"])
        half = f", half {data['half']} of its classes" if data.get("half") else ""
        images = f", {data['train']:,} images" if data.get("train") else ""
        told += f". Source {one['id']}: {model} on {data['name']}{half}{images}, {one['budget']:,} steps"
    return told


def _other_images(results: Results, experiment: str) -> stats.Estimate | None:
    """The mean test error with its interval for other seeds and images; None where either is not known.

    Where seeds have seen unlike halves of the classes, for as many images as they saw on average.
    """
    tested, images = results.values(experiment, "test_error"), results.test_images(experiment)
    if not len(tested) or not images:
        return None
    return stats.mean_error(tested, round(sum(images.values()) / len(images)))


def protocol_table(results: Results) -> Table | None:
    """What differs from the paper profile, the published protocol as far as it is built; None if nothing."""
    rows = [(row["what"], row["here"], row["published"]) for row in results.plan["differences"]]
    data = results.plan["data"]
    if data["name"] != data["asked"]:
        rows.insert(0, ("data set", f"{data['name']}, synthetic", data["asked"]))
    if not rows:
        return None
    return Table(
        "protocol",
        "Differences from the suite's paper profile, read off the specifications of the first trained "
        "network. What was published may differ from both, in data, networks and protocol",
        ("what", "here", "paper profile"),
        tuple(rows),
    )


def _settings(results: Results, experiment: str) -> str:
    one = next(one for one in results.plan["experiments"] if one["id"] == experiment)
    recipe, probe = one["spec"]["recipe"], one["spec"].get("probe")
    if probe:
        features = probe.get("features") or f"layer {probe['layer']}"
        untrained = "" if "start" in one["spec"] or probe.get("features") else " of an untrained net"
        return f"{probe['classifier']} on {features}{untrained}, strength chosen on validation images"
    if "look" in one["spec"]:
        return f"a look at {one['source']}"
    if isinstance(one["tuned"], dict) and one["tuned"]:
        return f"{', '.join(one['tuned'])}: each seed's own, see Tuning"
    tuned = ", tuned" if one["tuned"] is True else ""
    start = one["spec"].get("start", {})
    share = f", copied layers at {start['share']:.2g} of it" if start.get("share", 1.0) != 1.0 else ""
    own = [
        f", {name.partition('.')[2]} {step['options'][name.partition('.')[2]]:g}"
        for step in one["spec"]["augment"]
        for name in one["space"]
        if name.startswith(f"{step['name']}.")
    ]
    return f"lr {recipe['lr']:g}{share}, weight decay {recipe['weight_decay']:g}{''.join(own)}{tuned}"
