"""Runs on disk: going on after a kill, saying what failed, the same bytes twice."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from eval import run_files, runs
from eval.__main__ import main
from eval.answers import evaluate
from eval.robustness.generate import Asker
from eval.row_keys import differences, distinct, row_key
from eval.runs import Run
from rag.advisor import Advisor
from rag.errors import IndexMissingError, ModelError, PpsError
from rag.settings import ROOT, get_settings
from tests.fakes import ModelServer, Script

ABOUT = ("proef", "proef.jsonl", "abc", {"limit": None})


def begun(folder, **options):
    record = Run(folder, **options)
    record.open(*ABOUT)
    return record


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def contents(folder):
    """Bytes of all files of a run but those of times."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name not in (run_files.TIMES, run_files.ROW_TIMES)}


def test_a_run_that_was_killed_goes_on_where_it_was(small_index, tmp_path):
    """The real command in a process of its own, killed with SIGKILL while it asks."""
    path = tmp_path / "many.jsonl"
    rows = [{"id": f"q{n}", "question": f"Wat is project Lantaarn, vraag {n}?", "documents": ["project-lantaarn"]} for n in range(150)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    out, generated = tmp_path / "run", tmp_path / "run" / run_files.GENERATED
    command = [sys.executable, "-m", "eval", "answers", "--dataset", str(path), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(lines_of(generated)) < 5 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it ended before it could be killed"
    before = lines_of(generated)
    assert 5 <= len(before) < 150 and not (out / run_files.SUMMARY).exists()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "n = 150" in done.stdout
    found = run_files.read_rows(out)
    assert [r["id"] for r in found] == [f"q{n}" for n in range(150)]
    assert not generated.exists() and not (out / run_files.SCORED).exists() and not (out / run_files.LOCK).exists()
    whole = [json.loads(line)["rows"][0] for line in before[:5]]  # their times show that they were not asked again
    assert [r["ms"] for r in found[:5]] == [r["ms"] for r in whole]
    assert main(["answers", "--dataset", str(path), "--out", str(tmp_path / "other")]) == 0
    ours, theirs = contents(out), contents(tmp_path / "other")
    del ours[run_files.ABOUT], theirs[run_files.ABOUT]  # its fingerprint of the code is of when each process began
    assert ours == theirs


def test_two_runs_are_the_same_but_for_times(small_index, gold, tmp_path, capsys):
    for name in ("a", "b"):
        assert main(["answers", "--dataset", str(gold), "--json", "--out", str(tmp_path / name)]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed[0]["metrics"]["p50_ms"]["value"] > 0, "what is printed holds the times"
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert b"_ms" not in (tmp_path / "a" / run_files.ROWS).read_bytes()
    assert run_files.read_summary(tmp_path / "a") == printed[0]
    about = run_files.read_about(tmp_path / "a")
    assert about["dataset"]["sha256"] == printed[0]["dataset_sha256"] and about["versions"]["product"] and about["code"]


def test_other_parameters_are_refused_and_thrown_away_on_request(small_index, gold, tmp_path, capsys):
    out = tmp_path / "run"
    asked = ["answers", "--dataset", str(gold), "--out", str(out)]
    assert main([*asked, "--limit", "2"]) == 0
    assert main(asked) == 1
    told = capsys.readouterr().err
    assert "parameters.limit: 2 there, None now" in told and "--restart" in told
    assert len(run_files.read_rows(out)) == 2, "what was there is kept"
    (out / "notes.txt").write_text("mine")
    assert main([*asked, "--restart"]) == 0
    assert len(run_files.read_rows(out)) == 4 and (out / "notes.txt").read_text() == "mine"


def test_a_changed_dataset_or_changed_code_is_refused(small_index, gold, tmp_path, capsys, monkeypatch):
    asked = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]
    assert main(asked) == 0
    gold.write_text(gold.read_text(encoding="utf-8").replace("appeltaart", "perentaart"), encoding="utf-8")
    assert main(asked) == 1 and "dataset.sha256" in capsys.readouterr().err
    gold.write_text(gold.read_text(encoding="utf-8").replace("perentaart", "appeltaart"), encoding="utf-8")
    monkeypatch.setattr("eval.provenance.code", lambda: "other")
    assert main(asked) == 1 and "code" in capsys.readouterr().err


def test_a_whole_run_is_not_asked_again(small_index, gold, tmp_path, monkeypatch):
    asked = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]
    assert main(asked) == 0
    monkeypatch.setattr(evaluate, "one", lambda *_: pytest.fail("asked again"))
    monkeypatch.setattr(evaluate, "judged", lambda *_: pytest.fail("scored again"))
    assert main(asked) == 0


def test_scoring_anew_asks_nothing(small_index, gold, tmp_path, monkeypatch, capsys):
    asked = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]
    assert main(asked) == 0
    monkeypatch.setattr(evaluate, "one", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr("eval.provenance.code", lambda: "other scoring")
    real = evaluate.judged
    monkeypatch.setattr(evaluate, "judged", lambda row, judge: real(row, judge) | {"supported": [False] * len(row["sentences"])})
    assert main([*asked, "--score-only"]) == 0
    summary = run_files.read_summary(tmp_path / "run")
    assert summary["metrics"]["faithfulness"]["value"] == 0.0 and summary["metrics"]["p50_ms"]["value"] > 0
    assert run_files.read_about(tmp_path / "run")["code"] == "other scoring"
    assert main([*asked[:-1], str(tmp_path / "leeg"), "--score-only"]) == 1
    assert "stored 0 of 4 answers" in capsys.readouterr().err
    assert main(["answers", "--dataset", str(gold), "--score-only"]) == 1


def test_a_measurement_that_fails_is_a_row_and_is_tried_again(small_index, gold, tmp_path, monkeypatch, capsys):
    real, asked = evaluate.one, []

    def broken(question, advisor):
        asked.append(question.id)
        if question.id == "q2" and len(asked) <= 4:
            raise RuntimeError("the line went dead")
        return real(question, advisor)

    monkeypatch.setattr(evaluate, "one", broken)
    command = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]
    assert main(command) == 3
    assert "1 of 4 measurements FAILED" in capsys.readouterr().out
    summary, rows = run_files.read_summary(tmp_path / "run"), run_files.read_rows(tmp_path / "run")
    assert summary["failed"] == 1 and summary["n"] == 4 == len(rows)
    assert rows[1] == {"id": "q2", "failed": "asking: RuntimeError: the line went dead"}
    assert summary["counts"]["status_right"] == {"values": 3, "rows": 3, "undefined": 0}
    assert main(command) == 0 and asked == ["q1", "q2", "q3", "q4", "q2"]
    assert [r["id"] for r in run_files.read_rows(tmp_path / "run")] == ["q1", "q2", "q3", "q4"]


