"""Two runs side by side, on folders small enough to work out by hand."""

import json

import numpy as np
import pytest

from eval import run_files
from eval.__main__ import main
from eval.compare.changes import changes
from eval.compare.folders import compare, measures_of
from eval.compare.significance import BETTER, GONE, MOVED, NEW, NOISE, SAME, WORSE, difference
from eval.measures import Measure, estimate, score
from rag.errors import PpsError

HIT = Measure("hit", lambda r: r["hit"])
LOSS = Measure("loss", lambda r: r["hit"], higher_is_better=False)


def hits(*values):
    return [{"id": str(n), "hit": v if isinstance(v, list) else [v]} for n, v in enumerate(values)]


def answer(n, status="answered", expected="answered", points=(True,), supported=(True,), **more):
    told = status in ("answered", "partial")
    row = {"id": f"q{n}", "question": f"Vraag {n}?", "kind": "factual", "documents": ["a"], "expected_status": expected, "status": status}
    row |= {"key_points": [f"punt {i}" for i in range(len(points))], "text": "", "model": "extractief", "verbatim": [True] if told else []}
    row |= {"sentences": [{"text": f"Zin {i}.", "citations": [1]} for i in range(len(supported))] if told else []}
    row |= {"citations": [{"n": 1, "document_id": "a"}] if told else [], "ms": {"answer": 1.0, "evidence": 1.0, "sentence": 1.0}}
    given = list(supported) if told else []
    return row | {"supported": given, "useful": given, "covered": list(points) if told else []} | more


def written(folder, rows, task="answers", sha256="abc", **summary):
    about = {"task": task, "dataset": {"name": "gold.jsonl", "sha256": sha256}, "parameters": {"model": None}, "versions": {}, "code": "1"}
    failed = sum(bool(r.get("failed")) for r in rows)
    head = {
        "task": task,
        "dataset": "gold.jsonl",
        "dataset_sha256": sha256,
        "n": len(rows),
        "failed": failed,
        "parameters": {},
        "metrics": {},
    }
    run_files.write(folder, about, head | summary, rows)
    return folder


@pytest.fixture
def pair(tmp_path):
    """Writes two runs of answers and compares them with the command; gives exit code and the JSON object."""

    def run(a, b, *options, capsys, **other):
        folders = written(tmp_path / "a", a), written(tmp_path / "b", b, **other)
        code = main(["compare", *map(str, folders), "--json", *options])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out else out.err

    return run


@pytest.mark.parametrize(
    ("a", "b", "measure", "verdict"),
    [
        ([1] * 40, [0] * 10 + [1] * 30, HIT, WORSE),
        ([1] * 40, [0] * 10 + [1] * 30, LOSS, BETTER),
        ([1] * 40, [0] + [1] * 39, HIT, NOISE),
        ([0] * 40, [1] * 10 + [0] * 30, HIT, BETTER),
        ([1, 0] * 20, [1, 0] * 20, HIT, SAME),
        ([0.5] * 40, [0.4995] * 40, HIT, NOISE),
        ([0.5] * 40, [0.498] * 40, HIT, WORSE),
        ([1], [[]], HIT, GONE),
        ([[]], [1], HIT, NEW),
    ],
)
def test_verdicts(a, b, measure, verdict):
    assert difference(measure, hits(*a), hits(*b))["verdict"] == verdict


def test_where_neither_way_is_better_a_difference_is_no_loss():
    neither = Measure("share", lambda r: r["hit"], higher_is_better=None)
    assert difference(neither, hits(*[1] * 40), hits(*[0] * 10, *[1] * 30))["verdict"] == MOVED
    (found,) = changes(["0"], hits(1), hits(0), (neither,))
    assert found["direction"] == "other" and found["metrics"] == {"share": [1.0, 0.0]}


def test_a_score_that_moves_less_than_is_shown_is_no_change():
    assert changes(["0"], hits(0.5), hits(0.504), (HIT,)) == []
    assert changes(["0"], hits(0.5), hits(0.506), (HIT,))[0]["direction"] == "better"


def test_pairs_and_undefined_values_are_counted():
    found = difference(HIT, hits(1, [], 1, []), hits(1, 1, [], []))
    assert found["pairs"] == 1 and found["undefined"] == [2, 2]


def test_undefined_in_both_is_left_out():
    assert difference(HIT, hits([]), hits([])) is None


