"""The table of experiments: what each network came to, how it was trained, what differs from the papers."""

from statistics import fmean

from bench.claims import stats
from bench.report.protocol import splits
from bench.report.references import published
from bench.report.table import Table, as_count, interval
from bench.results.tables import Results
from bench.spec.base import Named
from bench.spec.metrics import Metric, title


def shared_splits(results: Results) -> str:
    """That seeds share splits, where an ensemble's members do, in a sentence."""
    if not (drawn := splits(results)):
        return ""
    return (
        f". Seeds of a set share a split: intervals and verdicts that count several seeds or sets of a split "
        f"as independent hold for the {drawn} splits drawn, and may be too narrow for others"
    )


def main_table(results: Results) -> Table | None:
    """Experiment × metrics, with the published number where there is one; None where nothing is trained."""
    if not results.experiments:
        return None
    metrics: list[Metric] = list(dict.fromkeys(["train_error", "test_error", results.headline]))
    differing, alike = _counts(results)
    elsewhere, rows = _other_images(results), []
    looks = _looks(results)
    for experiment in (one for one in results.experiments if one not in looks):
        samples = {metric: results.values(experiment, metric) for metric in metrics}
        tested, runs = samples["test_error"], results.runs[results.runs["experiment"] == experiment]
        diverged = int((runs["status"] == "diverged").sum())
        rows.append(
            (
                experiment,
                *(interval(stats.mean(sample)) if len(sample) else "–" for sample in samples.values()),
                *([elsewhere[experiment]] if elsewhere else []),
                f"{len(tested)} ({diverged} diverged)" if diverged else str(len(tested)),
                *(as_count(results.count(experiment, name)) for name in differing),
                _settings(results, experiment),
                published(results, experiment),
            )
        )
    others = ("test error on other images",) if elsewhere else ()
    numeric = (*map(title, metrics), *others, "n", *differing.values())
    columns = ["experiment", *numeric, "settings"]
    if any(row[-1] != "–" for row in rows):
        columns.append("published, %" + (" (other protocol!)" if results.other_protocol else ""))
    return Table(
        "experiments",
        f"Experiments: {results.label}. Errors in %, mean over n seeds [95 % interval for the choice of "
        "seeds]; training error is clean (evaluation mode, un-augmented, last epoch)"
        + '; "on other images" is the interval of the test error for other seeds and other test images'
        * bool(elsewhere)
        + shared_splits(results)
        + alike
        + _networks(results)
        + _sources(results)
        + ". Looks at final weights: " * bool(looks)
        + ", ".join(f"{name} at {source}" for name, source in looks.items()),
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
    fitted = any((one["spec"].get("probe") or {}).get("layer") for one in results.plan["experiments"])
    whole = (
        "The whole network has {}; what is fitted on a layer uses those up to it alone"
        if fitted
        else "Each has {}"
    )
    told = f". {whole.format(said)}" if said else ""
    return {name: words[name] for name in words if name not in alike}, told


def _looks(results: Results) -> dict[str, str]:
    """Experiments that only look at the weights of others, by name: they have no errors of their own."""
    return {one["id"]: one["source"] for one in results.plan["experiments"] if "look" in one["spec"]}


def _networks(results: Results) -> str:
    """What experiments' networks are, in a sentence; of those named after theirs, their options."""
    groups: dict[str, list[str]] = {}
    looks = _looks(results)
    for one in results.plan["experiments"]:
        if (model := one["spec"].get("model")) and one["id"] not in looks:
            network = str(Named.model_validate(model))
            told = network.partition("(")[2].removesuffix(")") if model["name"] in one["id"] else network
            groups.setdefault(told, []).append(one["id"])
    groups.pop("", None)
    if len(groups) == 1 and len(next(iter(groups.values()))) == len(results.experiments) - len(looks):
        return f". Networks, each: {next(iter(groups))}"
    return "".join(f". {', '.join(names)}: {network}" for network, names in groups.items())


def _sources(results: Results) -> str:
    """What experiments begin with, in a sentence for each."""
    told = ""
    for one in results.plan.get("sources", ()):
        spec = one["spec"]
        data, model = spec["data"], Named.model_validate(spec["model"])
        half = f", half {data['half']} of its classes, drawn anew for each seed" if data.get("half") else ""
        images = f", {data['train']:,} images" if data.get("train") else ""
        told += f". Source {one['id']}: {model} on {data['name']}{half}{images}, {one['budget']:,} steps"
    return told


def _strength(results: Results, experiment: str) -> str:
    """That the strength of a linear classifier is chosen, and how often it was the largest, or the least."""
    chosen = results.values(experiment, "strength")
    offered = results.plan_of(experiment)["spec"]["probe"]["strengths"]
    ends = {"largest": sum(chosen == max(offered)), "least": sum(chosen == min(offered))}
    told = " and ".join(f"the {end} in {n} of {len(chosen)} seeds" for end, n in ends.items() if n)
    return f"strength chosen on validation images{f' ({told})' if told else ''}"


def _other_images(results: Results) -> dict[str, str]:
    """The test error's interval for other seeds and images, by experiment; empty where none is known.

    Where each seed is tested on images of its own half of the classes, it is not.
    """
    told = {}
    for one in results.plan["experiments"]:
        tested, images = results.values(one["id"], "test_error"), results.test_images(one["id"])
        known = len(tested) and images and not one["spec"].get("data", {}).get("half")
        both = stats.mean_error(tested, round(fmean(images.values()))) if known else None
        told[one["id"]] = f"{both.low:.2f} to {both.high:.2f}" if both else "–"
    return told if any(one != "–" for one in told.values()) else {}


def _settings(results: Results, experiment: str) -> str:
    one = results.plan_of(experiment)
    recipe, probe = one["spec"]["recipe"], one["spec"].get("probe")
    if probe:
        features = probe.get("features") or f"layer {probe['layer']}, averaged over places"
        untrained = "" if "start" in one["spec"] or probe.get("features") else " of an untrained net"
        weighed = ", classes weighed alike" if probe.get("balanced") else ""
        return f"{probe['classifier']} on {features}{untrained}{weighed}, {_strength(results, experiment)}"
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