def test_a_verdict_that_fails_keeps_the_answer(small_index, gold, tmp_path, monkeypatch):
    real = evaluate.judged
    monkeypatch.setattr(evaluate, "judged", lambda row, judge: 1 / 0 if row["id"] == "q1" else real(row, judge))
    command = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]
    assert main(command) == 3
    rows = run_files.read_rows(tmp_path / "run")
    assert rows[0]["failed"].startswith("scoring: ZeroDivisionError") and rows[0]["text"]
    monkeypatch.setattr(evaluate, "judged", real)
    monkeypatch.setattr(evaluate, "one", lambda *_: pytest.fail("asked again"))
    assert main(command) == 0 and "failed" not in run_files.read_rows(tmp_path / "run")[0]


def test_without_an_index_nothing_is_measured(gold, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PPS_INDEX_DIR", str(tmp_path / "nergens"))
    get_settings.cache_clear()
    assert main(["answers", "--dataset", str(gold), "--out", str(tmp_path / "run")]) == 1
    assert "index" in capsys.readouterr().err
    with pytest.raises(IndexMissingError):
        Run().generate([1], str, lambda _: Advisor.from_settings(no_llm=True).searcher.snapshot(), "items")


def test_only_items_that_are_not_stored_are_asked_also_after_a_torn_line(tmp_path):
    record = begun(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        record.generate(list("abcd"), str, lambda i: {"text": i} if i in "ab" else (_ for _ in ()).throw(KeyboardInterrupt), "items")
    record.close()
    with (tmp_path / "run" / run_files.GENERATED).open("a") as stream:
        stream.write('{"item": "c", "rows": [{"te')
    asked = []
    record = begun(tmp_path / "run")
    rows = record.generate(list("abcd"), str, lambda i: asked.append(i) or [{"text": i}, {"text": i * 2}], "items")
    assert asked == ["c", "d"] and [r["text"] for r in rows] == ["a", "b", "c", "cc", "d", "dd"]
    record.close()


def test_scoring_goes_on_where_it_was(tmp_path):
    record = begun(tmp_path / "run")
    rows = record.generate(list("abc"), str, lambda i: {"text": i}, "items")
    with pytest.raises(KeyboardInterrupt):
        record.score(rows, lambda r: {"x": 1} if r["id"] == "a" else (_ for _ in ()).throw(KeyboardInterrupt), "verdicts")
    record.close()
    record, judged = begun(tmp_path / "run"), []
    rows = record.generate(list("abc"), str, lambda _: pytest.fail("asked again"), "items")
    rows = record.score(rows, lambda r: judged.append(r["id"]) or {"x": 2}, "verdicts")
    assert judged == ["b", "c"] and [r["x"] for r in rows] == [1, 2, 2]
    record.close()


def test_two_processes_do_not_write_one_run(tmp_path):
    record = begun(tmp_path / "run")
    with pytest.raises(PpsError, match="another process"):
        begun(tmp_path / "run")
    record.close()
    begun(tmp_path / "run").close()


def test_a_folder_of_before_is_not_taken_over(tmp_path):
    (tmp_path / run_files.SUMMARY).write_text("{}")
    with pytest.raises(PpsError, match="another kind"):
        begun(tmp_path)
    begun(tmp_path, restart=True).close()
    assert not (tmp_path / run_files.SUMMARY).exists()


def test_times_stand_apart_and_come_back(tmp_path):
    summary = {"task": "t", "metrics": {"x": {"value": 1.0}, "p50_ms": {"value": 2.0}}, "systems": {"a": {"p95_ms": None, "y": None}}}
    rows = [{"id": "1", "ms": {"answer": 3.0}}, {"id": "2"}, {"id": "3", "deep": {"step_ms": 1, "z": 2}}]
    run_files.write(tmp_path, {"task": "t"}, summary, rows)
    assert run_files.read_summary(tmp_path) == summary and run_files.read_rows(tmp_path) == rows
    for name in (run_files.SUMMARY, run_files.ROWS):
        text = (tmp_path / name).read_text()
        assert "_ms" not in text and '"ms"' not in text
    run_files.write(tmp_path, {"task": "t"}, {"task": "t"}, [{"id": "1"}])
    assert not (tmp_path / run_files.TIMES).exists() and run_files.read_rows(tmp_path) == [{"id": "1"}]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (run_files.SUMMARY, "{kapot", "summary.json is damaged"),
        (run_files.ROWS, '{"id": 1}\n{kapot\n', "rows.jsonl, line 2"),
        (run_files.ROWS, "[1]\n", "line 1 is no JSON object"),
        (run_files.ROW_TIMES, '{"row": 9, "ms": 1}\n', "there is no row 9"),
    ],
)
def test_damaged_files_are_named(tmp_path, name, text, told):
    run_files.write(tmp_path, {"task": "t"}, {"task": "t"}, [{"id": "1"}])
    (tmp_path / name).write_text(text)
    with pytest.raises(PpsError, match=told):
        run_files.read_summary(tmp_path)
        run_files.read_rows(tmp_path)