def test_pairs_tell_what_two_intervals_do_not():
    """Ten points lower on every question: each run's own interval is wide, the difference is certain."""
    values = np.linspace(0, 1, 40)
    a, b = hits(*values), hits(*(values - 0.1))
    found = difference(HIT, a, b)["difference"]
    assert found["value"] == pytest.approx(-0.1) and found["high"] == pytest.approx(-0.1) and found["low"] == pytest.approx(-0.1)
    assert estimate(HIT, a)["low"] < estimate(HIT, b)["high"], "apart they overlap"


def test_sentences_of_one_answer_are_drawn_together():
    """Two answers of fifty equal sentences are two questions, not a hundred."""
    found = estimate(HIT, hits([1] * 50, [0] * 50))
    assert found == {"value": 0.5, "low": 0.0, "high": 1.0}
    assert estimate(HIT, hits([1] * 3, [0]))["value"] == 0.75


def test_failed_rows_count_nowhere_and_undefined_ones_are_counted():
    found = score([*hits(1, [], 0), {"id": "x", "failed": "asking: no"}], (HIT, Measure("never", lambda r: ())))
    assert found["metrics"]["hit"]["value"] == 0.5 and found["counts"]["hit"] == {"values": 2, "rows": 2, "undefined": 1}
    assert found["metrics"]["never"] is None and found["reasons"] == {"never": "no question of this sort"}


def test_equal_runs_pass(pair, capsys):
    rows = [answer(n) for n in range(5)]
    code, found = pair(rows, rows, capsys=capsys)
    assert code == 0 and found["reasons"] == [] and found["tasks"]["answers"]["changes"] == []
    assert found["tasks"]["answers"]["metrics"]["faithfulness"]["verdict"] == SAME


def test_what_is_significantly_worse_fails_and_noise_does_not(pair, capsys):
    good = [answer(n) for n in range(40)]
    code, found = pair(good, [answer(n, "not_in_corpus") for n in range(8)] + good[8:], capsys=capsys)
    assert code == 3 and "answers: wrongly_refused got significantly worse" in found["reasons"]
    code, found = pair(good, [answer(0, "not_in_corpus"), *good[1:]], capsys=capsys)
    assert code == 0 and found["tasks"]["answers"]["metrics"]["wrongly_refused"]["verdict"] == NOISE


def test_times_never_fail(pair, capsys):
    rows = [answer(n) for n in range(20)]
    code, found = pair(rows, [r | {"ms": {"answer": 900.0}} for r in rows], capsys=capsys)
    assert code == 0 and found["tasks"]["answers"]["metrics"]["p50_ms"]["verdict"] == WORSE
    assert found["tasks"]["answers"]["changes"] == []


def test_missing_and_failed_rows_fail(pair, capsys):
    rows = [answer(n) for n in range(4)]
    code, found = pair(rows, rows[1:], capsys=capsys)
    assert code == 3 and found["tasks"]["answers"]["missing"] == ["q0"] and "missing (q0)" in found["reasons"][0]
    code, found = pair(rows, [*rows[:3], {"id": "q3", "failed": "asking: RuntimeError: no"}], capsys=capsys)
    assert code == 3 and found["tasks"]["answers"]["failed"] == [0, 1] and found["tasks"]["answers"]["n"] == 3
    assert found["tasks"]["answers"]["changes"][0]["failed"] == [None, "asking: RuntimeError: no"]
    code, found = pair(rows[1:], rows, capsys=capsys)
    assert code == 0 and found["tasks"]["answers"]["extra"] == ["q0"]


def test_a_metric_that_is_new_changes_no_question_and_fails_nothing(pair, capsys):
    rows = [answer(n) for n in range(4)]
    code, found = pair(rows, [r | {"contradicted": [False]} for r in rows], capsys=capsys)
    one = found["tasks"]["answers"]
    assert code == 0 and one["metrics"]["key_points_contradicted"]["verdict"] == NEW and one["changes"] == []


def test_other_data_is_refused_unless_asked_for(pair, capsys):
    rows = [answer(1)]
    code, told = pair(rows, rows, capsys=capsys, sha256="def")
    assert code == 1 and "different data" in told and "--anyway" in told
    code, found = pair(rows, rows, "--anyway", capsys=capsys, sha256="def")
    assert code == 0 and found["tasks"]["answers"]["n"] == 1
    code, told = pair(rows, rows, capsys=capsys, dataset_sha256=None)
    assert code == 1 and "before data sets were told apart" in told


