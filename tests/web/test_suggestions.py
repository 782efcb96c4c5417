"""Questions to go on with: known ones that the sources answer, tried before they are shown."""

from __future__ import annotations

import pytest

from rag.advisor import Advisor
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.types import Filters
from rag.web.suggestions import Suggestions, Told, told_from

KNOWN = """
- vraag: "Wat is project Lantaarn?"
  antwoord: ["Project Lantaarn is een samenwerking"]
- vraag: "Wie doen er mee aan project Lantaarn?"
  antwoord: ["Aan project Lantaarn doen vier"]
- vraag: "Wat heeft project Lantaarn opgeleverd?"
  antwoord: ["Volgens de politie zijn door project"]
- vraag: "wat leverde lantaarn op"
  antwoord: ["Volgens de politie zijn door project"]
- vraag: "Wanneer is het getekend?"
  antwoord: ["Het convenant van project Lantaarn"]
- vraag: "Hoeveel kostte project Lantaarn?"
  ontbreekt: "de kosten"
"""


@pytest.fixture
def advisor(corpus, run_sync, index_dir, encoder, settings):
    (corpus / "vragen").mkdir()
    (corpus / "vragen" / "project-lantaarn.yml").write_text(KNOWN, encoding="utf-8")
    run_sync(encoder)
    return Advisor(Searcher(index_dir, connect(index_dir / "chroma"), encoder), None, settings)


def told(advisor, question):
    answer = advisor.ask(question)
    quotes = [q for c in answer.citations for q in (c.quotes or (c.quote,))]
    return Told(question, tuple(c.passage.document_id for c in answer.citations), tuple(quotes))


def test_what_the_sources_answer_is_offered_and_nothing_else(advisor):
    asked = "Wat is project Lantaarn?"
    found = Suggestions(advisor, budget_s=30).after(told(advisor, asked))
    assert found and len(found) <= 3 and asked not in found
    assert set(found) <= {"Wie doen er mee aan project Lantaarn?", "Wat heeft project Lantaarn opgeleverd?"}
    for question in found:
        assert advisor.ask(question).status == "answered"


def test_what_was_said_already_is_not_offered(advisor):
    found = Suggestions(advisor, budget_s=30).after(told(advisor, "Welke partijen zitten in project Lantaarn?"))
    assert "Wie doen er mee aan project Lantaarn?" not in found


def test_nothing_is_offered_that_the_chosen_filters_leave_out(advisor):
    suggestions = Suggestions(advisor, budget_s=30)
    about = told(advisor, "Wat is project Lantaarn?")
    assert suggestions.after(about, Filters(domein=("cybercrime",))) == ()
    assert suggestions.after(about, Filters(domein=("financieel-economisch",)))


def test_trying_is_remembered_and_stops_when_the_time_is_up(advisor):
    about = told(advisor, "Wat is project Lantaarn?")
    assert Suggestions(advisor, budget_s=-1).after(about) == ()
    suggestions = Suggestions(advisor, budget_s=30)
    first = suggestions.after(about)
    asked = []
    suggestions._advisor.ask = lambda question, *_: asked.append(question)  # noqa: SLF001 - nothing may be asked again
    assert suggestions.after(about) == first and asked == []


def test_what_is_tried_does_not_come_among_the_gaps(advisor):
    recorded = []
    advisor.on_answer = recorded.append
    Suggestions(advisor, budget_s=30).after(Told("Wat is project Lantaarn?"))
    assert recorded == []


def test_another_corpus_is_tried_anew(advisor, corpus, run_sync, encoder):
    suggestions = Suggestions(advisor, budget_s=30)
    about = told(advisor, "Wat is project Lantaarn?")
    assert suggestions.after(about)
    (corpus / "vragen" / "project-lantaarn.yml").unlink()
    run_sync(encoder)
    assert suggestions.after(about) == ()


@pytest.mark.parametrize(
    "text", ["", "{}", "geen json", "[]", '{"question": "x"}', '{"question": "x", "documents": 3, "shown": []}', None, "\ud800"]
)
def test_anything_else_than_the_page_says_is_nothing(advisor, text):
    assert Suggestions(advisor).after(told_from(text)) == ()


def test_without_an_index_there_is_nothing(settings, index_dir, encoder):
    empty = Advisor(Searcher(index_dir, connect(index_dir / "chroma"), encoder), None, settings)
    assert Suggestions(empty).after(Told("Wat is project Lantaarn?")) == ()
