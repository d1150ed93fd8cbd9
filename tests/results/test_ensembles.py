"""Averaged predictions on made-up numbers: figures against their definitions, sets of members, curves."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.common.bits import unpacked
from bench.common.views import VIEW_SETS, VIEWS
from bench.results.ensembles import Gallery, Runs, disagreement, ensemble_rows, sampled_rows, scores
from bench.spec.ensemble import Ensemble

CLASSES, IMAGES = 4, 60
LABELS = np.arange(IMAGES) % CLASSES


def logits(seed: int, strength: float = 1.0) -> np.ndarray:
    """Log-probabilities that lean towards the label under noise of that seed."""
    raw = np.random.default_rng(seed).normal(size=(IMAGES, CLASSES)) + strength * np.eye(CLASSES)[LABELS]
    return raw - np.log(np.exp(raw).sum(1, keepdims=True))


def arrays(seed: int, views: int = 1, cycles: int = 0) -> dict[str, np.ndarray]:
    kept = {f"{split}/labels": LABELS.astype(np.int16) for split in ("test", "validation")}
    for split in ("test", "validation"):
        for view in range(views):
            kept[f"{split}/last/{view}"] = logits(1000 * view + seed).astype(np.float16)
        for cycle in range(1, cycles + 1):
            kept[f"{split}/cycle-{cycle}/0"] = logits(77 * cycle + seed).astype(np.float16)
    return kept


def gallery(seeds: int = 6, views: int = 1, cycles: int = 0, diverged: int | None = None) -> Gallery:
    def load(seed: int) -> dict[str, np.ndarray] | None:
        return None if seed == diverged else arrays(seed, views, cycles)

    return Gallery({"net": Runs(seeds, load, shifted=views > 1)}, CLASSES)


def probabilities(seed: int, view: int = 0) -> np.ndarray:
    return np.exp(logits(1000 * view + seed).astype(np.float16).astype(np.float32))


@given(st.integers(0, 10_000))
def test_figures_are_what_their_definitions_say(seed):
    p = np.exp(logits(seed)).astype(np.float32)
    found = scores(p, LABELS)
    one_hot = np.eye(CLASSES)[LABELS]
    assert found["test_error"] == pytest.approx(100 * np.mean(p.argmax(1) != LABELS))
    assert found["test_loss"] == pytest.approx(-np.mean(np.log(p[range(IMAGES), LABELS])), rel=1e-5)
    assert found["brier"] == pytest.approx(np.mean(((p - one_hot) ** 2).sum(1)), abs=1e-6)
    bins = np.minimum((p.max(1) * 15).astype(int), 14)
    gap = sum(
        abs(np.sum(p.max(1)[bins == b]) - np.sum((p.argmax(1) == LABELS)[bins == b])) for b in range(15)
    )
    assert found["calibration_error"] == pytest.approx(100 * gap / IMAGES, abs=1e-4)


def test_certainty_is_calibrated_when_right_and_not_when_wrong():
    sure = np.eye(CLASSES, dtype=np.float32)[LABELS]
    right, wrong = scores(sure, LABELS), scores(sure, (LABELS + 1) % CLASSES)
    assert (right["test_error"], right["brier"], right["calibration_error"]) == (0, 0, 0)
    assert (wrong["test_error"], wrong["brier"], wrong["calibration_error"]) == (100, 2, 100)
    assert math.isfinite(wrong["test_loss"])


def test_disagreement_is_the_mean_over_pairs():
    one, other = (
        np.eye(CLASSES, dtype=np.float32)[LABELS],
        np.eye(CLASSES, dtype=np.float32)[(LABELS + 1) % 4],
    )
    assert disagreement([one, one]) == 0
    assert disagreement([one, one, other]) == pytest.approx(200 / 3)
    assert math.isnan(disagreement([one]))


def test_members_are_disjoint_and_their_probabilities_are_averaged():
    rows = ensemble_rows([Ensemble(of="net", members=2)], gallery(seeds=5))
    for row in rows:
        right = unpacked(row["right"], len(gallery(seeds=5).labels()))
        assert 100 * (1 - right.mean()) == pytest.approx(row["test_error"]), "which images it got right"
    assert [(row["replicate"], row["seeds"], row["nets"]) for row in rows] == [(0, "0-1", 2), (1, "2-3", 2)]
    mean = (probabilities(2) + probabilities(3)) / 2
    assert rows[1]["test_error"] == pytest.approx(scores(mean, LABELS)["test_error"])
    assert rows[1]["test_loss"] == pytest.approx(scores(mean, LABELS)["test_loss"], rel=1e-5)
    assert {row["ensemble"] for row in rows} == {"net × 2"}


def test_views_are_averaged_within_a_net():
    (row, *_) = ensemble_rows([Ensemble(of="net", views=5)], gallery(views=18))
    mean = np.mean([probabilities(0, view) for view in VIEW_SETS[5]], axis=0)
    assert row["nets"] == 1
    assert row["test_loss"] == pytest.approx(scores(mean, LABELS)["test_loss"], rel=1e-5)


def test_cycles_are_nets_of_one_run():
    (row, *_) = ensemble_rows([Ensemble(of="net", weights="cycles")], gallery(cycles=3))
    kept = [np.exp(logits(77 * cycle).astype(np.float16).astype(np.float32)) for cycle in (1, 2, 3)]
    assert row["nets"] == 3
    assert row["test_loss"] == pytest.approx(scores(np.mean(kept, axis=0), LABELS)["test_loss"], rel=1e-5)
    assert row["disagreement"] == pytest.approx(disagreement(kept))


def test_a_diverged_member_guesses():
    (row,) = ensemble_rows([Ensemble(of="net", members=2)], gallery(seeds=2, diverged=0))
    mean = (probabilities(1) + 1 / CLASSES) / 2
    assert row["test_loss"] == pytest.approx(scores(mean, LABELS)["test_loss"], rel=1e-5)


def test_curves_average_sampled_sets_and_more_members_err_less():
    rows = [row for row in sampled_rows(gallery(seeds=12)) if row["weights"] == "last"]
    assert [row["members"] for row in rows] == list(range(1, 11))
    assert [row["sets"] for row in rows] == [12] + [20] * 9
    assert rows[0]["test_error"] == pytest.approx(
        np.mean([scores(probabilities(seed), LABELS)["test_error"] for seed in range(12)])
    )
    assert rows[9]["test_error"] < rows[1]["test_error"] < rows[0]["test_error"]
    assert all(row["least"] <= row["test_error"] <= row["most"] for row in rows)
    assert rows == [row for row in sampled_rows(gallery(seeds=12)) if row["weights"] == "last"], "drawn alike"


def test_sampled_sets_stay_among_seeds_that_share_a_split():
    rows = [row for row in sampled_rows(gallery(seeds=12), together=4) if row["weights"] == "last"]
    assert [(row["members"], row["sets"]) for row in rows] == [(1, 12), (2, 18), (3, 12), (4, 3)]


def test_curves_of_views_and_cycles():
    rows = sampled_rows(gallery(seeds=4, views=18))
    assert {row["views"] for row in rows if row["members"] == 1} == set(VIEW_SETS)
    assert {row["views"] for row in rows if row["members"] == 3} == {1, 10}
    assert [row["members"] for row in sampled_rows(gallery(cycles=3)) if row["weights"] == "cycles"] == [
        1,
        2,
        3,
    ]


def test_no_runs_no_rows():
    none = gallery(seeds=0)
    assert ensemble_rows([Ensemble(of="net")], none) == []
    assert sampled_rows(none) == []


def test_sets_of_views_grow_by_mirroring():
    assert len(VIEWS) == len(set(VIEWS)) == 18
    for n, chosen in VIEW_SETS.items():
        views = [VIEWS[i] for i in chosen]
        assert len(set(views)) == n
        assert (0, 0, False) in views
        assert n in (1, 5) or {(d, r, not m) for d, r, m in views} == set(views)
    assert {(d, r) for d, r, _ in (VIEWS[i] for i in VIEW_SETS[5])} == {
        (0, 0),
        (1, 1),
        (1, -1),
        (-1, 1),
        (-1, -1),
    }