def test_an_unfinished_folder_says_so(tmp_path):
    begun(tmp_path).close()
    with pytest.raises(PpsError, match="go on"):
        run_files.read_summary(tmp_path)


def test_keys():
    assert distinct(["a", "b", "a"]) == ["a", "b", "a#2"]
    assert row_key({"id": "default/q1", "system": "default"}) == "default/q1"
    assert row_key({"id": "g1", "turn": 0}) == "g1/0" and row_key({"id": "q1", "system": "advisor"}) == "q1/advisor"
    assert row_key({"text": "x"}) == row_key({"text": "x", "label": "y"}) != row_key({"text": "z"})
    assert differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}, "d": None}) == [("a.b", 1, 3), ("c", 2, None)]


def test_a_run_in_memory_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = runs.of(object())
    record.open(*ABOUT)
    rows = record.score(record.generate([1], str, lambda i: {"v": i}, "items"), lambda r: {"w": r["v"]}, "scores")
    assert rows == [{"id": "1", "v": 1, "w": 1}] and not list(tmp_path.iterdir())


def test_texts_of_others_are_not_kept_among_our_files(small_index, gold, tmp_path, monkeypatch):
    asked = ["answers", "--dataset", str(gold), "--limit", "1", "--out"]
    assert main([*asked, str(tmp_path / "own")]) == 0 and "question" in run_files.read_rows(tmp_path / "own")[0]
    project = tmp_path / "project"
    monkeypatch.setattr("eval.tasks.HERE", project)
    assert main([*asked, str(project / "results" / "x")]) == 0
    (row,) = run_files.read_rows(project / "results" / "x")
    assert row["item"] == 1 and row["id"] == "q1" and "question" not in row and "text" not in row


