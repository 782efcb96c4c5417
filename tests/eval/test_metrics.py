from math import log2

import pytest

from eval.metrics import interval, ndcg, percentile, recall, reciprocal_rank


def test_ndcg_by_hand():
    assert ndcg(["a", "b", "c"], {"b": 1, "c": 1}) == pytest.approx((1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3)))
    assert ndcg(["a"], {"a": 2}) == 1.0 and ndcg(["b"], {"a": 1}) == 0.0 and ndcg(["a"], {}) == 0.0
    assert ndcg(["x", "a"], {"a": 1}, k=1) == 0.0


def test_recall_and_reciprocal_rank_by_hand():
    assert recall(["a", "b", "c"], {"a": 1, "c": 1, "d": 1}, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "a"], {"a": 1}) == 0.5 and reciprocal_rank(["x"], {"a": 1}) == 0.0


def test_interval_holds_the_value_and_repeats():
    first = interval([0, 1] * 50)
    assert first == interval([0, 1] * 50) and first["low"] < first["value"] == 0.5 < first["high"]
    assert interval([]) is None and interval([1.0, 1.0])["low"] == 1.0
    assert interval(list(range(101)), percentile(95))["value"] == 95.0
