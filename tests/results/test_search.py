"""What a search came to."""

import pandas as pd
import pytest

from bench.results.search import best, chosen, edges

RANGE = {"low": 0.01, "high": 0.64, "log": True}  # three parts, of a factor of 4 each


def trials(*rates: float, errors: tuple[float, float] = (20.0, 30.0)) -> pd.DataFrame:
    """One seed for each rate: the trial that has it, and one amid the range, with their errors."""
    rows = [
        {
            "experiment": "a",
            "seed": seed,
            "trial": trial,
            "status": "finished",
            "epochs": 1,
            "validation_error": error,
            "lr": lr,
        }
        for seed, rate in enumerate(rates)
        for trial, (lr, error) in enumerate(zip((rate, 0.08), errors, strict=True))
    ]
    return pd.DataFrame(rows)


def plan(generation: int = 3) -> dict[str, object]:
    return {"tuning": {"generation": generation}, "experiments": [{"id": "a", "tuned": {"lr": RANGE}}]}


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ((0.3, 0.5, 0.6), {"a": ["lr, high"]}),
        ((0.011, 0.02, 0.03), {"a": ["lr, low"]}),
        ((0.3, 0.5, 0.1), {}),  # one seed chose from the middle
        ((0.3, 0.5), {}),  # two seeds say nothing
    ],
)
def test_an_edge_is_the_outermost_part_of_a_range_for_every_seed(rates, told):
    assert edges(plan(), trials(*rates)) == told


def test_an_edge_of_few_parts_and_the_worse_trial_say_nothing():
    assert edges(plan(generation=2), trials(0.3, 0.5, 0.6)) == {}
    assert edges(plan(), trials(0.3, 0.5, 0.6, errors=(30.0, 20.0))) == {}
    assert edges({"tuning": None, "experiments": []}, pd.DataFrame()) == {}


def test_the_edge_of_a_probe_stands_in_the_plan_beside_that_of_a_search():
    probed = {"edges": {"b": "lr, low"}}
    assert edges(probed | {"tuning": None, "experiments": []}, pd.DataFrame()) == {"b": ["lr, low"]}
    assert edges(plan() | probed, trials(0.3, 0.5, 0.6)) == {"a": ["lr, high"], "b": ["lr, low"]}


def test_what_is_chosen_came_to_its_end():
    found = trials(0.3)
    found.loc[0, "status"] = "diverged"
    (one,) = chosen(found, "a")
    assert one["lr"] == 0.08
    assert best(found[:1]) is None
