"""All tasks in one command, over the small corpus with the real gold data."""

import json

import pytest

from eval import all as everything
from eval import run_files
from eval.__main__ import main
from eval.faithfulness.evaluate import corrections
from eval.report import FILE
from rag.settings import get_settings


@pytest.fixture
def run(small_index, tmp_path, capsys):
    """Runs `all` on a few items of each task; gives exit code, folder and what was printed."""

    def call(name="run", *options):
        folder = tmp_path / name
        code = main(["all", "--half", "dev", "--limit", "3", "--out", str(folder), *options])
        return code, folder, capsys.readouterr()

    return call


def files(folder):
    """Path → bytes of all files but times, and the report, which shows them."""
    left_out = {run_files.TIMES, run_files.ROW_TIMES, FILE}
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in left_out}


def test_all_writes_a_run_a_task_a_summary_and_a_report(run, capsys):
    code, folder, printed = run("run", "--json")
    assert code == 0
    summary = json.loads(printed.out)
    tasks = (*everything.TASKS, "calibration", "latency")
    assert {p.name for p in folder.iterdir() if p.is_dir()} == set(tasks)
    for task in tasks:
        own = run_files.read_summary(folder / task)
        assert own["task"] == task and own["failed"] == 0 and own["dataset_sha256"] and run_files.read_rows(folder / task)
        assert run_files.read_about(folder / task)["code"]
    assert summary["task"] == "all" and summary["failed"] == 0 and summary["failed_tasks"] == {}
    assert summary["n"] == sum(run_files.read_summary(folder / t)["n"] for t in tasks)
    assert {"answers/faithfulness", "retrieval/default/recall@5", "latency/answer_p95_ms"} <= set(summary["metrics"])
    assert run_files.read_summary(folder) == summary
    assert "<h2>Worst cases</h2>" in (folder / FILE).read_text(encoding="utf-8")
    assert main(["compare", str(folder), str(folder)]) == 0
    assert main(["report", str(folder)]) == 0


def test_two_runs_of_all_are_the_same_but_for_times(run):
    first, second = run("a")[1], run("b")[1]
    assert files(first) == files(second) and len(files(first)) > 20


def test_a_task_that_breaks_costs_no_other(run, monkeypatch):
    monkeypatch.setattr("eval.guard.evaluate.load", lambda path: 1 / 0)
    code, folder, printed = run()
    assert code == 3 and "task guard FAILED: ZeroDivisionError" in printed.out
    assert not (folder / "guard" / run_files.SUMMARY).exists() and (folder / "verifier" / run_files.SUMMARY).exists()
    assert "<strong>guard</strong> was not measured" in (folder / FILE).read_text(encoding="utf-8")
    monkeypatch.undo()


def test_a_question_that_breaks_costs_no_other(run, monkeypatch):
    from eval.followups import evaluate

    real = evaluate.one
    calls = iter(range(100))
    monkeypatch.setattr(evaluate, "one", lambda d, advisor: 1 / 0 if next(calls) == 0 else real(d, advisor))
    code, folder, printed = run()
    assert code == 3 and "1 of" in printed.out and "FAILED" in printed.out
    assert run_files.read_summary(folder / "followups")["failed"] == 1
    code, folder, _ = run()
    assert code == 0 and run_files.read_summary(folder)["failed"] == 0, "called again, only what failed is asked again"


def test_the_judges_error_stands_beside_what_it_says(small_index, gold, capsys):
    assert main(["answers", "--dataset", str(gold)]) == 0
    out = capsys.readouterr().out
    assert "judge ingebouwd" in out and "of unsupported claims" in out and "sentences left to the judge: 0" in out


def test_corrections_are_of_the_sentences_that_the_judge_was_asked_about():
    row = {"status": "answered", "supported": [True, True, False], "by_judge": [False, True, True]}
    found = corrections([row, row | {"status": "not_in_corpus"}, {"failed": "asking: no"}], "ingebouwd:unknown")
    assert found["sentences_judged"] == 2 and found["sets"][0]["observed"]["value"] == 0.5


def test_without_an_index_it_stops_at_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PPS_INDEX_DIR", str(tmp_path / "nergens"))
    get_settings.cache_clear()
    assert main(["all", "--out", str(tmp_path / "run")]) == 1
    assert "python -m rag index" in capsys.readouterr().err and not (tmp_path / "run" / FILE).exists()
