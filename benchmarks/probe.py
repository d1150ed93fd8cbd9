"""What a profile's networks come to at a few learning rates, before any final run of it is made.

    python -m benchmarks.probe SUITE FOLDER [--profile quick] [--times 1/3 1 3] [--networks ID ...]
        [--seeds 1] [--data-dir data]

Each network of the profile, or each that is named, is trained in full at so many times its rate. Seeds and
splits are those of an edition that no profile has, so nothing that is chosen by a probe has seen what a
verdict rests on; of its runs validation and training errors are shown, test errors are not. Where a profile
trains on all images, 5,000 are held out. FOLDER keeps the runs: the same command goes on.
"""

import argparse
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import bench
from bench import models
from bench.common.errors import UserError, suggest
from bench.results.tables import Results
from bench.spec import Experiment, Suite
from bench.spec.seeds import MOST_EDITIONS

HELD_OUT = 5_000  # images, where a profile trains on all


def networks(suite: Suite, profile_name: str, names: Sequence[str] = ()) -> list[Experiment]:
    """What a profile trains, or what of it has these names.

    Raises:
        UserError: a name that nothing has which it trains.
    """
    trained = {one.id: one for one in suite.standing(profile_name) if not one.look}
    for one in names:
        if one not in trained:
            raise UserError(f"{profile_name} trains no {one!r}: {suggest(one, trained)}")
    return [trained[one] for one in names or trained]


def probed(
    suite: Suite, profile_name: str, asked: Sequence[Experiment], times: Sequence[Fraction], seeds: int
) -> Suite:
    """The suite's profile with the networks at each rate, untuned; without claims, looks and figures."""
    profile = suite.profiles[profile_name]
    rates = [(one, share) for one in asked for share in times]
    named = [model.name for one in asked if (model := one.model or profile.network)]
    known = {option for name in named for option in models.member(name).options()}
    return suite.replace(
        experiments=tuple(at_rate(one, share, profile.recipe.lr) for one, share in rates),
        profiles={
            profile_name: profile.replace(
                edition=MOST_EDITIONS - 1,
                data=profile.data.replace(validation=profile.data.validation or HELD_OUT),
                seeds=seeds,
                model={name: value for name, value in profile.model.items() if name in known},
                tuning=None,
                ladder=None,
                stand_in=False,
            )
        },
        **dict.fromkeys(("claims", "figures", "references", "networks", "ensembles"), ()),
    )


def at_rate(one: Experiment, times: Fraction, lr: float) -> Experiment:
    """An experiment with so many times its learning rate, or that of the profile."""
    rate = float(times) * one.recipe.get("lr", lr)
    return one.replace(id=name(one.id, times), recipe={**one.recipe, "lr": rate}, space={})


def name(network: str, times: Fraction) -> str:
    """The id of a network at so many times its rate."""
    return f"{network} at {float(times):.3g}"


def table(results: Results, names: Sequence[str], times: Sequence[Fraction]) -> str:
    """Means over seeds: validation error, and in brackets training error, by network and rate."""
    lines = ["| network | " + " | ".join(f"{share} × its rate" for share in times) + " |"]
    lines.append("|---|" + "---:|" * len(times))
    for network in names:
        cells = []
        for share in times:
            held_out, trained = (
                results.values(name(network, share), metric) for metric in ("validation_error", "train_error")
            )
            cells.append(f"{held_out.mean():.1f} ({trained.mean():.1f})" if len(held_out) else "–")
        lines.append(f"| {network} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("suite")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profile", default="quick")
    parser.add_argument(
        "--times", type=Fraction, nargs="+", default=[Fraction(1, 3), Fraction(1), Fraction(3)]
    )
    parser.add_argument("--networks", nargs="+", default=[], metavar="ID")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    asked = parser.parse_args()
    suite = bench.load_suite(asked.suite)
    chosen = networks(suite, asked.profile, asked.networks)
    done = bench.run(
        probed(suite, asked.profile, chosen, asked.times, asked.seeds),
        profile=asked.profile,
        data_dir=asked.data_dir,
        runs_dir=asked.folder / "runs",
        reports_dir=asked.folder / "reports",
        say=lambda line: print(line.partition(": test error")[0]),
    )
    print(f"{asked.suite}, {asked.profile}: validation error (training error), %, {asked.seeds} seeds")
    print(table(done.results, [one.id for one in chosen], asked.times))


if __name__ == "__main__":
    main()
