"""The page of a comparison: whole in itself, honest about what failed, and both answers to read beside each other."""

import re
from pathlib import Path

import pytest

from eval import provenance, run_files
from eval.__main__ import main
from eval.answers.dataset import GOLD
from eval.compare.asked import questions
from eval.compare.folders import compare
from eval.compare.page import FILE, page, path_of
from eval.compare.sides import asked, sides
from eval.report.intervals import LABELS, WIDTH, around_zero, intervals
from tests.eval.test_compare import answer, hits, written
from tests.eval.test_report import HOSTILE, full, read

TEST_HALF = GOLD / "test.jsonl"


def ranked(system, n, found=True):
    ranking = ["a", "b"] if found else ["b", "c"]
    scores = dict.fromkeys(("ndcg@10", "recall@5", "recall@10", "mrr@10"), float(found))
    return {"id": f"{system}/t{n:03}", "system": system, "query": f"t{n:03}", "ms": 1.0, "ranking": ranking, "relevant": {"a": 1}, **scores}


def spotted(n, verdict="ok"):
    row = {"id": f"g{n}", "text": f"Tekst {n}", "label": "benign", "source": "", "verdict": verdict, "status": None, "found": []}
    return row | {"pieces": {}, "personal": False, "ms": 1.0}


@pytest.fixture
def pair(tmp_path):
    """Two runs of all: in B some answers are lost, one is better, one failed, one row is missing, and a ranker finds less."""
    a = [full(n) for n in range(30)] + [full(30, status="not_in_corpus"), full(31), full(32)]
    b = [full(n, status="not_in_corpus", text=HOSTILE) for n in range(8)] + [full(n) for n in range(8, 30)] + [full(30)]
    b[8] = full(8, supported=(True, False), question=HOSTILE)
    b[8]["sentences"][1]["text"] = f"Nieuw {HOSTILE}"
    b.append({"id": "q31", "failed": f"asking: RuntimeError: {HOSTILE}"})
    for name, rows, found, verdict in (("a", a, True, "ok"), ("b", b, False, "injection")):
        folder = tmp_path / name
        written(folder / "answers", rows)
        rankings = [ranked(s, n, found or s == "dense") for s in ("default", "dense") for n in range(1, 13)]
        written(folder / "retrieval", rankings, "retrieval", provenance.of_file(TEST_HALF), dataset="test.jsonl")
        written(folder / "guard", [spotted(1), spotted(2, verdict)], "guard")
        written(folder, [], task="all", failed_tasks={})
    about = run_files.read_about(tmp_path / "b" / "answers")
    about |= {"code": "2", "parameters": {"model": HOSTILE, "sets": [1, 2]}}
    run_files.write(tmp_path / "b" / "answers", about, run_files.read_summary(tmp_path / "b" / "answers"), b)
    return tmp_path / "a", tmp_path / "b"


def made(pair):
    return page(*pair, compare(*pair))


def section(text, name):
    return text.split(f'<section id="{name}">')[1].split("</section>")[0]


def test_the_page_needs_nothing_outside_itself_and_texts_stay_texts(pair):
    text = made(pair)
    reader = read(text)
    assert reader.fetching == [] and reader.wrong == [] and reader.open == []
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "embed"}
    assert not re.search(r"@import|url\((?!#)", text) and "default-src 'none'" in text
    assert HOSTILE not in text and text.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 5
    assert made(pair) == text, "the same runs give the same page"


def test_the_verdict_and_what_fails_the_gate_stand_first(pair):
    head = made(pair).split("<main>")[0]
    assert 'role="alert"' in head and "answers: wrongly_refused got significantly worse" in head
    assert "answers: 1 measurements failed in run B" in head and "answers: 1 of 33 rows are missing (q32)" in head
    assert 'role="alert"' not in page(pair[0], pair[0], compare(pair[0], pair[0]))


def test_a_figure_tells_both_values_the_difference_its_interval_and_the_pairs(pair):
    found = compare(*pair)["tasks"]["answers"]["metrics"]["wrongly_refused"]
    assert found["pairs"] == 31 and found["undefined"] == [0, 0]
    row = next(r for r in section(made(pair), "headlines").split("<tr>") if "answers/wrongly_refused" in r)
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row)
    by = found["difference"]
    assert cells[:2] == ["0.032", "0.258"] and cells[2] == f"+0.226 [{by['low']:+.3f} – {by['high']:+.3f}]"
    assert cells[3:] == ["▼ worse", "lower", "if worse", "31", "0, 0"]


def test_questions_that_changed_can_be_read_beside_each_other(pair):
    own = section(made(pair), "answers")
    worse, better = own.split("<h3>Got worse")[1].split("<h3>Got better")
    assert worse.count('<details class="case">') == 10 and better.count('<details class="case">') == 1
    one = next(c for c in worse.split('<details class="case">') if "q8 ·" in c)
    assert "A: a" in one and "B: b" in one and one.count("✓ supported") == 2 and one.count("✗ not supported") == 1
    assert one.count("Een citaat.") == 2 and one.count("only here") == 1 and "expected answered" in one and "✓ held" in one
    lost = next(c for c in worse.split('<details class="case">') if "q0 ·" in c)
    assert "answered → not_in_corpus" in lost and "✗ not answered" in lost
    broken = next(c for c in worse.split('<details class="case">') if "q31 ·" in c)
    assert "Vraag 31?" in broken and "The measurement failed: asking: RuntimeError" in broken and "✓ supported" in broken


