"""What of an answer that comes from outside may be published."""

import json

import pytest

from rag.embeds.confirm import Given, NotEmbeddableError, read
from rag.embeds.embed import Content
from tests.conftest import LANTAARN, write_document


def confirmed(confirmer, answer, **changes):
    return confirmer.confirmed(Given.model_validate({**answer, **changes}))


def test_an_answer_of_the_advisor_is_confirmed_whole(confirmer, answer, advisor):
    found = confirmed(confirmer, answer)
    assert found.left_out == 0 and found.content.question == "Wat is project Lantaarn?"
    assert [line.text for line in found.content.lines] == [s["text"] for s in answer["sentences"]]
    assert [c.passage_id for c in found.content.cited] == [c["passage_id"] for c in answer["citations"]]
    assert found.content.corpus_version == advisor.searcher.store.meta()["corpus_version"] and found.content.status == "answered"
    assert found.content.by == "Zinnen rechtstreeks uit de bronnen, zonder taalmodel."


def test_what_the_browser_says_of_a_source_is_not_believed(confirmer, answer):
    lied = [{**c, "title": "Verzonnen", "url": "https://kwaad.example", "sources": []} for c in answer["citations"]]
    found = confirmed(confirmer, answer, citations=lied, corpus_version="f" * 16, model="een <b>model</b>")
    reference = found.content.cited[0].reference
    assert reference.title == "Project Lantaarn" and reference.path.startswith("/bron/project-lantaarn?passage=")
    assert reference.sources[0].publisher == "Uitgever A" and found.content.corpus_version != "f" * 16
    assert "model" not in found.content.by.replace("taalmodel", "")


def test_a_sentence_that_the_sources_do_not_hold_is_left_out(confirmer, answer):
    invented = {"text": "Project Lantaarn is in 2031 gestopt wegens fraude door de politie.", "citations": [1]}
    found = confirmed(confirmer, answer, sentences=[*answer["sentences"], invented])
    assert found.left_out == 1 and "2031" not in json.dumps(found.content.to_json())


def test_an_answer_of_which_nothing_is_left_is_refused(confirmer, answer):
    with pytest.raises(NotEmbeddableError, match="Geen zin"):
        confirmed(confirmer, answer, sentences=[{"text": "De maan is van kaas.", "citations": [1]}])


@pytest.mark.parametrize("status", ["not_in_corpus", "refused_unsafe", "error_model", "verzonnen"])
def test_only_answers_can_be_published(confirmer, answer, status):
    with pytest.raises(NotEmbeddableError, match="uit de bronnen is beantwoord"):
        confirmed(confirmer, answer, status=status)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Wat weet u van jan@voorbeeld.nl?", "persoonsgegevens"),
        ("", "hele vraag"),
        ("Lantaarn", "hele vraag"),
        ("wat is " * 500, "hele vraag"),
    ],
)
def test_a_question_that_should_not_be_shown_is_refused(confirmer, answer, question, told):
    with pytest.raises(NotEmbeddableError, match=told):
        confirmed(confirmer, answer, question=question, standalone_question=question)


def test_the_question_that_stands_alone_is_the_one_that_is_shown(confirmer, answer):
    found = confirmed(confirmer, answer, question="En wat is dat?", standalone_question="Wat is project Lantaarn?")
    assert found.content.question == "Wat is project Lantaarn?"


def test_a_turn_of_an_export_and_the_answer_itself_are_both_read(answer):
    turn = {"question": answer["question"], "answer": answer}
    given = read(json.dumps(turn))
    assert given == read(json.dumps(answer)) == read(given.model_dump_json())
    for text in ("", "geen json", "[]", '"tekst"', "{}", '{"question": 3, "answer": {}}', '{"question": "a b", "sentences": "x"}'):
        if text == "{}":
            assert read(text).question == ""  # the question is what is wrong with it: see above
            continue
        with pytest.raises(NotEmbeddableError, match="geen antwoord van de adviseur"):
            read(text)


def test_a_passage_of_the_archive_is_not_published_anew(confirmer, answer, corpus, run_sync, encoder):
    write_document(corpus, "project-lantaarn", LANTAARN.replace("factuurfraude", "phishing"), titel="Project Lantaarn", rol="om, privaat")
    run_sync(encoder)
    sentence = [s for s in answer["sentences"] if "factuurfraude" in s["text"]]
    with pytest.raises(NotEmbeddableError, match="Geen zin"):
        confirmed(confirmer, answer, sentences=sentence)


def test_a_document_that_is_no_longer_in_use_is_not_published(confirmer, answer, corpus, run_sync, encoder):
    path = corpus / "project-lantaarn.md"
    path.write_text(path.read_text(encoding="utf-8").replace("taal: nl", "taal: nl\nstatus: vervallen"), encoding="utf-8")
    run_sync(encoder)
    with pytest.raises(NotEmbeddableError, match="Geen zin"):
        confirmed(confirmer, answer)


def test_what_is_kept_reads_back_as_it_was(content):
    assert Content.from_json(json.loads(json.dumps(content.to_json()))) == content
