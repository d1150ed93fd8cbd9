"""The seeds of a suite: a number for each (replicate, rung, seed, role), so that no two things share one.

Seed s of an experiment is one replicate of the whole procedure: a split, a search for settings, a source,
initial weights and order, each drawn by a number of its own. Contenders of one seed share its split, and
search at like places. Where ensembles are averaged, the set of their members is the replicate: its members
share split and setting, and differ in weights and order.
"""

from dataclasses import dataclass
from typing import Literal

Role = Literal["final", "source", "split", "search"]
MOST_REPLICATES = 999
PROBES = 900  # replicates from here on are for probes while a suite is written: no report shows them

_ROLES: dict[Role, int] = {"final": 0, "source": 1, "split": 2, "search": 3}
_FIRST_TRIAL = 10
_SEED, _RUNG, _REPLICATE = 1_000, 100_000, 1_000_000  # what one more role, rung and replicate adds
MOST_EDITIONS = 4  # numbers stay below 2³², as scikit-learn wants them
MOST_RUNGS = _REPLICATE // _RUNG
MOST_TRIALS = _RUNG // _SEED - _FIRST_TRIAL


@dataclass(frozen=True)
class SeedNumbers:
    """The numbers of one experiment at one rung of a ladder, in one replicate of a suite.

    A profile that was changed after its final runs had been seen has another `edition`, and with it other
    numbers throughout. `together` seeds make a set that shares split and setting; one, where nothing is
    averaged. Splits are those of a rung, `splits`: the same for all rungs where their runs begin with one
    source.
    """

    replicate: int = 0
    rung: int = 0
    together: int = 1
    splits: int = 0
    edition: int = 0

    def first(self, seed: int) -> int:
        """The first seed of the set that a seed stands in: its split and its search are the set's."""
        return seed - seed % self.together

    def of(self, seed: int, role: Role) -> int:
        """The number that a seed has in a role."""
        own = self.first(seed) if role in ("split", "search") else seed
        return self._at(own, _ROLES[role], self.splits if role == "split" else self.rung)

    def of_trial(self, seed: int, trial: int) -> int:
        """The number that trial number `trial` has while a seed's settings are searched for."""
        return self._at(self.first(seed), _FIRST_TRIAL + trial, self.rung)

    def _at(self, seed: int, place: int, rung: int) -> int:
        replicate = self.edition * (MOST_REPLICATES + 1) + self.replicate
        return replicate * _REPLICATE + rung * _RUNG + place * _SEED + seed
