"""A document in the advisor's name holds no sentence that the advisor cannot have said, whatever is handed in."""

from dataclasses import replace
from datetime import date

import pytest

from rag.context import Context, Part
from rag.export import said
from rag.export.build import of_turns
from rag.export.said import TooMuchError
from rag.notices import absent, known_absent, model_failed, nearby, not_answered, nothing_within_filters, unsure
from rag.search.known_questions import Near
from rag.statuses import statuses
from rag.types import Hit
from tests.export.conftest import FIRST, LEAD, library_of, passage

TODAY = date(2026, 11, 25)
UNSURE = "Het is niet zeker dat dit precies uw vraag beantwoordt; kijk het na in de bron."


def turn(answer, **changes):
    return {"question": answer.question, "answer": {**answer.as_dict(), **changes}}


def section_of(given, library=None):
    (section,) = of_turns([given], library or library_of(), TODAY).sections
    return section


def texts(section):
    return [line.text for line in section.lines]


@pytest.mark.parametrize(
    "sentence",
    [
        {"text": "De wethouder is corrupt.", "citations": [1]},
        {"text": FIRST, "citations": []},
        {"text": FIRST, "citations": [9]},
        {"text": FIRST.replace("is", "is niet"), "citations": [1]},
        {"text": FIRST[4:], "citations": [1]},  # half a sentence can say the opposite
        {"text": LEAD, "citations": [1]},  # stands in the passage, not in the quote
    ],
)
def test_a_sentence_that_its_source_does_not_hold_is_left_out_and_told(answer, sentence):
    kept = answer.as_dict()["sentences"]
    section = section_of(turn(answer, sentences=[*kept, sentence], model="een-model"))
    assert len(section.lines) == 4 and section.about.endswith("zonder taalmodel.")
    assert section.notes[-1] == "1 zin van dit antwoord is niet overgenomen, want de adviseur vindt die niet (meer) in de bron terug."


@pytest.mark.parametrize(
    ("ident", "quote"),
    [("weg.abc", FIRST), ("lantaarn.abc123", "Dit is verzonnen."), ("lantaarn.abc123", FIRST[:20]), ("lantaarn.abc123", FIRST[4:])],
)
def test_a_quote_that_is_no_whole_sentence_of_its_passage_is_no_source(answer, ident, quote):
    paper = of_turns(
        [turn(answer, citations=[{"n": 1, "passage_id": ident, "quote": quote}, answer.citations[1].as_dict()])], library_of(), TODAY
    )
    assert texts(paper.sections[0]) == [LEAD, "Bank Noord", "Bank Zuid"] and [r.n for r in paper.references] == [1]


def test_an_answer_of_which_nothing_is_found_again_leaves_only_the_question(answer):
    for changes in ({"citations": []}, {"sentences": [], "text": "De wethouder is corrupt."}):
        paper = of_turns([turn(answer, **changes)], library_of(), TODAY)
        (section,) = paper.sections
        assert section.lines == () and paper.references == () and section.about == "" and "niet overgenomen" in section.notes[0]
        assert len(section.notes) == 1


def test_a_sentence_in_other_words_is_held_against_what_it_quotes(answer):
    other, false = "Op 3 oktober 2023 is getekend.", "Op 4 oktober 2023 is getekend."
    library = library_of(other)
    given = turn(answer, sentences=[{"text": t, "citations": [1]} for t in (other, false)], model="gpt-nl")
    section = section_of(given, library)
    assert texts(section) == [other] and section.about.endswith("Geschreven door taalmodel gpt-nl; elke zin is aan een bron gekoppeld.")
    assert library.verifier().asked == 2


def test_the_verifier_that_ships_with_the_product_tells_them_apart(answer, encoder, settings):
    from rag.verify.load import BUILTIN, load_verifier

    library = replace(library_of(), verifier=lambda: load_verifier(BUILTIN, settings, encoder))
    claims = ["Op 3 oktober 2023 is het convenant getekend.", "Op 4 oktober 2023 is het convenant getekend.", "De wethouder is corrupt."]
    assert texts(section_of(turn(answer, sentences=[{"text": t, "citations": [1]} for t in claims]), library)) == claims[:1]


def test_more_than_can_be_checked_is_refused(answer, monkeypatch):
    monkeypatch.setattr(said, "MAX_JUDGED", 2)
    three = turn(answer, sentences=[{"text": f"Zin {n}.", "citations": [1]} for n in range(3)])
    with pytest.raises(TooMuchError, match="Kies minder vragen"):
        of_turns([three], library_of())
    assert section_of(turn(answer, sentences=[{"text": "Zin.", "citations": []}] * 3)).lines == ()  # without a source nothing is weighed


