"""The report: whole in itself, readable, and honest about what failed."""

import re
from html.parser import HTMLParser

import pytest

from eval import report, run_files
from eval.answers.measures import MEASURES
from eval.measures import score
from eval.report import figures, worst
from eval.report.charts import lines, stacked
from eval.report.passages import texts_of
from eval.report.side_by_side import side_by_side
from eval.show import figure
from rag.errors import PpsError
from tests.eval.test_compare import answer

HOSTILE = "<script>alert(1)</script> & <img src=x onerror=y>"


class Reader(HTMLParser):
    """Tags in order, and every attribute that could fetch something."""

    VOID = {"meta", "br", "img", "link", "input", "hr"}

    def __init__(self):
        super().__init__()
        self.tags, self.fetching, self.open, self.wrong = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.fetching += [
            v for k, v in attrs if k in ("src", "srcset", "data", "action", "poster") or (k == "href" and not v.startswith("#"))
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


def full(n, **more):
    """A row of an answer with all that the report shows."""
    row = answer(n, **more)
    for c in row["citations"]:
        c |= {"section": "Kop", "quote": "Een citaat.", "passage_id": "a.1"}
    row |= {"notice": "", "decision": {"in_scope": 0.9, "answerable": 0.1 * (n % 10)}, "by_judge": [False] * len(row["supported"])}
    return row | {"passages": [{"passage_id": "a.1", "title": "Titel", "section": "Kop", "score": 0.5}], "step_ms": {"guard": 1.0}}


@pytest.fixture
def folder(tmp_path):
    """A run of all with two tasks: answers of every sort, some hostile, and one failed follow-up."""
    rows = [full(n) for n in range(6)]
    rows += [full(n, expected="not_in_corpus", points=(), question=HOSTILE) for n in range(6, 14)]
    rows += [full(n, status="not_in_corpus", question=f"Geweigerd {n}?") for n in range(14, 20)]
    rows += [full(20, supported=(True, False), points=(False, False)), {"id": "q21", "failed": f"asking: RuntimeError: {HOSTILE}"}]
    parameters = {"judge": "ingebouwd", "judge_fingerprint": "ingebouwd:1", "corpus_version": "-"}
    parameters["judge_error"] = {"judge": "ingebouwd:1", "sets": [], "reasons": {"sets": "niets gemeten"}, "same_version": False}
    head = {"task": "answers", "dataset": "gold.jsonl", "dataset_sha256": "abc", "n": len(rows), "failed": 1, "parameters": parameters}
    corrected = {"sentences_judged": 0, "sets": []}
    run_files.write(tmp_path / "answers", {}, head | score(rows, MEASURES) | {"corrected": corrected}, rows)
    top = {"task": "all", "dataset": "test", "n": len(rows), "failed": 1, "failed_tasks": {"guard": f"broken {HOSTILE}"}, "metrics": {}}
    run_files.write(tmp_path, {"versions": {"python": "3"}, "code": "c"}, top | {"parameters": {"llm": None}}, [])
    return tmp_path


def test_the_page_needs_nothing_outside_itself(folder):
    text = report.write(folder).read_text(encoding="utf-8")
    reader = read(text)
    assert reader.fetching == [] and reader.wrong == [] and reader.open == []
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed"}
    assert not re.search(r"@import|url\((?!#)", text) and "default-src 'none'" in text


def test_text_of_questions_stays_text(folder):
    text = report.write(folder).read_text(encoding="utf-8")
    assert HOSTILE not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_plot_has_a_name_a_description_and_a_table(folder):
    reader = read(report.write(folder).read_text(encoding="utf-8"))
    ids = {attrs["id"] for _, attrs in reader.tags if "id" in attrs}
    plots = [attrs for tag, attrs in reader.tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(plots) == [tag for tag, _ in reader.tags].count("figure") > 0
    assert all(set(attrs["aria-labelledby"].split()) <= ids for attrs in plots)
    inside = False
    for tag, _ in reader.tags:
        inside = tag == "figure" or (inside and tag != "table")
    assert not inside, "the last figure has no table"
    headers = [attrs for tag, attrs in reader.tags if tag == "th"]
    assert headers and all("scope" in attrs for attrs in headers)
    assert dict(reader.tags)["html"]["lang"] == "en" and [t for t, _ in reader.tags].count("h1") == 1


def test_worst_cases_can_be_read_and_failures_are_loud(folder):
    text = report.write(folder).read_text(encoding="utf-8")
    assert text.count('<details class="case">') >= 13
    assert 'role="alert"' in text and "1 of 22 failed" in text and "<strong>guard</strong> was not measured" in text
    assert "✗ not supported" in text and "✗ missing" in text and "Een citaat." in text and "niets gemeten" in text


def test_the_page_is_the_same_each_time(folder):
    assert report.write(folder).read_bytes() == report.write(folder).read_bytes()


def test_only_a_run_of_all_has_a_report(folder):
    with pytest.raises(PpsError, match="run of answers"):
        report.write(folder / "answers")


def test_the_gravest_stand_first_and_once():
    rows = [full(1, expected="not_in_corpus", points=()), full(2, supported=(False,)), full(3, supported=(False, False), points=(False,))]
    rows.append(full(4, status="not_in_corpus"))
    found = worst.worst([*rows, {"id": "x", "failed": "asking: no"}])
    assert [(title.split()[0], total, [c.row["id"] for c in cases]) for title, total, cases in found] == [
        ("Sentences", 2, ["q3", "q2"]),
        ("Answered,", 1, ["q1"]),
        ("Refused,", 1, ["q4"]),
        ("Answered", 1, []),
    ]
    assert found[0][2][0].wrong == "2 of 2 sentences not supported"


@pytest.mark.parametrize(
    ("status", "expected", "told"),
    [
        ("answered", "answered", "right"),
        ("partial", "answered", "right, other caution"),
        ("out_of_scope", "not_in_corpus", "refused, other reason"),
        ("not_in_corpus", "partial", "wrongly refused"),
        ("partial", "refused_unsafe", "wrongly answered"),
    ],
)
def test_outcomes(status, expected, told):
    assert figures.outcome({"status": status, "expected_status": expected}) == told


def test_the_table_beside_the_bars_adds_up():
    rows = [answer(1), answer(2, "partial"), answer(3, expected="not_in_corpus") | {"kind": "near_miss"}]
    found = figures.outcomes(rows)
    assert found.body == (("factual", "1", "1", "0", "0", "0", "2"), ("near_miss", "0", "0", "0", "0", "1", "1"))
    assert [s.count for s in found.chart.bars[0].segments] == [1, 1]
    assert sum(s.width for s in found.chart.bars[0].segments) == pytest.approx(found.chart.bars[1].segments[0].width)


def test_supported_unsupported_and_abstained_add_up():
    rows = [answer(1), answer(2, supported=(True, False)), answer(3, "not_in_corpus"), answer(4, "not_in_corpus", "not_in_corpus")]
    found = figures.abstentions(rows)
    assert found.body == (("answerable", "1", "1", "1", "3"), ("not answerable", "0", "0", "1", "1"))
    assert found.note.startswith("2 sentences supported, 1 not.")


def test_the_plain_recipe_stands_beside_the_advisor(tmp_path):
    share = {"value": 0.5, "low": 0.25, "high": 0.75}
    systems = {"advisor": {"key_point_recall": share, "p50_ms": share}, "langchain_recipe": {"key_point_recall": None}}
    counts = {"advisor": {"key_point_recall": {"values": 7}}}
    own = {"n": 3, "parameters": {"model": "klein"}, "systems": systems, "counts": counts}
    found = side_by_side(own)
    assert found.body[0] == ("key points held (higher is better)", "0.50 [0.25–0.75], n = 7", "–")
    assert len(found.chart.rows[0].marks) == 1 and found.note.startswith("Of this run. 3 questions, language model klein")
    assert side_by_side(None, tmp_path) is None
    kept = side_by_side(None)
    assert kept.note.startswith("Of an earlier run") and [len(r.marks) for r in kept.chart.rows][0] == 3


def test_a_wide_table_stands_below_its_plot(folder):
    rows = [full(n) for n in range(3)]
    assert figures.outcomes(rows).wide and not figures.calibration([{"probability": 0.5, "right": True, "answered": True}] * 10).wide
    assert '<figure class="above">' in report.write(folder).read_text(encoding="utf-8")


def test_times_are_shown_in_tenths_of_milliseconds_and_shares_in_thousandths():
    metric = {"value": 72.6, "low": 1.0, "high": 80.25}
    assert figure(metric, "latency.p50_ms") == "72.6 [1.0–80.2]" and figure(metric, "brier") == "72.600 [1.000–80.250]"


def test_recall_by_k_by_hand():
    rows = [{"system": "default", "ranking": ["x", "a", "b"], "relevant": {"a": 1, "b": 1}}]
    body = dict(figures.recall_by_k(rows).body)
    assert (body["1"], body["2"], body["3"]) == ("0.000", "0.500", "1.000")


def test_points_stand_where_their_values_are():
    chart = lines("t", "d", ("x", "y"), [("s", [(0, 0), (1, 1, 0.5, 2.0)])], (0, 1), (0, 1), ((0, 1), (0, 1)))
    first, last = chart.series[0].points
    assert (first.x, first.y) == (64, 328) and (last.x, last.y) == (624, 16)
    assert last.low == 172 and last.high == 16, "an interval stays within the chart"
    assert stacked("t", "d", ("a", "b"), [("leeg", (0, 0))]).bars[0].segments == ()


def test_passages_are_told_only_of_the_same_corpus(small_index, searcher):
    hit = searcher.search("project Lantaarn", 1)[0].passage
    version = searcher.snapshot().corpus_version
    assert texts_of([hit.id, hit.id], version) == {hit.id: hit.text}
    assert texts_of([hit.id], "other") == {} and texts_of([hit.id], None) == {}
