"""Seeds on demand: which experiments get more of them, once verdicts have been looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.claims.kinds import Trained
from bench.claims.verdicts import Outcome
from bench.plan.plan import Plan
from bench.spec import LOOKS


@dataclass(frozen=True)
class MoreSeeds:
    """The seeds that every experiment is to have next; empty where nothing goes on. A line for each claim."""

    seeds: Mapping[str, int]
    why: tuple[str, ...]


def first_seeds(plan: Plan, most: int) -> dict[str, int]:
    """What to begin with: the profile's seeds, or those of the next look, but never more than `most`."""
    wanted = next((look for look in LOOKS if look >= plan.profile.seeds), LOOKS[-1])
    return {one.id: min(wanted, most) for one in plan.experiments}


def further(plan: Plan, outcomes: Sequence[Outcome], most: int) -> MoreSeeds:
    """Open claims that could still be decided with `most` seeds take their experiments to the next look."""
    seeds = {one.id: len(one.seeds) for one in plan.experiments}
    members = {one.id: one.of for one in plan.ensembles}
    wanted, why = dict(seeds), []
    for outcome in (one for one in outcomes if isinstance(one.claim, Trained)):
        claim = outcome.claim
        if outcome.verdict != "undecided":
            why.append(f"{claim.id}: {outcome.verdict} with {outcome.n} seeds; no more are needed")
            continue
        look = _next_look(outcome, most)
        if outcome.more is None or outcome.n + outcome.more > most or look > most:
            limit = f"; it stops, the limit is {most}" if outcome.more else "; it stops"
            why.append(f"{claim.id}: open with {outcome.n} seeds, {outcome.note}{limit}")
            continue
        named = {one for name in claim.experiments() for one in members.get(name, (name,)) if one in wanted}
        if all(seeds[name] >= look for name in named):
            why.append(f"{claim.id}: open with {outcome.n} seeds, {outcome.note}; it stops, runs are missing")
            continue
        why.append(f"{claim.id}: open with {outcome.n} seeds, {outcome.note}; it goes on to {look}")
        wanted |= {name: max(wanted[name], look) for name in named}
    return MoreSeeds(wanted if wanted != seeds else {}, tuple(why))


def _next_look(outcome: Outcome, most: int) -> int:
    """The look after the one that left a claim open, or the first that its ensembles allow."""
    if outcome.look is None and outcome.more:
        return outcome.n + outcome.more
    return next((look for look in LOOKS if look > outcome.n), most + 1)
