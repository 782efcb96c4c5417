"""A judge's error is what its labelled runs say, and correcting for it undoes it."""

import json

import numpy as np
import pytest

from eval.judges import RESULTS, corrected, judge_error, line, rates
from rag.errors import PpsError


def verdicts(accepted_wrong, wrong, rejected_right, right, kind="x"):
    """Rows of `wrong` unsupported claims of which some are accepted, and `right` supported ones of which some are rejected."""
    rows = [{"supported": False, "judged": n < accepted_wrong, "kind": kind} for n in range(wrong)]
    return rows + [{"supported": True, "judged": n >= rejected_right, "kind": kind} for n in range(right)]


def write_run(folder, name, rows, **parameters):
    run = folder / name
    run.mkdir(parents=True)
    accuracy = {"value": 0.8, "low": 0.7, "high": 0.9}
    summary = {"dataset": f"{name}.jsonl", "n": len(rows), "parameters": parameters, "metrics": {"balanced_accuracy": accuracy}}
    (run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (run / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def measured(accepted_wrong, wrong, rejected_right, right):
    return rates("rows.jsonl", verdicts(accepted_wrong, wrong, rejected_right, right))


def test_rates_by_hand(tmp_path):
    write_run(tmp_path, "verifier-een", verdicts(3, 20, 1, 10), verifier="ingebouwd", half="test")
    write_run(tmp_path, "verifier-ander", verdicts(9, 10, 9, 10), verifier="llm")
    write_run(tmp_path, "verifier-drieweg", [{"label": "neutral", "judged": "neutral"}])
    write_run(tmp_path, "answers-test", verdicts(9, 10, 9, 10), verifier="ingebouwd")
    found = judge_error("ingebouwd", tmp_path)
    (one,) = found["sets"]
    assert (one["run"], one["dataset"], one["n"], one["half"]) == ("verifier-een", "verifier-een.jsonl", 30, "test")
    assert one["balanced_accuracy"] == {"value": 0.8, "low": 0.7, "high": 0.9}
    assert one["false_accept"]["value"] == 0.15 and one["false_accept"]["n"] == 20
    assert one["false_accept"]["low"] < 0.15 < one["false_accept"]["high"]
    assert one["false_reject"]["value"] == 0.1 and one["false_reject"]["n"] == 10
    assert one["wrong_by_kind"]["x"]["value"] == pytest.approx(4 / 30) and found["reasons"] == {}


def test_a_judge_is_also_known_by_its_fingerprint_and_failed_rows_count_nowhere(tmp_path):
    rows = [*verdicts(1, 4, 0, 4), {"id": "9", "failed": "asking: boom"}]
    write_run(tmp_path, "verifier-een", rows, verifier="ingebouwd", fingerprint="ingebouwd:abc")
    (one,) = judge_error("ingebouwd:abc", tmp_path)["sets"]
    assert one["false_accept"]["n"] == 4 and one["false_accept"]["value"] == 0.25


def test_one_label_leaves_a_rate_undefined(tmp_path):
    write_run(tmp_path, "verifier-een", verdicts(0, 0, 1, 4), verifier="ingebouwd")
    found = judge_error("ingebouwd", tmp_path)
    assert found["sets"][0]["false_accept"] is None and "same label" in found["reasons"]["verifier-een.false_accept"]
    assert "an unknown share of unsupported claims" in line(found)


def test_a_judge_without_a_labelled_set_is_said_to_be_unknown(tmp_path):
    found = judge_error("nieuw", tmp_path)
    assert found["sets"] == [] and "python -m eval verifier" in found["reasons"]["sets"]
    assert line(found).startswith("judge nieuw: own error unknown")


def test_broken_runs_name_their_file(tmp_path):
    write_run(tmp_path, "verifier-een", [{"supported": True}], verifier="ingebouwd")
    with pytest.raises(PpsError, match="verifier-een.*judged"):
        judge_error("ingebouwd", tmp_path)
    (tmp_path / "verifier-een" / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(PpsError, match="summary.json"):
        judge_error("ingebouwd", tmp_path)


def test_the_line_says_both_errors(tmp_path):
    write_run(tmp_path, "verifier-een", verdicts(12, 100, 8, 100), verifier="ingebouwd")
    assert line(judge_error("ingebouwd", tmp_path)) == (
        "judge ingebouwd: says 'supported' of 12 % [7–20] of unsupported claims and 'not supported' of 8 % [4–15] of supported ones; "
        "balanced accuracy 0.80 [0.70–0.90] (verifier-een.jsonl, n = 200)"
    )


def test_correcting_by_hand():
    found = corrected([True] * 70 + [False] * 30, measured(20, 100, 10, 100))
    assert found["observed"]["value"] == 0.7 and found["reason"] == ""
    assert found["corrected"]["value"] == pytest.approx((0.7 - 0.2) / (1 - 0.2 - 0.1))
    assert found["corrected"]["low"] < found["observed"]["low"] and found["corrected"]["high"] > found["corrected"]["value"]


def test_a_faultless_judge_changes_nothing():
    found = corrected([True] * 300 + [False] * 100, measured(0, 10_000, 0, 10_000))
    assert found["corrected"]["value"] == 0.75 and found["corrected"]["high"] - found["corrected"]["low"] < 0.1


def test_the_interval_holds_the_truth_as_often_as_it_says():
    generator, truth, held = np.random.default_rng(5), 0.8, 0
    for seed in range(200):
        labelled = measured(generator.binomial(80, 0.15), 80, generator.binomial(80, 0.1), 80)
        supported = generator.random(150) < truth
        said = np.where(supported, generator.random(150) >= 0.1, generator.random(150) < 0.15)
        estimate = corrected(said.tolist(), labelled, seed)["corrected"]
        held += estimate["low"] <= truth <= estimate["high"]
    assert 0.9 <= held / 200 <= 1.0


@pytest.mark.parametrize("labelled", [(5, 10, 5, 10), (10, 10, 0, 10), (9, 10, 8, 10), (4, 8, 2, 8)])
def test_a_judge_that_is_not_surely_better_than_chance_corrects_nothing(labelled):
    found = corrected([True] * 10, measured(*labelled))
    assert found["corrected"] is None and "no better than chance" in found["reason"] and found["observed"]["value"] == 1.0


def test_what_lies_outside_is_kept_within_and_said():
    high = corrected([True] * 100, measured(10, 100, 20, 100))
    assert high["corrected"]["value"] == high["corrected"]["high"] == 1.0 and "outside" in high["reason"]
    low = corrected([False] * 100, measured(10, 100, 20, 100))
    assert low["corrected"]["value"] == low["corrected"]["low"] == 0.0 and "outside" in low["reason"]


def test_undefined_is_undefined():
    assert corrected([], measured(1, 10, 1, 10)) == {"observed": None, "corrected": None, "reason": "nothing was judged"}
    assert "same label" in corrected([True], measured(0, 0, 1, 10))["reason"]


def test_the_shipped_judge_was_measured():
    found = judge_error("ingebouwd", RESULTS)
    assert found["reasons"] == {} and all(s["false_accept"]["n"] + s["false_reject"]["n"] == s["n"] for s in found["sets"])
    dutch = next(s for s in found["sets"] if s["dataset"] == "dutch-test")
    assert dutch["false_accept"]["value"] < 0.1 < dutch["wrong_by_kind"]["look_alike"]["value"]