def test_headings_hold_words_of_the_questions_only(answer):
    text = answer.text.replace("### Wie?", "### De wethouder is corrupt")
    assert [line.heading for line in section_of(turn(answer, text=text)).lines] == ["Wanneer?", "", "", ""]
    first = {"question": "Is de wethouder corrupt?", "answer": {}}
    paper = of_turns([first, turn(answer, text=text)], library_of(), TODAY)  # a follow-up leans on the question before it
    assert paper.sections[1].lines[1].heading == "De wethouder is corrupt"


def test_a_question_is_said_to_be_one(answer):
    assert section_of({**turn(answer), "question": "De wethouder is corrupt."}).heading == "Vraag: De wethouder is corrupt."


@pytest.mark.parametrize("status", [s for s in statuses() if s not in ("answered", "partial")])
def test_a_refusal_says_what_its_status_says(answer, status):
    section = section_of(turn(answer, status=status, text="De wethouder is corrupt.", sentences=[], citations=[]))
    assert texts(section) == [statuses()[status].message["nl"]] and section.about == statuses()[status].label["nl"]


def test_a_refusal_of_the_guard_is_told_again(answer):
    refused = turn(answer, status="out_of_scope", text="", sentences=[], citations=[])
    question = "Mijn cliënt is verdachte van heling. Hoe groot is de kans dat we de zaak winnen?"
    assert texts(section_of({**refused, "question": question}))[0].startswith("U vraagt om advies in een concrete zaak.")
    filtered = nothing_within_filters(Context("", language="nl"))
    assert texts(section_of(turn(answer, status="not_in_corpus", text=filtered, sentences=[], citations=[]))) == [filtered]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_the_advisor_tells_beside_an_answer_is_confirmed(answer, language):
    near = nearby([Hit(passage(), 1.0)], language)
    said = known_absent(Context("", language=language, parts=[Part("", near=Near(missing="hoe vaak", missing_near=1.0))]))
    own = [
        *said,
        unsure([], language),
        absent(["Wanneer"], language)[0],
        model_failed(True, language),
        near,
        not_answered(["Wie?"], language),
    ]
    section = section_of(turn(answer, language=language, notice=" ".join(own)))
    assert section.notes == tuple(own)


@pytest.mark.parametrize(
    "notice",
    [
        "De wethouder is corrupt.",
        absent(["de wethouder"], "nl")[0],
        not_answered(["Is de wethouder corrupt?"], "nl"),
        "Van dit onderwerp zeggen de bronnen niet: de wethouder is corrupt.",
        nearby([Hit(replace(passage(), title="De wethouder is corrupt"), 1.0)], "nl"),
    ],
)
def test_other_notices_are_not_printed(answer, notice):
    assert section_of(turn(answer, notice=f"{notice} {UNSURE} De wethouder.")).notes == (UNSURE,)


def test_a_document_that_is_due_for_a_check_is_told_on_the_day_of_the_export(answer):
    due = replace(passage(), review_by="2026-11-01", checked="2025-11-01")
    section = section_of(turn(answer, notice=""), replace(library_of(), find={due.id: due}.get))
    assert section.notes == (
        "Let op: dit antwoord steunt op een document dat opnieuw gecontroleerd moet worden: “Project Lantaarn” (laatst gecontroleerd op "
        "1 november 2025).",
    )


def test_facts_are_printed_only_where_they_can_be_ones(answer):
    wrong = {"created_at": "gisteren: de wethouder", "corpus_version": "v7. De wethouder is corrupt", "model": "x. De wethouder is corrupt"}
    library = library_of("Anders.")
    paper = of_turns([turn(answer, sentences=[{"text": "Anders.", "citations": [1]}], **wrong)], library, TODAY)
    assert "wethouder" not in str(paper) and "taalmodel (zonder naam)" in paper.sections[0].about
    assert paper.facts == (
        "Gemaakt op 25 november 2026",
        "Elke zin is bij het maken van dit document opnieuw vergeleken met de bronnen, versie v8",
    )


def test_a_status_that_is_none_is_not_printed(answer):
    assert section_of(turn(answer, status="refused_unsafe")).about.startswith("Beantwoord uit de bronnen. ")