def test_rankings_are_named_by_their_question_and_only_those_that_changed_are_shown(pair):
    own = section(made(pair), "retrieval")
    words = questions("test.jsonl", provenance.of_file(TEST_HALF))["t001"]
    assert own.count('<details class="case">') == 12 and words in own and "a (right)" in own
    assert questions("test.jsonl", "0") == {} and questions("elsewhere.jsonl", "0") == {}


def test_what_was_made_otherwise_is_told_once(pair):
    own = section(made(pair), "made")
    assert own.count("<code>code</code>") == 1 and "<code>parameters.sets</code>" in own and "[1, 2]" in own
    assert "Nothing: the same parameters" in section(page(pair[0], pair[0], compare(pair[0], pair[0])), "made")


def test_every_plot_has_a_name_and_stands_above_its_table(pair):
    reader = read(made(pair))
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    plots = [attrs for tag, attrs in reader.tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(plots) == 4 and len(ids) == len(set(ids))
    assert all(set(attrs["aria-labelledby"].split()) <= set(ids) for attrs in plots)
    assert all("scope" in attrs for tag, attrs in reader.tags if tag == "th")


def test_a_run_of_one_task_without_headlines_has_a_page(tmp_path):
    row = {"id": "1", "question": "Wat?", "perturbation": "typos", "applies": True, "expected_status": "answered"}
    row |= {"covered": [True], "covered_original": [True], "sentences_same": 1.0, "documents_same": 1.0}
    row |= {"original": {"status": "answered"}, "perturbed": {"status": "answered"}}
    rows = [row, row | {"perturbed": {"status": "not_in_corpus"}, "covered": [False]}]
    folders = [written(tmp_path / name, [r], "robustness") for name, r in zip("ab", rows, strict=True)]
    text = page(*folders, compare(*folders))
    assert "typos.still_right" in section(text, "headlines") and "Got worse <small>(1)" in section(text, "robustness")


def test_the_command_writes_a_file_or_into_a_folder_and_keeps_its_exit_code(pair, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    assert main(["compare", *map(str, pair), "--out", str(out)]) == 3
    assert (out / FILE).read_text(encoding="utf-8") == made(pair) and capsys.readouterr().out.rstrip().endswith(str(out / FILE))
    assert main(["compare", str(pair[0]), str(pair[0]), "--out", str(out / "eigen.html"), "--json"]) == 0
    assert "Good: nothing" in (out / "eigen.html").read_text(encoding="utf-8") and capsys.readouterr().out.startswith("{")
    assert path_of(Path("x.HTML")) == Path("x.HTML") and path_of(Path("x")) == Path("x") / FILE


def test_no_old_page_is_left_where_runs_cannot_be_compared(tmp_path, capsys):
    a, b = written(tmp_path / "a", [answer(1)]), written(tmp_path / "b", [answer(1)], sha256="def")
    (tmp_path / FILE).write_text("old", encoding="utf-8")
    assert main(["compare", str(a), str(b), "--out", str(tmp_path)]) == 1 and not (tmp_path / FILE).exists()
    assert "different data" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_told(pair, tmp_path, capsys):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["compare", *map(str, pair), "--out", str(tmp_path / "file" / "c.html")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_a_run_without_its_times_is_told(tmp_path, capsys):
    a = written(tmp_path / "a", [answer(1)])
    (a / run_files.ROW_TIMES).unlink()
    assert main(["compare", str(a), str(a)]) == 1 and "a row has no 'ms'" in capsys.readouterr().err


def test_sides_of_what_failed_say_why_and_nothing_else():
    found = {s.label: (s.a, s.b) for s in sides("guard", spotted(1), {"id": "g1", "failed": "asking: no"})}
    assert found == {"failed": ([], ["asking: no"]), "verdict": (["ok"], [])}
    assert asked("guard", spotted(1)) == [("label", ["benign"])]
    (other,) = sides("elsewhere", hits(1)[0], hits(0)[0])
    assert (other.label, other.a, other.b, other.same) == ("hit", ["1"], ["0"], False)


def test_intervals_stand_where_their_values_are():
    chart = intervals("t", "d", "x", ("one", "two"), [("rij", [(0.0, -1.0, 1.0), None]), ("x" * 99, [None, (1, 1, 2)])], (-1, 1), (0,), 0.0)
    middle = (LABELS + WIDTH - 16) / 2
    first, second = (row.marks[0] for row in chart.rows)
    assert (first.x, first.low, first.high) == (middle, LABELS, WIDTH - 16) and chart.zero == middle == chart.ticks[0].at
    assert second.style == 1 and second.high == WIDTH - 16, "an interval stays within the chart"
    assert chart.rows[1].label.endswith("…") and first.y < second.y < chart.bottom


@pytest.mark.parametrize(("furthest", "reach"), [(0.0, 0.02), (-0.03, 0.05), (0.11, 0.2), (0.9, 1.0)])
def test_zero_stands_in_the_middle_of_differences(furthest, reach):
    assert around_zero([(0.0, furthest, 0.0)])[0] == (-reach, reach)
