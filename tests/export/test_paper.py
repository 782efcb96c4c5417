from datetime import date

import pytest
from pydantic import ValidationError

from rag.export.build import of_answer, of_memo, of_turns
from rag.export.paper import blocks, clean, passage_path, web_address
from tests.export.conftest import FIRST, LEAD, TEXT

TODAY = date(2026, 11, 25)


def turn(answer, **changes):
    return {"question": answer.question, "answer": {**answer.as_dict(), **changes}}


def test_an_answer_becomes_a_document(answer):
    paper = of_answer(answer, TODAY)
    (section,) = paper.sections
    assert section.heading == "Vraag: Wanneer en wie?" and section.notes == (answer.notice,)
    assert [(b.kind, [line.text for line in b.lines]) for b in blocks(section.lines)] == [
        ("heading", ["Wanneer?"]),
        ("paragraph", [FIRST]),
        ("heading", ["Wie?"]),
        ("paragraph", [LEAD]),
        ("list", ["Bank Noord", "Bank Zuid"]),
    ]
    assert paper.facts == ("Gemaakt op 25 november 2026", "Antwoorden van 20 november 2026", "Versie van de bronnen: v7")
    assert [r.place() for r in paper.references] == ["Project Lantaarn — Ondertekening, bladzijde 4", "Project Lantaarn — Wie"]
    assert paper.references[0].path == "/bron/lantaarn?passage=abc123#passage"


def test_the_public_json_of_an_answer_gives_the_same_document(answer, library):
    """Layout is read back from the text, place and sources from the index."""
    whole, read = of_answer(answer, TODAY), of_turns([turn(answer)], library, TODAY)
    assert read.sections == whole.sections and read.facts[:-1] == whole.facts and read.title == whole.title
    assert [(r.n, r.path, r.quote, r.section) for r in read.references] == [
        (1, "/bron/lantaarn?passage=abc123#passage", (FIRST,), "Ondertekening"),
        (2, "/bron/lantaarn?passage=abc123#passage", (LEAD, "- Bank Noord", "- Bank Zuid"), "Wie"),
    ]
    assert [s.id for s in read.references[0].sources] == ["b"] and [s.id for s in read.references[1].sources] == ["a"]


def test_sources_are_numbered_once_over_a_conversation(answer, library):
    other = {"n": 1, "passage_id": "vuurtoren.fff", "quote": FIRST}
    second = turn(
        answer, text=FIRST, sentences=[{"text": FIRST, "citations": [1, 2]}], citations=[other, answer.citations[0].as_dict() | {"n": 2}]
    )
    paper = of_turns([turn(answer), second], library, TODAY)
    assert [r.n for r in paper.references] == [1, 2, 3] and paper.references[2].path.startswith("/bron/vuurtoren?")
    assert paper.sections[1].lines[0].marks == (3, 1)
    assert [s.heading for s in paper.sections] == ["Vraag 1: Wanneer en wie?", "Vraag 2: Wanneer en wie?"]
    assert paper.title.startswith("Gesprek")


def test_a_memo_becomes_a_document(memo):
    paper = of_memo(memo)
    assert (paper.title, paper.intro, paper.facts[0]) == ("Keuzehulp: <b>PPS</b>?", "Wat u invulde.", "Gemaakt op 25 november 2026")
    assert [(s.heading, len(s.lines), s.notes) for s in paper.sections] == [
        ("Vrijwillig", 1, ("U antwoordde: ja.", "Dat past.")),
        ("Tijdelijk", 0, ("De bronnen zeggen hierover niets.",)),
    ]
    assert len(paper.references) == 2 and paper.facts[-1] == "Versie van de bronnen: v7"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"question": "x"}],
        [{"question": "x" * 10_001, "answer": {}}],
        [{"question": "x", "answer": {"citations": [{"n": 1, "passage_id": "../../etc/passwd"}]}}],
        [{"question": "x", "answer": {"sentences": [{"text": "x"}] * 201}}],
        [{"question": "x", "answer": {}}] * 51,
    ],
)
def test_what_is_no_conversation_is_refused(wrong, library):
    with pytest.raises(ValidationError):
        of_turns(wrong, library)


def test_text_is_cleaned_of_what_no_document_holds():
    assert clean("a\x00b\u202e c\ufffe\u200b\n\n d\U000e0041\ud800") == "ab c d" and clean("emoji 🙂 é") == "emoji 🙂 é"


def test_addresses_are_made_of_ids_only():
    assert passage_path('a"><b/../x', "a.b&c#d") == "/bron/a%22%3E%3Cb%2F..%2Fx?passage=b%26c%23d#passage"
    assert web_address("javascript:alert(1)") == "" and web_address('https://x.nl/a b"<>\n') == ""
    assert web_address("https://x.nl/a%20b?c=(d)") == "https://x.nl/a%20b?c=(d)"
    assert web_address('https://x.nl/"><script>') == "https://x.nl/%22%3E%3Cscript%3E"


def test_text_in_another_place_than_the_sentences_changes_only_the_layout(answer, library):
    (section,) = of_turns([turn(answer, text="### Iets anders\n\n- niets")], library).sections
    assert [line.kind for line in section.lines] == ["sentence", "lead", "item", "item"] and {line.heading for line in section.lines} == {
        ""
    }
    assert TEXT.startswith(section.lines[0].text)
