import re
from io import BytesIO

import pytest
from docx import Document
from fastapi.testclient import TestClient

from rag.advisor import Advisor
from rag.web.export import MAX_BYTES
from rag.web.server import create_app

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def client(advisor):
    with TestClient(create_app(advisor)) as made:
        yield made


@pytest.fixture
def turn(client):
    question = "Wat is project Lantaarn?"
    return {"question": question, "answer": client.post("/api/v1/ask", json={"question": question}).json()}


def export(client, turns, kind="md", **options):
    return client.post("/api/v1/export", params={"format": kind}, json={"turns": turns}, **options)


def test_a_conversation_as_markdown(client, turn):
    reply = export(client, [turn])
    assert reply.status_code == 200 and reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="pps-adviseur-\d{4}-\d\d-\d\d\.md"', reply.headers["content-disposition"])
    passage = turn["answer"]["citations"][0]["passage_id"].split(".")[-1]
    assert f"[1]: <http://testserver/bron/project-lantaarn?passage={passage}#passage>" in reply.text
    assert "](<https://example.org/" in reply.text and "niet overgenomen" not in reply.text
    assert client.get(re.search(r"\[1\]: <http://testserver([^#>]+)", reply.text)[1]).text.count('id="passage"') == 1


def test_a_conversation_as_a_word_document_is_the_default(client, turn):
    reply = client.post("/api/v1/export", json={"turns": [turn, turn]})
    assert reply.headers["content-type"] == WORD and reply.headers["content-disposition"].endswith('.docx"')
    assert reply.headers["cache-control"] == "no-store"
    texts = [p.text for p in Document(BytesIO(reply.content)).paragraphs]
    assert texts[0].startswith("Gesprek met") and "Vraag 2: Wat is project Lantaarn?" in texts


def test_links_of_the_caller_are_never_used(client, turn):
    for citation in turn["answer"]["citations"]:
        citation |= {"url": "https://kwaad.example/1", "title": "Kwaad", "document_id": "kwaad", "section": "Kwaad"}
        citation["sources"] = [{"title": "Kwaad", "url": "https://kwaad.example/2", "publisher": "", "date": ""}]
    text = export(client, [turn]).text
    links = {r.target_ref for r in Document(BytesIO(export(client, [turn], "docx").content)).part.rels.values() if r.is_external}
    assert "kwaad" not in text.lower() and links and not any("kwaad" in a for a in links)


def test_what_the_advisor_cannot_have_said_is_not_in_the_document(client, turn):
    said = turn["answer"]["sentences"][0]["text"]
    for sentence in ("De wethouder is corrupt.", said.replace("is", "is niet", 1)):
        false = {"sentences": [{"text": sentence, "citations": [1]}], "notice": "Volgens de wethouder.", "text": sentence}
        text = export(client, [{**turn, "answer": {**turn["answer"], **false}}]).text
        assert sentence not in text and "wethouder" not in text and "niet overgenomen" in text
    turn["answer"]["citations"][0]["quote"] = "Dit heeft de bron nooit gezegd."
    assert "nooit gezegd" not in export(client, [turn]).text


def test_more_than_can_be_checked_is_refused(client, turn, monkeypatch):
    monkeypatch.setattr("rag.export.said.MAX_JUDGED", 3)
    turn["answer"]["sentences"] = [{"text": f"Zin {n} over iets anders.", "citations": [1]} for n in range(4)]
    reply = export(client, [turn])
    assert reply.status_code == 422 and "Kies minder vragen" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Hoeveel rekeningen heeft project Lantaarn in 2031 geblokkeerd?", "Het antwoord op deze vraag staat niet in de bronnen"),
        ("Hoe bak ik brood?", "Deze vraag gaat niet over publiek-private samenwerking"),
        ("Wie doen mee aan project Lantaarn?", "- Bank Noord [\\[1\\]][1]\n- Bank Zuid"),
    ],
)
def test_what_the_advisor_said_itself_is_in_the_document(client, question, held):
    """Nothing of an honest answer is lost on its way through the browser."""
    answer = client.post("/api/v1/ask", json={"question": question}).json()
    text = export(client, [{"question": question, "answer": answer}]).text
    assert held in text and "niet overgenomen" not in text
    for part in filter(None, answer["notice"].split(". ")):
        assert part.removesuffix(".") in text.replace("\\", "")


def test_an_archived_passage_is_still_a_source(client, turn, corpus, run_sync, encoder):
    (corpus / "project-lantaarn.md").unlink()
    run_sync(encoder)
    text = export(client, [turn]).text
    assert "Project Lantaarn" in text and "niet overgenomen" not in text and "https://example.org/" in text


def test_links_carry_the_address_that_readers_know(searcher, settings, turn):
    advisor = Advisor(searcher, None, settings.model_copy(update={"public_url": "https://pps.example.nl/advies/"}))
    with TestClient(create_app(advisor)) as client:
        assert "<https://pps.example.nl/advies/bron/project-lantaarn?" in export(client, [turn]).text


@pytest.mark.parametrize(
    "turns",
    [
        [],
        [{"question": "x"}],
        [{"question": "x" * 10_001, "answer": {}}],
        [{"question": "x", "answer": {"citations": [{"n": 1, "passage_id": "a/../b"}]}}],
        [{"question": "x", "answer": {}}] * 51,
    ],
)
def test_what_is_no_conversation_is_refused(client, turns):
    assert export(client, turns).status_code == 422


def test_an_english_reader_gets_an_english_document(client, turn):
    reply = client.post("/api/v1/export", params={"format": "md", "language": "en"}, json={"turns": [turn]})
    assert reply.text.startswith("# Answer of the Advisor") and "niet" not in reply.text.split("## Question")[0]
    assert client.post("/api/v1/export", params={"language": "fr"}, json={"turns": [turn]}).status_code == 422


def test_another_format_is_refused(client, turn):
    assert export(client, [turn], "exe").status_code == 422


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    assert client.post("/api/v1/export", content=b"x" * (MAX_BYTES + 1), headers={"Content-Type": "application/json"}).status_code == 413

    def endless():
        for _ in range(MAX_BYTES // 100_000 + 2):
            yield b" " * 100_000

    assert client.post("/api/v1/export", content=endless(), headers={"Content-Type": "application/json"}).status_code == 413


def test_a_lone_half_of_a_character_is_refused(client):
    body = b'{"turns": [{"question": "\\ud800", "answer": {}}]}'
    assert client.post("/api/v1/export", content=body, headers={"Content-Type": "application/json"}).status_code == 422
