"""The four tasks that look at one answer each in its own way: alone, together, and over answers that were given before."""

import json
from importlib import import_module

import pytest

from eval import run_files
from eval.__main__ import main
from eval.abstention.evaluate import scored as of_abstention
from eval.answers.evaluate import judged
from eval.answers.rows import TASKS, VERDICTS
from eval.citations.evaluate import judged as of_citations
from eval.correctness.evaluate import judged as of_correctness
from eval.faithfulness.evaluate import judged as of_faithfulness
from rag.verify.verifier import Verdict

PARTS = TASKS[1:]
POINT = "de partner deelt wekelijks namen"
ROW = {
    "id": "q1",
    "kind": "factual",
    "status": "answered",
    "expected_status": "answered",
    "text": "Een zin. Een andere zin.",
    "key_points": [POINT, "zin"],
    "sentences": [{"text": "Een zin.", "citations": [1]}, {"text": "Een andere zin.", "citations": [1, 2]}],
    "citations": [{"n": n, "section": "Kop", "quote": quote} for n, quote in ((1, "Een zin."), (2, "Iets."))],
}


class Asked:
    """A judge that supports nothing and remembers what it was asked: claim and number of quotes."""

    def __init__(self):
        self.of = []

    def judge(self, claim, evidence, about=""):
        self.of.append((claim, len(evidence)))
        return Verdict(0.0)


@pytest.fixture
def answers(small_index, gold, tmp_path):
    """The folder of a run of answers to the four questions."""
    assert main(["answers", "--dataset", str(gold), "--out", str(tmp_path / "answers")]) == 0
    return tmp_path / "answers"


@pytest.fixture
def part(gold, tmp_path, capsys):
    """Runs one of the four tasks; gives exit code, folder and what was said."""

    def run(task, *options, name="part"):
        code = main([task, "--dataset", str(gold), "--out", str(tmp_path / name / task), *map(str, options)])
        return code, tmp_path / name / task, capsys.readouterr()

    return run


def figures(folder):
    """The metrics of a run but its times."""
    return {k: v for k, v in run_files.read_summary(folder)["metrics"].items() if not run_files.is_time(k)}


@pytest.mark.parametrize(
    ("of", "found", "asked"),
    [
        (of_faithfulness, {"supported", "by_judge"}, [("Een andere zin.", 2)]),
        (of_citations, {"supported", "by_judge", "useful"}, [("Een andere zin.", 2), ("Een andere zin.", 1), ("Een andere zin.", 1)]),
        (of_correctness, {"covered", "contradicted"}, [(POINT, 2)]),
        (judged, set(VERDICTS), [("Een andere zin.", 2), ("Een andere zin.", 1), ("Een andere zin.", 1), (POINT, 2)]),
    ],
)
def test_each_judges_only_what_it_needs_and_all_together_nothing_twice(of, found, asked):
    judge = Asked()
    assert set(of(ROW, judge)) == found and judge.of == asked


def test_the_calibration_curve_stands_with_both_errors():
    rows = [
        ROW | {"decision": {"in_scope": 1.0, "answerable": 0.9}},
        ROW | {"status": "partial", "expected_status": "not_in_corpus", "decision": {"in_scope": 0.5, "answerable": 0.8}},
        ROW | {"status": "refused_unsafe", "expected_status": "refused_unsafe", "decision": None},
        {"id": "q4", "failed": "asking: no"},
    ]
    found = of_abstention(rows)
    values = {k: v["value"] for k, v in found["metrics"].items()}
    assert values["wrongly_answered"] == 0.5 and values["wrongly_answered_without_caution"] == 0.0 and values["wrongly_refused"] == 0.0
    assert values["brier"] == pytest.approx((0.1**2 + 0.4**2) / 2) and values["should_be_answered"] == 0.5
    assert [(b["predicted"], b["observed"]["value"]) for b in found["curve"]] == [(0.4, 0.0), (0.9, 1.0)]
    assert found["counts"]["brier"] == {"values": 2, "rows": 2, "undefined": 1}


@pytest.mark.parametrize("task", PARTS)
def test_alone_it_says_what_it_says_among_the_others(answers, part, task, monkeypatch):
    code, alone, _ = part(task)
    assert code == 0
    mine, theirs = figures(alone), figures(answers)
    assert mine and {k: theirs[k] for k in mine if k in theirs} == {k: v for k, v in mine.items() if k in theirs}
    measured = {m.name for m in import_module(f"eval.{task}.evaluate").MEASURES}
    assert measured <= set(mine) and len(measured & set(theirs)) >= (4 if task in ("citations", "abstention") else 1)
    monkeypatch.setattr("eval.answers.part.Advisor.from_settings", lambda **_: pytest.fail("asked again"))
    code, taken, _ = part(task, "--answers", answers, name="taken")
    assert code == 0 and figures(taken) == mine
    kept, again = ([run_files.without_times(r)[0] for r in run_files.read_rows(folder)] for folder in (alone, taken))
    assert kept == again
    made = run_files.read_about(taken)["parameters"]
    assert made.pop("answers")["code"] == run_files.read_about(answers)["code"] and made == run_files.read_about(alone)["parameters"]
    assert part(task, "--answers", answers, "--score-only", name="taken")[0] == 0
    assert main(["compare", str(alone), str(taken)]) == 0


