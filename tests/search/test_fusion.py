import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.search.fusion import fuse_ranks, fuse_scores, scale

scores = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-50, 50), max_size=8)


def test_scale_to_zero_and_one():
    assert scale({"a": 2.0, "b": 4.0, "c": 3.0}) == {"a": 0.0, "b": 1.0, "c": 0.5}
    assert scale({"a": 2.0, "b": 2.0}) == {"a": 1.0, "b": 1.0}
    assert scale({}) == {}


def test_weighted_mean_of_scaled_scores():
    rankers = {"words": {"a": 10.0, "b": 5.0, "c": 0.0}, "vectors": {"b": 0.9, "c": 0.1}}
    assert fuse_scores(rankers, {"words": 3.0, "vectors": 1.0}) == [("a", 0.75), ("b", pytest.approx(0.625)), ("c", 0.0)]


def test_a_ranker_without_scores_does_not_lower_the_rest():
    assert fuse_scores({"words": {"a": 2.0, "b": 1.0}, "vectors": {}}, {"words": 1.0, "vectors": 9.0})[0] == ("a", 1.0)


def test_reciprocal_ranks():
    fused = fuse_ranks({"x": {"a": 3.0, "b": 2.0}, "y": {"b": 0.5, "c": 0.1}})
    assert fused == [("b", pytest.approx(1 / 62 + 1 / 61)), ("a", pytest.approx(1 / 61)), ("c", pytest.approx(1 / 62))]


@given(scores, scores)
def test_every_id_comes_back_once_within_bounds_and_sorted(left, right):
    for fuse in (lambda r: fuse_scores(r, {"x": 1.0, "y": 0.6}), fuse_ranks):
        fused = fuse({"x": left, "y": right})
        assert {i for i, _ in fused} == set(left) | set(right) and len(fused) == len(dict(fused))
        values = [s for _, s in fused]
        assert values == sorted(values, reverse=True) and all(-1e-9 <= s <= 1 + 1e-9 for s in values)


@given(scores)
def test_one_ranker_keeps_its_own_order(only):
    fused = [i for i, _ in fuse_ranks({"x": only})]
    assert fused == sorted(only, key=lambda i: (-only[i], i))
