"""The engine on a small flow: what it shows, what it leaves out and how it tells."""

from __future__ import annotations

from datetime import date

from rag.guides.engine import missing, outcome, read_answers
from rag.guides.load import read_flow
from rag.guides.outcome import LOST, NO_GAP, SILENT
from rag.guides.quotes import problems
from tests.conftest import LANTAARN, write_document

ALL = {"keus": ["laag"], "doel": ["hoog"], "plaats": ["rivier", "zee"]}


def answers_of(flow, **changed):
    return read_answers(flow, {**ALL, **changed}.__getitem__)


def test_answers_are_known_options_in_the_order_of_the_flow(flow):
    answers = answers_of(flow, plaats=["zee", "maan", "rivier", "zee"], keus=["hoog", "laag"])
    assert answers == {"keus": ("laag",), "doel": ("hoog",), "plaats": ("rivier", "zee")}
    assert missing(flow, answers_of(flow, plaats=["zee"], doel=[]), 1) == ("plaats",)
    assert missing(flow, answers_of(flow, keus=["maan"]), 0) == ("keus",)


def test_a_memo_of_sentences_with_their_sources(flow, store):
    found = outcome(flow, answers_of(flow), store, "v1", today=date(2026, 11, 25))
    memo = found.memo
    assert [s.heading for s in memo.sections] == ["Uw profiel", "Altijd", "Een bank", "Verschil", "Per plaats"]
    assert (memo.created, memo.corpus_version) == ("2026-11-25", "v1") and "Duiding" in memo.intro
    always = memo.sections[1]
    assert [s.kind for s in always.sentences] == ["lead", "item", "item", "item", "item"]
    assert always.note == "Wat kiest u? Uw antwoord: Laag.\nU zit laag."
    assert [s.heading for s in always.sentences] == ["Wie"] * 5
    assert {s.url for c in memo.citations for s in c.sources} == {"https://example.org/a", "https://example.org/b"}
    for section in memo.sections:
        for s in section.sentences:
            assert all(s.text in memo.citations[n - 1].quote for n in s.citations) and s.citations


def test_an_item_brings_its_lead_and_no_other_item(flow, store):
    bank = outcome(flow, answers_of(flow), store, "v").parts[1]
    assert [s.text for s in bank.groups[0].sentences] == ["Aan project Lantaarn doen vier private partijen mee:", "Bank Noord"]


def test_conditions_and_gaps(flow, store):
    def headings(**changed):
        return [p.heading for p in outcome(flow, answers_of(flow, **changed), store, "v").parts]

    assert headings(doel=["laag"]) == ["Altijd", "Per plaats"]
    assert headings(keus=["hoog"]) == ["Altijd", "Een bank", "Per plaats"]
    found = outcome(flow, answers_of(flow, keus=["hoog"]), store, "v")
    assert found.parts[0].remarks == () and "zes weken" in found.parts[0].groups[1].sentences[0].text
    assert found.memo.sections[0].note.endswith(NO_GAP) and not found.profile[0].gap
    shown = outcome(flow, answers_of(flow), store, "v")
    assert shown.memo.sections[0].note == "De as: nu ‘Laag’, gewenst ‘Hoog’." and shown.profile[0].gap


def test_a_silent_cell_is_told(flow, store):
    part = outcome(flow, answers_of(flow), store, "v").parts[-1]
    assert [(c.label, c.note) for c in part.cells] == [("Rivier", ""), ("Zee", SILENT)]
    assert "Zee: in de bronnen van deze adviseur is hierover niets gevonden." in part.as_section().note


def test_cells_keep_their_headings_in_the_memo(flow, store):
    part = outcome(flow, answers_of(flow, plaats=["rivier", "haven"]), store, "v").parts[-1]
    assert [s.heading for s in part.as_section().sentences] == ["Rivier", "Rivier", "Haven: Vuurtoren"]


def test_what_an_editor_changed_is_left_out_and_told_and_is_not_silence(flow, store, corpus, run_sync):
    write_document(corpus, "project-lantaarn", LANTAARN.replace("Volgens de politie zijn", "De politie meldt dat"))
    run_sync()
    part = outcome(flow, answers_of(flow), store, "v").parts[-1]
    cell = part.cells[0]
    assert [s.text[:16] for s in cell.groups[0].sentences] == ["Project Lantaarn"]
    assert cell.note == "" and cell.groups[0].note == LOST and LOST in part.as_section().note
    assert [p for p in problems(flow, store) if "Volgens de politie zijn" in p and "delen.4.cellen.rivier.1" in p]


def test_a_document_that_is_no_longer_valid_is_not_quoted(flow, store, corpus, run_sync):
    path = corpus / "project-lantaarn.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("taal: nl", "taal: nl\ngeldig_tot: 2026-01-31", 1), encoding="utf-8")
    run_sync()
    before = outcome(flow, answers_of(flow), store, "v", today=date(2026, 1, 31))
    after = outcome(flow, answers_of(flow), store, "v", today=date(2026, 2, 1))
    assert before.memo.citations and after.memo.citations == ()
    assert after.parts[0].groups[0].note == LOST and after.parts[-1].cells[0].note == ""


def test_a_beginning_of_two_sentences_is_told_to_the_editor(write_flow, flow_text, store):
    flow = read_flow(write_flow(flow_text.replace('["Bank Noord"]', '["Bank"]')))
    assert any("meer dan één zin" in p and "delen.2.bronnen.1" in p for p in problems(flow, store))


def test_the_mark_of_an_explanation_may_be_left_out(write_flow, flow_text, store, corpus, run_sync):
    write_document(corpus, "project-lantaarn", LANTAARN + "\n**Duiding:** begin klein met een bank. [@bron-a]\n")
    run_sync()
    flow = read_flow(write_flow(flow_text.replace('["Bank Noord"]', '["begin klein"]')))
    sentence = outcome(flow, answers_of(flow), store, "v").parts[1].groups[0].sentences[0]
    assert sentence.text == "Duiding: begin klein met een bank."
