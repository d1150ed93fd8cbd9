"""How it was measured: what differs from the papers, on how many images, and what verdicts hold for."""

import math

from bench.claims.kinds import Trained
from bench.claims.verdicts import looks
from bench.common.words import span
from bench.report.table import Table
from bench.report.verdicts import few_images
from bench.results.tables import Results

_TIMES = {1: "once", 2: "twice"}


def protocol_table(results: Results) -> Table | None:
    """What differs from the paper profile, the published protocol as far as it is built; None if nothing."""
    rows = [(row["what"], row["here"], row["published"]) for row in results.differences]
    data = results.plan["data"]
    if data["name"] != data["asked"]:
        rows.insert(0, ("data set", f"{data['name']}, synthetic", data["asked"]))
    if not rows:
        return None
    itself = results.plan["profile"] == "paper"
    caption = (
        "Differences from what was published, as far as specifications tell; the suite file may tell of more"
        if itself
        else "Differences from the suite's paper profile, read off the specifications of the first trained "
        "network, and what others have of their own. What was published may differ from both, in data, "
        "networks and protocol"
    )
    columns = ("what", "here", "published" if itself else "paper profile")
    return Table("protocol", caption, columns, tuple(rows))


def protocol_words(results: Results) -> list[str]:
    """What is to be known of runs and verdicts, a paragraph each."""
    return [*filter(None, [_tested(results), f"{_chance(results)} {_read_last(results)}"])]


def _tested(results: Results) -> str:
    """On how many test images the runs are tested, and how many are held out of training."""
    seen = {n for name in results.experiments for n in results.test_images(name).values()}
    if not seen:
        return ""
    own = " (those of its own classes)" if len(seen) > 1 or halves(results) else ""
    held_out = {one["spec"].get("data", {}).get("validation", 0) for one in results.plan["experiments"]}
    chosen = f" As validation images {span(held_out - {0}, 'images')} are held out." if any(held_out) else ""
    return f"Each run is tested on {span(seen, 'images')}{own}.{chosen}"


def _chance(results: Results) -> str:
    """At which looks verdicts are given, how often chance alone gives one, and what they hold for."""
    trained = [one for one in results.decided if isinstance(one, Trained)]
    levels = looks(trained, results.pools, results.first_look)
    told = ", ".join(f"{n} (level {level:g})" for n, level in levels.items())
    few = few_images(results)
    scopes = [_recipe(results)]
    if shared := splits(results):
        scopes.append(f"where seeds share splits, for the {shared} drawn")
    if not few:
        its = "the test images of the classes that its seeds drew" if halves(results) else "these test images"
        scopes.append(f"for {its}")
    return (
        f"Verdicts are given at the declared looks alone, here of {told} seeds. The chance that any claim of "
        f"this report is supported or contradicted by the luck of its seeds{' and test images' * few} alone "
        f"is some 5 % at most, {', '.join(scopes)}. That takes seeds to be not too skewed (which is not "
        "looked at), and spreads not too uneven (which is said beside each claim). Simulations show it for "
        "seeds (docs/statistics.md)"
        f"{'; for test images it rests on an approximation, meant to be cautious' * few}."
    )


def _recipe(results: Results) -> str:
    if results.plan["tuning"]:
        return "for the recipe and the search as they stand"
    fitted = any(one["spec"].get("probe") for one in results.plan["experiments"])
    but = " but the strength of linear classifiers" if fitted else ""
    return f"for the recipe as it stands, untuned by these runs{but}"


def _read_last(results: Results) -> str:
    """That test images are read last, and whether the profile was changed after some had been seen."""
    told = "Test images are read after training: no run is set, stopped or picked by them."
    if edition := int(results.plan.get("edition", 0)):
        times = _TIMES.get(edition, f"{edition} times")
        told += (
            f" The profile, or what claims ask, was changed {times} after test errors of an earlier edition "
            "had been seen, and all was run anew with other seeds: the suite file says what, and why."
        )
    return told


def splits(results: Results) -> int:
    """How many splits the seeds share, where the members of ensembles do; else 0."""
    together = math.lcm(*(one.members for one in results.averaged))
    return max(results.seeds.values(), default=0) // together if together > 1 else 0


def halves(results: Results) -> bool:
    """Whether seeds draw halves of the classes of their own."""
    return any(one["spec"].get("data", {}).get("half") for one in results.plan["experiments"])
