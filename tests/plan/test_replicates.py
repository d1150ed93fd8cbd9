"""A seed is a replicate of the whole procedure: what it draws, and what it shares with whom."""

from itertools import product

import pytest
from pydantic import ValidationError

from bench.plan.progress import Progress
from bench.spec import Data, Ensemble, Predict, Profile, Range, Recipe, Tuning
from bench.spec.seeds import MOST_TRIALS, SeedNumbers
from tests.plan.made import finished, plan

ROLES = ("final", "source", "split", "search")


def test_no_two_things_share_a_number():
    seen = []
    for edition, replicate, rung in product((0, 1, 3), (0, 1, 7, 999), (0, 1, 9)):
        numbers = SeedNumbers(replicate, rung, splits=rung, edition=edition)
        seen += [numbers.of(seed, role) for seed, role in product(range(20), ROLES)]
        seen += [numbers.of_trial(seed, trial) for seed, trial in product(range(20), (0, 1, MOST_TRIALS - 1))]
    assert len(seen) == len(set(seen))
    assert max(seen) < 2**32


def test_members_of_a_set_share_split_and_search_alone():
    numbers = SeedNumbers(together=4)
    for role in ("split", "search"):
        assert len({numbers.of(seed, role) for seed in range(8)}) == 2
    assert len({numbers.of(seed, "final") for seed in range(8)}) == 8
    assert numbers.of_trial(5, 0) == numbers.of_trial(4, 0) != numbers.of_trial(3, 0)


def done(made):
    """All runs of a plan, worked through without training."""
    progress, seen = Progress(made), []
    while ready := [run for one in made.everyone for run in progress.ready(one)]:
        for run in ready:
            progress.add(run, finished(error=50.0 - len(seen) % 7))
            seen.append(run)
    assert progress.complete()
    return seen


def test_contenders_of_a_seed_share_its_split_and_seeds_do_not(suite, data_dir):
    runs = done(plan(suite, data_dir))
    splits = {seed: {run.spec.data.seed for run in runs if run.seed == seed} for seed in (0, 1)}
    assert all(len(found) == 1 for found in splits.values()), "trials and finals of all contenders"
    assert splits[0] != splits[1]


def test_another_replicate_shares_no_run_and_no_number(suite, data_dir):
    first, second = (done(plan(suite, data_dir, replicate=number)) for number in (0, 1))
    assert len(first) == len(second)
    for number in (lambda run: run.key, lambda run: run.spec.seed, lambda run: run.spec.data.seed):
        assert not set(map(number, first)) & set(map(number, second))
    assert {run.seed for run in second} == {0, 1}


def test_a_profile_changed_after_its_runs_were_seen_draws_all_anew(suite, data_dir):
    profile = suite.profiles["smoke"].replace(edition=1)
    changed = suite.replace(profiles={"smoke": profile})
    first, second = (done(plan(one, data_dir)) for one in (suite, changed))
    for number in (lambda run: run.spec.seed, lambda run: run.spec.data.seed):
        assert not set(map(number, first)) & set(map(number, second))


def test_where_all_images_are_trained_on_nothing_is_chosen(suite, data_dir):
    profile = suite.profiles["smoke"].replace(data=Data(size=8), tuning=None)
    made = plan(suite.replace(profiles={"smoke": profile}), data_dir)
    assert {run.spec.data.seed for run in done(made)} == {0}


def test_a_set_of_members_is_searched_for_once(suite, data_dir):
    experiments = [one.replace(predict=Predict()) for one in suite.experiments]
    ensembles = [Ensemble(of="resnet-8", members=2)]
    made = plan(suite.replace(experiments=experiments, ensembles=ensembles), data_dir, seeds=4)
    assert made.runs_total == 2 * (2 * 3 + 4)
    runs = [run for run in done(made) if run.phase == "final" and run.experiment == "resnet-8"]
    settings = [(run.spec.recipe.lr, run.spec.data.seed) for run in sorted(runs, key=lambda run: run.seed)]
    assert settings[0] == settings[1] != settings[2] == settings[3]


def laddered(suite, ladder=(0.5, 0.25)):
    profile = suite.profiles["smoke"]
    recipe, tuning = profile.recipe.replace(epochs=8), profile.tuning.replace(epochs=4)
    return suite.replace(profiles={"smoke": profile.replace(recipe=recipe, tuning=tuning, ladder=ladder)})


def test_a_ladder_trains_all_of_it_at_each_rung_with_seeds_of_its_own(suite, data_dir):
    made = plan(laddered(suite), data_dir)
    assert [rung.share for rung in made.rungs] == [0.25, 0.5]
    assert made.runs_total == 3 * 2 * 2 * (3 + 1)
    runs = done(made)
    finals = [run for run in runs if run.phase == "final"]
    assert {(run.experiment, run.spec.recipe.epochs) for run in finals} == {
        (f"{one}{share}", epochs)
        for one in ("plain-8", "resnet-8")
        for share, epochs in (("", 8), (" ×0.5", 4), (" ×0.25", 2))
    }
    trials = {(run.experiment.partition(" ")[2], run.spec.recipe.epochs) for run in runs if run.spec.trial}
    assert trials == {("", 4), ("×0.5", 2), ("×0.25", 1)}
    drawn = {}
    for run in runs:
        drawn.setdefault(run.experiment.partition(" ")[2], set()).update({run.spec.seed, run.spec.data.seed})
    assert not drawn[""] & drawn["×0.5"] | drawn["×0.5"] & drawn["×0.25"] | drawn[""] & drawn["×0.25"]
    untuned = [done(plan(laddered(suite, ladder), data_dir, tune=False)) for ladder in (None, (0.5,))]
    keys = [{run.key for run in found} for found in untuned]
    assert keys[0] < keys[1], "rungs change nothing of the verdict's"


@pytest.mark.parametrize(
    ("ladder", "message"),
    [((1.0,), "between 0 and 1"), ((0.25, 0.5), "longest budget first"), ((0.5, 0.5), "each once")],
)
def test_a_ladder_that_cannot_be_is_refused(ladder, message):
    with pytest.raises(ValidationError, match=message):
        Profile(recipe=Recipe(epochs=4), ladder=ladder)


def test_more_trials_than_numbers_are_refused():
    tuning = Tuning(space={"lr": Range(low=0.1, high=1)}, trials=MOST_TRIALS + 1, generation=3, epochs=1)
    with pytest.raises(ValidationError, match=f"at most {MOST_TRIALS} trials"):
        Profile(recipe=Recipe(epochs=1), data=Data(validation=10), tuning=tuning)
