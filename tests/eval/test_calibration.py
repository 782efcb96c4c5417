"""Figures on cases small enough to work out by hand, and on simulated decisions whose calibration is known."""

import random

import numpy as np
import pytest

from eval.calibration import THRESHOLDS, curve, ece, threshold_table, wilson


def rows(*pairs):
    return [{"probability": p, "right": r} for p, r in pairs]


def simulated(n, distort=lambda p: p, seed=3):
    """Rows whose chance to be right is `probability` before it is distorted."""
    generator = np.random.default_rng(seed)
    chance = generator.random(n)
    return rows(*zip(distort(chance).tolist(), (generator.random(n) < chance).tolist(), strict=True))


def test_wilson_by_hand():
    assert wilson(0, 0) is None
    none, some = wilson(0, 10), wilson(5, 10)
    assert none["value"] == none["low"] == 0.0 and none["high"] == pytest.approx(0.2775, abs=1e-4)
    assert some["low"] == pytest.approx(0.2366, abs=1e-4) and some["high"] == pytest.approx(0.7634, abs=1e-4)
    every = wilson(10, 10)
    assert every["high"] == every["value"] == 1.0 and every["low"] == pytest.approx(0.7225, abs=1e-4)
    assert all(type(v) is float for v in some.values())


def test_two_bins_by_hand():
    found = curve(rows((0.1, False), (0.2, False), (0.7, True), (0.8, False)), bins=2)
    low, high = found["bins"]
    assert (low["from"], low["to"], low["n"], low["observed"]["value"]) == (0.1, 0.2, 2, 0.0)
    assert low["predicted"] == pytest.approx(0.15) and high["predicted"] == pytest.approx(0.75) and high["observed"]["value"] == 0.5
    assert found["ece"]["value"] == pytest.approx((0.15 + 0.25) / 2)
    assert found["brier"]["value"] == pytest.approx((0.01 + 0.04 + 0.09 + 0.64) / 4)
    assert found["ece"]["low"] <= found["ece"]["value"] <= found["ece"]["high"] and found["n"] == 4 and found["reasons"] == {}


def test_equal_probabilities_stay_together_and_the_order_does_not_matter():
    made = rows(*[(0.5, n < 3) for n in range(7)], (0.9, True), (0.1, False))
    shuffled = random.Random(1).sample(made, len(made))
    assert curve(made, 5)["bins"] == curve(shuffled, 5)["bins"]
    assert [(b["from"], b["to"], b["n"]) for b in curve(made, 5)["bins"]] == [(0.1, 0.5, 8), (0.9, 0.9, 1)]
    assert [b["n"] for b in curve(rows(*[(0.5, True)] * 4), 10)["bins"]] == [4]


def test_bins_hold_equally_many():
    assert [b["n"] for b in curve(simulated(1000), 10)["bins"]] == [100] * 10


def test_a_calibrated_decision_errs_no_more_than_by_chance_and_a_bold_one_does():
    fair, bold = curve(simulated(2000)), curve(simulated(2000, lambda p: p**3))
    assert fair["ece"]["value"] <= fair["ece_if_calibrated"]["high"]
    assert bold["ece"]["value"] > 3 * bold["ece_if_calibrated"]["high"] and bold["brier"]["value"] > fair["brier"]["value"]
    assert all(b["observed"]["low"] <= b["predicted"] <= b["observed"]["high"] for b in fair["bins"][1:9])


def test_few_rows_look_badly_calibrated_by_chance():
    assert curve(simulated(30))["ece_if_calibrated"]["value"] > 2 * curve(simulated(3000))["ece_if_calibrated"]["value"]


def test_ece_is_nought_where_each_bin_is_what_it_says():
    assert ece(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]), 2) == 0.0
    assert ece(np.array([0.5, 0.5]), np.array([1.0, 0.0])) == 0.0


def test_risk_and_coverage_by_hand():
    found = curve(rows((0.9, True), (0.8, False), (0.8, True), (0.1, False)))
    points = [(p["threshold"], p["coverage"], p["risk"]["value"], p["n"]) for p in found["risk_coverage"]]
    assert points == [(0.9, 0.25, 0.0, 1), (0.8, 0.75, pytest.approx(1 / 3), 3), (0.1, 1.0, 0.5, 4)]
    assert found["area_under_risk"] == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)


def test_a_better_order_has_less_area():
    good, bad = (
        curve(rows(*[(0.9, r) for r in first], *[(0.1, not r) for r in first]))["area_under_risk"] for first in ([True] * 5, [False] * 5)
    )
    assert good < bad


def test_what_was_never_decided_is_counted_and_nothing_is_undefined():
    found = curve(rows((None, False), (0.9, True), (None, True)))
    assert found["n"] == 1 and found["without_probability"] == 2 and found["brier"]["value"] == pytest.approx(0.01)
    empty = curve(rows((None, True)))
    assert empty["n"] == 0 and empty["bins"] == [] and empty["risk_coverage"] == []
    for name in ("ece", "ece_if_calibrated", "brier", "area_under_risk"):
        assert empty[name] is None and "no row" in empty["reasons"][name]
    assert curve([])["ece"] is None


@pytest.mark.parametrize("wrong", [1.2, -0.1, float("nan")])
def test_what_is_no_probability_is_told(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        curve(rows((wrong, True)))


def test_thresholds_by_hand():
    found = threshold_table(rows((0.9, True), (0.6, False), (0.4, True), (0.2, False), (None, True)), [0.5, 0.6, 0.95])
    half, edge, none = found
    assert (half["answered"], half["coverage"]["value"], half["risk"]["value"]) == (2, 0.5, 0.5)
    assert half["wrongly_answered"]["value"] == 0.5 and half["wrongly_refused"]["value"] == 0.5
    assert edge["answered"] == 2  # a probability that reaches the threshold is answered
    assert none["answered"] == 0 and none["risk"] is None and none["wrongly_refused"]["value"] == 1.0


def test_a_table_without_one_kind_leaves_its_share_undefined():
    (row,) = threshold_table(rows((0.9, True)), [0.5])
    assert row["wrongly_answered"] is None and row["wrongly_refused"]["value"] == 0.0
    assert [r["coverage"] for r in threshold_table([])] == [None] * len(THRESHOLDS)


def test_raising_the_threshold_trades_one_error_for_the_other():
    table = threshold_table(simulated(500))
    answered, refused = ([r[k]["value"] for r in table] for k in ("wrongly_answered", "wrongly_refused"))
    assert answered == sorted(answered, reverse=True) and refused == sorted(refused)