def test_what_measures_the_machine_is_not_scored_apart(capsys):
    with pytest.raises(SystemExit) as error:
        main(["speed", "--score-only"])
    assert error.value.code == 2


@pytest.fixture
def server():
    made = ModelServer()
    yield made
    made.close()


def test_a_model_that_cannot_be_asked_is_a_failed_measurement(small_index, gold, server, tmp_path, capsys):
    """The reader gets sentences of the sources; that is no measurement of the model, and the same command asks again."""
    asked = ["answers", "--dataset", str(gold), "--out", str(tmp_path / "run"), "--llm"]
    server.script = Script(status=503)
    assert main([*asked, f"m@{server.url}"]) == 3
    assert "3 of 4 measurements FAILED" in capsys.readouterr().out
    rows = run_files.read_rows(tmp_path / "run")
    assert [bool(r.get("failed")) for r in rows] == [True, True, True, False], "the model is not asked what is out of scope"
    assert rows[0]["failed"].startswith("asking: ModelError: Het taalmodel m ")
    assert run_files.read_summary(tmp_path / "run")["metrics"]["fell_back_on_sources"] is None
    server.script = Script(["Daarover schrijf ik iets dat nergens staat."])
    assert main([*asked, f"m@{server.url}"]) == 0
    found = run_files.read_summary(tmp_path / "run")
    assert found["failed"] == 0 and found["metrics"]["fell_back_on_sources"]["value"] == 1.0, (
        "that it wrote nothing usable is a measurement"
    )


def test_robustness_does_not_remember_what_was_answered_without_the_model(small_index, server):
    advisor = Advisor.from_settings(llm=f"m@{server.url}")
    asker, model = Asker(advisor), advisor.chat_model
    server.script = Script(status=503)
    for ask in (asker.ask, lambda question: asker.ask_shuffled(question, "seed")):
        with pytest.raises(ModelError, match="niet beschikbaar"):
            ask("Wat is project Lantaarn?")
    assert advisor.chat_model is model
    server.script = Script(["Daarover schrijf ik iets dat nergens staat."])
    assert asker.ask("Wat is project Lantaarn?").answer.status == "answered"
