"""A turn as the chat shows it: every state, hostile text, and what the page keeps of it."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from rag.web.conversation import sent_from, turns_of
from rag.web.labels import texts
from rag.web.turn import TurnView, blocks, finished, plain_text, reasons, turn_html

HOSTILE = '"><img src=x onerror=alert(1)> </article><script>alert(1)</script>'


@pytest.fixture
def answer(advisor):
    return advisor.ask("Wie doen mee aan project Lantaarn?")


def test_an_answer_shows_sentences_sources_and_reasons(answer):
    page = LexborHTMLParser(turn_html(finished(answer), offers=frozenset({"export", "feedback"})))
    said = [node.text() for node in page.css(".tekst li .zin")]
    assert any("Bank Noord" in s for s in said) and len(page.css(".mark")) >= len(said)
    for mark in page.css(".mark"):
        assert page.css_first(f".evidence[data-n='{mark.attributes['data-n']}'] mark")
    assert [b.attributes["data-do"] for b in page.css(".knoppen button")] == ["copy", "print", "docx", "md", "judge", "again", "edit"]
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))


def test_only_what_there_is_gets_a_button(answer):
    page = LexborHTMLParser(turn_html(finished(answer)))
    assert [b.attributes["data-do"] for b in page.css(".knoppen button")] == ["copy", "print", "again", "edit"]


@pytest.mark.parametrize("state", ["searching", "writing", "stopped", "failed"])
def test_a_hostile_question_stays_text_in_every_state(state):
    html = turn_html(TurnView(HOSTILE, state, HOSTILE, error=HOSTILE))
    page = LexborHTMLParser(html)
    assert not page.css("img, script") and len(page.css("article")) == 1
    assert json.loads(page.css_first("article").attributes["data-turn"])["question"] == HOSTILE
    assert ("aria-busy" in page.css_first("article").attributes) == (state in ("searching", "writing"))


def test_what_the_page_keeps_is_enough_for_a_follow_up(advisor, answer):
    kept = json.loads(LexborHTMLParser(turn_html(finished(answer))).css_first("article").attributes["data-turn"])
    sent = json.dumps(
        {"run": "r", "messages": [{"role": "user", "content": kept["message"]}, {"role": "assistant", "content": kept["reply"]}]}
    )
    turns = turns_of(sent_from(sent).messages)
    assert turns[0].documents == ("project-lantaarn",)
    assert "214" in advisor.ask("en wat heeft het opgeleverd?", turns=turns).text


@pytest.mark.parametrize("text", [None, "", "x", "[]", "3", '{"messages": 3}', '{"messages": [1, "x"]}', '{"run": null}'])
def test_what_the_page_would_never_send_is_a_first_question(text):
    assert sent_from(text).messages == ()


def test_too_much_is_nothing():
    assert sent_from(json.dumps({"run": "r", "messages": [{"role": "user", "content": "x" * 500_000}]})).run == ""


def test_the_text_for_the_clipboard_has_numbers_and_addresses(answer):
    text = plain_text(answer)
    assert text.startswith("Wie doen mee aan project Lantaarn?\n") and "- Bank Noord [1]" in text
    assert "[1] Project Lantaarn" in text and "https://example.org/a" in text


def test_reasons_name_every_step_in_both_languages(answer):
    for language in ("nl", "en"):
        told = reasons(answer, language)
        assert [s["name"] for s in told["steps"]][-1] == texts(language)["step_total"] and len(told["steps"]) == 6
        assert all(s["ms"] >= 0 for s in told["steps"]) and "words" in told["rankers"]


def test_sentences_keep_their_places_through_headings_and_lists(answer):
    places = [entry["i"] for block in blocks(answer.sentences) for entry in block.get("sentences", [])]
    assert places == list(range(len(answer.sentences)))


def test_every_word_of_the_page_is_there_in_both_languages():
    dutch, english = texts("nl"), texts("en")
    assert dutch.keys() == english.keys()
    same = {k for k in dutch if dutch[k] == english[k]}
    assert same <= {"chat", "word", "markdown", "stop", "scores", "passage"}, same