def test_changes_are_told_question_by_question(pair, capsys):
    a = [answer(1, points=(True, False)), answer(2), answer(3, "not_in_corpus"), answer(4)]
    b = [answer(1, points=(False, True), supported=(True, False)), answer(2, "partial"), answer(3), answer(4)]
    _, found = pair(a, b, capsys=capsys)
    one, two, three = sorted(found["tasks"]["answers"]["changes"], key=lambda c: c["id"])
    assert one["key_points_gained"] == ["punt 1"] and one["key_points_lost"] == ["punt 0"] and one["newly_unsupported"] == ["Zin 1."]
    assert two["status"] == ["answered", "partial"] and two["direction"] == "worse"
    assert three["status"] == ["not_in_corpus", "answered"] and three["direction"] == "better" and three["text"] == "Vraag 3?"


def test_worse_changes_come_first_and_other_words_are_no_loss():
    a, b = answer(1), answer(1)
    b["sentences"] = [{"text": "Anders.", "citations": [1]}]
    (found,) = changes(["q1"], [a], [b], measures_of("answers", [a]))
    assert found["direction"] == "other" and found["other_sentences"]
    found = changes(["q1", "q2"], [answer(1, "partial"), answer(2)], [answer(1), answer(2, "partial")], measures_of("answers", [a]))
    assert [c["direction"] for c in found] == ["worse", "better"]


def test_of_several_systems_only_the_products_own_is_gated(tmp_path):
    def rows(own, other):
        both = [("default", own), ("dense", other)]
        return [
            {"id": f"{s}/{n}", "system": s, "query": str(n), "ms": 1.0, **dict.fromkeys(("ndcg@10", "recall@5", "recall@10", "mrr@10"), v)}
            for s, v in both
            for n in range(10)
        ]

    a = written(tmp_path / "a", rows(1.0, 1.0), task="retrieval")
    assert not compare(a, written(tmp_path / "b", rows(1.0, 0.5), task="retrieval"))["reasons"]
    found = compare(a, written(tmp_path / "c", rows(0.5, 1.0), task="retrieval"))
    assert "retrieval: default.recall@5 got significantly worse" in found["reasons"]


def test_runs_of_all_are_compared_task_by_task(tmp_path, capsys):
    for name in "ab":
        written(tmp_path / name / "answers", [answer(n) for n in range(3)])
        written(tmp_path / name, [], task="all", failed_tasks={})
    written(
        tmp_path / "a" / "guard", [{"text": "x", "label": "benign", "verdict": "ok", "personal": False, "pieces": {}, "ms": 1.0}], "guard"
    )
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 3
    assert "guard: measured in" in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "b"), str(tmp_path / "a")]) == 0
    assert "only in" in capsys.readouterr().out
    written(tmp_path / "b", [], task="all", failed_tasks={"guard": "broken"})
    found = compare(tmp_path / "b", tmp_path / "a")
    assert any("guard failed" in reason for reason in found["reasons"])


def test_folders_that_cannot_be_compared_say_why(tmp_path, capsys):
    a, speed = written(tmp_path / "a", [answer(1)]), written(tmp_path / "s", [{"system": "x", "ms": 1.0}], task="speed")
    assert main(["compare", str(a), str(tmp_path / "nergens")]) == 1 and "summary.json" in capsys.readouterr().err
    with pytest.raises(PpsError, match="same task"):
        compare(a, speed)
    with pytest.raises(PpsError, match="not compared"):
        compare(speed, speed)


def test_the_text_names_what_counts(tmp_path, capsys):
    a = written(tmp_path / "a", [answer(n) for n in range(30)])
    b = written(tmp_path / "b", [answer(n, supported=(False,)) for n in range(30)])
    assert main(["compare", str(a), str(b), "--changes", "2"]) == 3
    out = capsys.readouterr().out
    assert "1.000 → 0.000  -1.000 [-1.000 – -1.000]  WORSE" in out and "newly unsupported: Zin 0." in out
    assert "scored the same" not in out and "… and 28 more" in out and "NOT GOOD" in out and "faithfulness got significantly worse" in out
