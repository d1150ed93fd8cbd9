"""A small suite, and what one of its runs is asked to do."""

from bench.spec import Data, Experiment, Profile, Recipe, RunSpec, Suite, resolve


def suite(**changes):
    base = {
        "title": "T",
        "question": "Q?",
        "data": "tiny",
        "experiments": [Experiment(model="plain-8"), Experiment(model="resnet-8")],
        "profiles": {"quick": Profile(recipe=Recipe(epochs=3), data=Data(validation=10))},
    }
    return Suite(**{**base, **changes})


def spec(**changes) -> RunSpec:
    one = suite()
    made = resolve(one, one.profiles["quick"], one.experiments[0], "tiny", "f" * 64)
    return made.replace(**changes)