def test_together_they_measure_all_but_the_times(answers):
    of_parts = {m.name for task in PARTS for m in import_module(f"eval.{task}.evaluate").MEASURES}
    assert set(figures(answers)) == of_parts - {"brier", "mean_probability", "should_be_answered"}


def test_rows_hold_only_the_verdicts_of_their_own_task(answers, part):
    own = {"faithfulness": {"supported", "by_judge"}, "correctness": {"covered", "contradicted"}, "abstention": set()}
    for task, verdicts in own.items():
        _, folder, _ = part(task, "--answers", answers)
        assert all(set(row) & set(VERDICTS) == verdicts for row in run_files.read_rows(folder)), task


def test_correctness_asks_only_what_has_key_points(small_index, part):
    _, folder, _ = part("correctness")
    assert [r["id"] for r in run_files.read_rows(folder)] == ["q1", "q2", "q3"]
    _, folder, _ = part("correctness", "--limit", 2, name="two")
    assert [r["id"] for r in run_files.read_rows(folder)] == ["q1", "q2"]


def test_abstention_takes_no_judge(small_index, part, monkeypatch, capsys):
    monkeypatch.setattr("eval.answers.part.load_verifier", lambda *_: pytest.fail("loaded a judge"))
    code, folder, told = part("abstention")
    assert code == 0 and "probability" in told.out and "judge" not in told.out
    assert run_files.read_about(folder)["scoring"] == {}
    with pytest.raises(SystemExit):
        main(["abstention", "--verifier", "llm"])


def test_earlier_answers_that_do_not_fit_are_told(answers, part, gold, tmp_path):
    code, folder, told = part("citations", "--answers", tmp_path / "nergens")
    assert code == 1 and "holds no summary.json" in told.err and not folder.exists()
    assert "leave --llm out" in part("citations", "--answers", answers, "--llm", "lokaal")[2].err
    assert main(["guard", "--half", "dev", "--guard-only", "--limit", "1", "--out", str(tmp_path / "guard")]) == 0
    assert "holds a run of guard" in part("citations", "--answers", tmp_path / "guard")[2].err
    assert part("citations", name="few")[0] == 0 and part("correctness", name="few")[0] == 0
    assert part("faithfulness", "--answers", tmp_path / "few" / "citations")[0] == 0, "whole answers are whole answers"
    assert "no answer to 1 of 4 questions (q4)" in part("abstention", "--answers", tmp_path / "few" / "correctness")[2].err
    gold.write_text(gold.read_text(encoding="utf-8").replace("appeltaart", "perentaart"), encoding="utf-8")
    code, _, told = part("citations", "--answers", answers)
    assert code == 1 and "answers gold.jsonl, which is not" in told.err


def test_answers_whose_texts_were_left_out_do_not_serve(answers, part):
    rows = [{k: v for k, v in row.items() if k not in ("question", "text")} for row in run_files.read_rows(answers)]
    run_files.write(answers, run_files.read_about(answers), run_files.read_summary(answers), rows)
    code, _, told = part("correctness", "--answers", answers)
    assert code == 1 and "no answer to 3 of 3 questions" in told.err


def test_answers_to_part_of_the_questions_serve_as_many(small_index, part, gold, tmp_path):
    assert main(["answers", "--dataset", str(gold), "--limit", "2", "--out", str(tmp_path / "two")]) == 0
    code, _, told = part("faithfulness", "--answers", tmp_path / "two")
    assert code == 1 and "no answer to 2 of 4 questions (q3, q4)" in told.err and "--limit 2" in told.err
    assert part("faithfulness", "--answers", tmp_path / "two", "--limit", 2)[0] == 0


def test_what_failed_to_be_asked_stays_failed_and_what_failed_to_be_judged_is_judged(answers, part):
    about, summary, rows = run_files.read_about(answers), run_files.read_summary(answers), run_files.read_rows(answers)
    rows[0] = {"id": "q1", "failed": "asking: RuntimeError: the line went dead"}
    rows[1] = {k: v for k, v in rows[1].items() if k not in VERDICTS} | {"failed": "scoring: RuntimeError: no"}
    run_files.write(answers, about, summary | {"failed": 2}, rows)
    code, folder, told = part("correctness", "--answers", answers, "--json")
    assert code == 3 and json.loads(told.out)["failed"] == 1
    found = run_files.read_rows(folder)
    assert found[0] == rows[0] and "failed" not in found[1] and found[1]["covered"]
