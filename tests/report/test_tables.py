"""Tables: LaTeX, published numbers beside ours, tuning, trouble; and two folders side by side."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from bench.claims import Equivalence, Reached
from bench.common.errors import UserError
from bench.report.build import build_report
from bench.report.diff import compare
from bench.report.experiments import main_table
from bench.report.page import curves_data
from bench.report.references import references_table
from bench.report.runs import trouble_table
from bench.report.table import Table
from bench.report.tuning import tuned_table, tuning_table
from bench.report.verdicts import measured
from bench.results.files import write
from bench.spec import Reference
from tests.report.made import made_up


def test_latex_escapes_and_aligns():
    table = Table("t", "5 % of _all_ & more", ("name", "n"), (("a_b", "−1 × 2 < 3"),), frozenset({"n"}))
    text = table.latex()
    assert r"\begin{tabular}{lr}" in text
    assert r"\caption{5 \% of \_all\_ \& more}" in text
    assert r"a\_b & $-$1 $\times$ 2 $<$ 3 \\" in text
    assert text.index(r"\toprule") < text.index(r"\midrule") < text.index(r"\bottomrule")


def test_what_is_measured_of_a_claim_that_is_not_asked():
    asked = {"text": "T", "source": "", "said": "no number", "profiles": ("overnight",)}
    claims = [
        Reached(id="at-most", metric="test_error", of="plain-20", at_most=8, **asked),
        Equivalence(id="alike", metric="test_error", one="plain-20", other="plain-56", within=1, **asked),
    ]
    results = made_up()
    results.plan["claims"] = [one.model_dump(mode="json") for one in claims]
    plain, deep = (float(results.values(name, "test_error").mean()) for name in ("plain-20", "plain-56"))
    at_most, alike = (measured(results, claim) for claim in results.claims)
    assert at_most == f" (measured, not tested: 8 − plain-20 {8 - plain:.2f})"
    assert alike == f" (measured, not tested: plain-20 − plain-56 {plain - deep:.2f})"


def referring(*references: dict) -> list[dict]:
    common = {"experiment": "resnet-20", "metric": "test_error", "paper": "P", "where": "T", "status": "F"}
    return [Reference(**common | one).model_dump(mode="json") for one in references]


def test_published_numbers_stand_beside_ours_of_the_same_kind():
    results = made_up(
        references=referring(
            {"value": 30.0, "statistic": "mean", "n": 5, "spread": 0.5},
            {"value": 30.0, "statistic": "single"},
            {"value": 29.0, "statistic": "best", "n": 5},
            {"value": 12.0, "statistic": "mean", "status": "M"},
            {"value": 40.0, "statistic": "median", "n": 5, "data": "elsewhere"},
        )
    )
    ours = results.values("resnet-20", "test_error")
    assert not results.other_protocol
    mean, single, best, median = references_table(results).rows
    assert mean[2:4] == ("30 ± 0.5 (mean of 5)", f"{ours.mean():.2f} (mean of 5)")
    welch = scipy_stats.ttest_ind_from_stats(ours.mean(), ours.std(ddof=1), 5, 30, 0.5, 5, equal_var=False)
    se, df = (ours.mean() - 30) / welch.statistic, scipy_stats.ttest_ind(
        ours, 30 + 0.5 * np.array([-1.0, -1, 0, 1, 1]), equal_var=False
    ).df  # fmt: skip
    half = scipy_stats.t.ppf(0.975, df) * se
    apart = f"{ours.mean() - 30:.2f} [{ours.mean() - 30 - half:.2f}, {ours.mean() - 30 + half:.2f}]"
    assert mean[4] in (f"same: {apart}", f"not the same: {apart}")
    assert mean[4].startswith("same") == (abs(ours.mean() - 30) < half)
    one_more = scipy_stats.t.ppf(0.975, 4) * ours.std(ddof=1) * np.sqrt(1 + 1 / 5)
    assert single[4].endswith(f"{ours.mean() - 30 + one_more:.2f}]"), "a prediction interval"
    assert best[3:5] == (f"{ours.min():.2f} (best of 5)", "cannot tell: no interval")
    assert median[2] == "40 (median of 5, elsewhere)"
    assert median[3:5] == (f"{np.median(ours):.2f} (median of 5)", "not compared: another data set")


@pytest.mark.parametrize(
    ("published", "spread", "said"),
    [(31.0, 0.5, "same"), (20.0, 0.5, "not the same"), (31.0, 20.0, "cannot tell")],
)
def test_what_a_prediction_interval_says_of_a_published_number(published, spread, said):
    one = {"value": published, "statistic": "mean", "n": 5, "spread": spread}
    (row,) = references_table(made_up(references=referring(one))).rows
    assert row[4].startswith(f"{said}: ")
    differing = [{"what": "epochs", "here": "5", "published": "164"}]
    (other,) = references_table(made_up(references=referring(one), differences=differing)).rows
    assert other[4] == "not compared: another protocol"


def test_the_overview_has_an_interval_for_other_images():
    data = {"name": "cifar10", "asked": "cifar10", "provenance": "p", "test": 10_000}
    row = main_table(made_up(data=data)).rows[0]
    low, high = map(float, row[3].split(" to "))
    seeds_low, seeds_high = map(float, row[2].partition("[")[2].rstrip("]").split(", "))
    assert low < seeds_low < seeds_high < high


def test_tuning_tells_what_each_seed_chose_and_where_all_took_an_end_of_the_range():
    rates = {0: [0.02, 0.1, 0.5], 1: [0.03, 0.2, 0.9], 2: [0.02, 0.3, 0.4]}  # of thirds from 0.01 to 1
    trials = pd.DataFrame(
        [
            {"experiment": "plain-20", "seed": seed, "trial": number, "lr": rate, "status": "finished",
             "epochs": 3, "validation_error": 50.0 - 10 * number - seed}
            for seed, own in rates.items() for number, rate in enumerate(own)
        ]
    )  # fmt: skip
    results = replace(made_up(tuning={"trials": 3, "epochs": 3, "generation": 3}), trials=trials)
    space = {"lr": {"low": 0.01, "high": 1.0, "log": True}}
    results.plan["experiments"][0]["tuned"] = space
    (row,) = tuned_table(results).rows
    assert row == ("plain-20", "9", "lr 0.5 (0.4 to 0.9)", "29.00", "lr, high")
    assert tuning_table(results).rows[2] == (
        "plain-20", "0", "2", "0.5", "finished, chosen", "3", "30.00"
    )  # fmt: skip
    trials.loc[(trials["seed"] == 1) & (trials["trial"] == 1), "validation_error"] = 1.0
    (row,) = tuned_table(replace(results, trials=trials)).rows
    assert row[2:] == ("lr 0.4 (0.2 to 0.5)", "28.00", "–"), "one of them chose another part"


def test_older_results_have_one_search_for_all_seeds():
    rates = np.linspace(0.1, 0.6, 6)
    trials = pd.DataFrame(
        {"experiment": "plain-20", "trial": range(6), "lr": rates, "status": ["finished"] * 5 + ["pruned"],
         "epochs": 3, "validation_error": [50, 40, 30, 20, 10, 5]}
    )  # fmt: skip
    tuning = {"trials": 6, "epochs": 3, "generation": 2}
    (row,) = tuned_table(replace(made_up(tuning=tuning), trials=trials)).rows
    assert row == ("plain-20", "6, 1 pruned", "lr 0.5", "10.00", "–")


def test_diverged_and_missing_runs_are_told_by_seed():
    assert trouble_table(made_up()) is None
    results = made_up(missing=1)
    results.runs.loc[results.runs["experiment"] == "plain-56", "status"] = ["diverged"] + ["finished"] * 4
    rows = trouble_table(results).rows
    assert rows[0] == ("plain-56", "diverged", "seeds 0: counted at chance error")
    assert rows[-1][1:] == ("missing", "seeds 4: give the command again")


def test_curves_are_thinned_and_rounded():
    results = made_up(seeds=2)
    long = pd.DataFrame(
        {"experiment": "plain-20", "seed": 0, "epoch": range(1, 501), "train_error": np.linspace(90, 10, 500),
         "validation_error": np.nan}
    )  # fmt: skip
    data = json.loads(curves_data(replace(results, curves=long)))
    assert list(data["curves"]) == ["train_error"]
    epochs = data["epochs"]["plain-20"]
    assert (epochs[0], epochs[-1], len(epochs)) == (1, 500, 100)
    assert data["curves"]["train_error"]["plain-20"][0][-1] == 10
    assert data["t"][1] == 0


# two folders


@pytest.fixture
def folders(tmp_path):
    first = made_up()
    second = made_up()
    runs, measures = second.runs.assign(key=second.runs["key"] + "x"), second.measures.copy()
    same = runs["experiment"] == "resnet-20"
    runs.loc[same, "key"] = second.runs.loc[same, "key"]
    errors = measures["metric"] == "test_error"
    measures.loc[errors & (measures["experiment"] == "plain-56"), "value"] -= 20
    jitter = [0.3, -0.2, 0.1, -0.3, 0.2]
    measures.loc[errors & (measures["experiment"] == "plain-20"), "value"] += jitter
    for name, results in (("a", first), ("b", replace(second, runs=runs, measures=measures))):
        write(results, tmp_path / name)
        build_report(tmp_path / name)
    return tmp_path / "a", tmp_path / "b"


def test_only_differences_beyond_the_seeds_are_told(folders):
    found = compare(*folders)
    verdicts = {row[0]: row[-1] for row in found.table.rows}
    assert verdicts["plain-56"] == "B is better"
    assert verdicts["plain-20"] == "no difference shown"
    assert verdicts["resnet-20"] == "nothing to test"
    assert {row[0]: row[3] for row in found.table.rows}["resnet-20"] == "the same runs"
    back = {row[0]: row[-1] for row in compare(*folders[::-1]).table.rows}
    assert back["plain-56"] == "B is worse"
    (note,) = found.notes
    assert note.startswith("5 runs are the same in both")
    assert "none of them with another test error" in note
    assert {row[0]: row[-1] for row in found.verdicts.rows} == {"degradation": "came out again"}
    assert found.agreement.startswith("1 of 1 verdicts came out again; none turned round; ")


def test_runs_that_both_folders_have_say_nothing_of_a_difference(tmp_path):
    few, more = made_up(seeds=3), made_up(seeds=5)  # the same keys for the first three
    for name, results in (("a", few), ("b", more)):
        write(results, tmp_path / name)
    found = {row[0]: row for row in compare(tmp_path / "a", tmp_path / "b").table.rows}
    rest = more.values("plain-20", "test_error")[3:]
    own = few.values("plain-20", "test_error")
    assert found["plain-20"][3].startswith(f"{rest.mean() - own.mean():.2f} [")


def test_folders_that_share_nothing_are_refused(folders, tmp_path):
    other = made_up(name="other")
    plan = {**other.plan, "experiments": [{**other.plan["experiments"][0], "id": "elsewhere"}]}
    write(replace(other, plan=plan), tmp_path / "c")
    with pytest.raises(UserError, match="have no experiment in common"):
        compare(folders[0], tmp_path / "c")
    with pytest.raises(UserError, match="nowhere"):
        compare(folders[0], tmp_path / "nowhere")
