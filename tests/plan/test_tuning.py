import math

import pytest

from bench.plan.tuning import Study as AnyStudy
from bench.spec import Choice, DataUse, Range, Recipe, RunSpec, Tuning
from bench.spec.seeds import SeedNumbers
from bench.train.records import Epoch, Result

TUNING = Tuning(
    space={"lr": Range(low=0.01, high=1.0), "schedule": Choice(values=("step", "cosine"))},
    trials=7,
    generation=3,
    epochs=2,
    prune_at=(1,),
)
BASE = RunSpec(
    model="resnet-8",
    data=DataUse(name="tiny", fingerprint="f", validation=10),
    augment=(),
    recipe=Recipe(epochs=5, lr=0.2),
    seed=0,
)


def Study(base: RunSpec, tuning: Tuning, seed: int = 0) -> AnyStudy:
    return AnyStudy(base, tuning, SeedNumbers(), seed)


def result(error: float, status: str = "finished", epochs: int = 2) -> Result:
    curve = tuple(Epoch(i + 1, 0.1, 1.0, 50.0, 1.0, error + epochs - i - 1, 1.0, 1.0) for i in range(epochs))
    return Result(status, curve, {"validation_error": error})


def error_of(trial) -> float:
    """A made-up landscape, best at lr 0.1."""
    return 10 + 100 * abs(trial.values["lr"] - 0.1) + (trial.values["schedule"] == "step")


def play(study: AnyStudy) -> list:
    told = []
    for generation in range(study.generations):
        told += [(trial, result(error_of(trial))) for trial in study.ask(generation, told)]
    return told


def test_the_same_study_asks_the_same_trials():
    one, two = (play(Study(BASE, TUNING)) for _ in range(2))
    assert [trial.values for trial, _ in one] == [trial.values for trial, _ in two]
    assert [trial.number for trial, _ in one] == list(range(7))


def test_a_generation_asked_again_is_the_same():
    study = Study(BASE, TUNING)
    told = play(study)[:3]
    assert study.ask(1, told) == study.ask(1, told)


def test_first_trials_lie_one_in_each_equal_part_of_every_range():
    for seed in range(20):
        rates = sorted(trial.values["lr"] for trial in Study(BASE, TUNING, seed).ask(0, []))
        parts = [math.floor(3 * math.log(rate / 0.01) / math.log(100)) for rate in rates]
        assert parts == [0, 1, 2]
    spread = {trial.values["lr"] for seed in range(20) for trial in Study(BASE, TUNING, seed).ask(0, [])}
    assert len(spread) == 60, "each seed has its own places"
    choices = [
        trial.values["schedule"] for seed in range(20) for trial in Study(BASE, TUNING, seed).ask(0, [])
    ]
    assert 20 <= choices.count("step") <= 40


def test_contenders_of_one_seed_search_at_like_places_whatever_their_own_setting_is():
    rotated = BASE.replace(augment=({"name": "rotation", "options": {"degrees": 20.0}},))
    one = TUNING.replace(space={"lr": TUNING.space["lr"], "weight_decay": Range(low=5, high=90)})
    other = TUNING.replace(space={"lr": TUNING.space["lr"], "rotation.degrees": Range(low=5, high=90)})
    tried = [
        [list(trial.values.values()) for trial in Study(base, tuning).ask(0, [])]
        for base, tuning in ((BASE, one), (rotated, other))
    ]
    assert tried[0] == tried[1]


def test_later_generations_depend_on_what_was_told():
    study = Study(BASE, TUNING)
    told = play(study)[:6]
    other = [(trial, result(100 - error_of(trial))) for trial, _ in told]
    assert study.ask(2, told)[0].values != study.ask(2, other)[0].values


def test_another_budget_space_experiment_or_seed_is_another_study():
    key = Study(BASE, TUNING).key
    assert Study(BASE, TUNING.replace(trials=8)).key != key
    assert Study(BASE.replace(recipe=Recipe(epochs=6)), TUNING).key != key
    assert Study(BASE, TUNING, seed=1).key != key
    assert Study(BASE.replace(seed=9), TUNING).key == key, "a final run's number has no part"


def test_trials_have_keys_and_seeds_that_no_final_run_has():
    study = Study(BASE, TUNING)
    specs = [study.spec(trial) for trial, _ in play(study)]
    assert len({spec.key for spec in specs}) == 7
    assert [spec.seed for spec in specs] == [10_000 + 1_000 * number for number in range(7)]
    assert {spec.recipe.epochs for spec in specs} == {2}


def test_limits_are_medians_of_finished_generations():
    study = Study(BASE, TUNING)
    told = play(study)[:3]
    assert all(trial.limits == {} for trial, _ in told)
    firsts = sorted(result.curve[0].validation_error for _, result in told)
    assert study.ask(1, told)[0].limits == {1: firsts[1]}


def test_best_is_the_lowest_validation_error_that_ran_to_its_end():
    study = Study(BASE, TUNING)
    trials = [trial for trial, _ in play(study)][:4]
    told = [
        (trials[0], result(30.0)),
        (trials[1], result(20.0, "pruned", epochs=1)),
        (trials[2], result(25.0)),
        (trials[3], result(75.0, "diverged")),
    ]
    assert study.best(told)[0] is trials[2]
    assert study.best(told[1:2])[0] is trials[1], "with nothing better, the first"


def test_tuned_values_stay_in_their_range_and_are_short():
    for trial, _ in play(Study(BASE, TUNING)):
        assert 0.01 <= trial.values["lr"] <= 1.0
        assert len(f"{trial.values['lr']:g}") <= 7


@pytest.mark.parametrize("status", ["pruned", "diverged"])
def test_pruned_and_diverged_trials_are_told_as_what_they_are(status, tmp_path):
    import optuna

    study = Study(BASE, TUNING)
    told = [(trial, result(75.0, status, epochs=1)) for trial in study.ask(0, [])]
    study.export(tmp_path, told)
    (journal,) = tmp_path.glob("*.journal")
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(journal)))
    (summary,) = optuna.get_all_study_summaries(storage)
    stored = optuna.load_study(study_name=summary.study_name, storage=storage)
    state = optuna.trial.TrialState.PRUNED if status == "pruned" else optuna.trial.TrialState.COMPLETE
    assert [trial.state for trial in stored.trials] == [state] * 3
    assert stored.trials[0].intermediate_values == {1: 75.0}


def test_an_augmentation_s_strength_is_tuned_like_a_recipe_s_field():
    steps = ({"name": "rotation", "options": {"degrees": 20.0}}, "flip")
    tuning = TUNING.replace(space={**TUNING.space, "rotation.degrees": Range(low=5, high=90)})
    study = Study(BASE.replace(augment=steps), tuning)
    told = play(study)
    tried = [trial.values["rotation.degrees"] for trial, _ in told]
    assert len(set(tried)) == len(tried)
    assert all(5 <= degrees <= 90 for degrees in tried)
    for trial, _ in told:
        made = study.spec(trial)
        assert dict(made.augment[0].options) == {"degrees": trial.values["rotation.degrees"]}
        assert made.augment[1].name == "flip"
        assert made.recipe.lr == trial.values["lr"]
