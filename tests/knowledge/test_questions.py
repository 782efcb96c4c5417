"""Known questions: read, bound to sentences, kept beside the index, and followed when documents change."""

import json

import pytest

from rag.errors import DocumentError
from rag.knowledge.questions import OTHER_SUBJECTS, question_files, read_others, read_questions
from rag.knowledge.store import PassageStore
from rag.search.known_questions import KnownQuestions
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from tests.conftest import LANTAARN, write_document
from tests.fakes import HashEmbedder

FILE = """
- vraag: "Welke instellingen zitten erbij?"
  antwoord: ["Bank Noord", "Bank Zuid", "Bank West"]
- vraag: "Hoeveel rekeningen gingen op slot?"
  antwoord: ["Volgens de politie zijn door project Lantaarn"]
- vraag: "Wat kostte het?"
  ontbreekt: "kosten van het project"
"""


@pytest.fixture
def questions(corpus):
    path = corpus / "vragen" / "project-lantaarn.yml"
    path.parent.mkdir()
    path.write_text(FILE, encoding="utf-8")
    return path


def known(index_dir) -> KnownQuestions:
    return KnownQuestions.load(index_dir / "questions" / PassageStore(index_dir).meta()["questions"])


def test_questions_are_bound_to_the_sentences_that_answer_them(run_sync, index_dir, questions):
    assert run_sync().errors == []
    first, second, third = known(index_dir).targets
    sentences = {p.id: p.sentences for _, p in PassageStore(index_dir).iter_passages()}
    assert [sentences[p][i].text for p, i in first.sentences] == ["Bank Noord", "Bank Zuid", "Bank West"]
    assert "214" in sentences[second.sentences[0][0]][second.sentences[0][1]].text
    assert third.sentences == () and third.missing == "kosten van het project"


def test_a_question_in_the_words_of_a_known_one_leads_to_its_sentences(run_sync, index_dir, questions):
    run_sync()
    embedder, found = HashEmbedder(), known(index_dir)
    near = found.near("Hoeveel rekeningen gingen op slot?", embedder.encode_query("Hoeveel rekeningen gingen op slot?"))
    (passage, index) = max(near.sentences, key=near.sentences.get)
    assert near.sentences[passage, index] == pytest.approx(1.0, abs=1e-3) == near.passages[passage]
    assert near.nearest == pytest.approx(1.0, abs=1e-3)
    costs = found.near("Wat kostte het?", embedder.encode_query("Wat kostte het?"))
    assert costs.missing == "kosten van het project" and costs.missing_near > 0.99 and costs.vote < near.vote
    assert found.near("Wat kostte het?", embedder.encode_query("Wat kostte het?"), usable=lambda passage: False).sentences == {}


def test_without_changes_nothing_is_written_and_a_change_only_embeds_what_is_new(run_sync, index_dir, questions):
    run_sync()
    before = PassageStore(index_dir).meta()
    embedder = HashEmbedder()
    run_sync(embedder)
    assert PassageStore(index_dir).meta() == before and not embedder.encoded
    questions.write_text(FILE + '- vraag: "Sinds wanneer?"\n  antwoord: ["Het convenant van project Lantaarn"]\n', encoding="utf-8")
    run_sync(embedder)
    assert embedder.encoded == ["Sinds wanneer?"]
    assert len(known(index_dir)) == 4 and len(list((index_dir / "questions").iterdir())) == 1


def test_questions_follow_their_sentences_when_the_document_changes(run_sync, index_dir, corpus, questions):
    run_sync()
    write_document(corpus, "project-lantaarn", LANTAARN.replace("- Bank Noord", "- Bank Nieuw"), titel="Project Lantaarn")
    report = run_sync()
    (error,) = report.errors
    assert "Bank Noord" in error["message"] and "Welke instellingen" in error["message"]
    assert [len(t.sentences) for t in known(index_dir).targets] == [2, 1, 0]
    assert run_sync().errors == report.errors, "what is wrong is told until it is mended"


def test_a_reader_sees_new_questions_without_a_new_generation(run_sync, index_dir, questions):
    run_sync()
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder())
    assert len(searcher.snapshot().questions) == 3
    questions.unlink()
    run_sync()
    assert len(searcher.snapshot().questions) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- vraag: x", "vraag 1"),
        ('- vraag: "Wat kost het?"\n', "ontbreekt"),
        ('- vraag: "Wat kost het?"\n  antwoord: ["Bank"]\n  ontbreekt: "kosten"\n', "ontbreekt"),
        ("vraag: geen lijst", "het bestand"),
        ("- [", "kan niet worden gelezen"),
    ],
)
def test_a_wrong_file_is_told_and_costs_nothing_else(run_sync, index_dir, questions, text, told):
    questions.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=told):
        read_questions(questions)
    report = run_sync()
    assert told in json.dumps(report.errors, ensure_ascii=False) and report.passages == 2
    assert len(known(index_dir)) == 0


def test_questions_about_a_document_that_is_not_there_are_told(run_sync, questions):
    questions.rename(questions.with_name("bestaat-niet.yml"))
    assert "bestaat-niet" in run_sync().errors[0]["message"]
    assert [p.name for p in question_files([questions.parent.parent])] == ["bestaat-niet.yml"]


def test_questions_on_other_subjects_are_read_but_lead_nowhere(run_sync, index_dir, questions):
    others = questions.with_name(f"{OTHER_SUBJECTS}.yml")
    others.write_text('- "Hoe bak ik een appeltaart?"\n- "printer doet het niet"\n', encoding="utf-8")
    assert run_sync().errors == [] and len(known(index_dir)) == 3
    assert read_others(others) == ["Hoe bak ik een appeltaart?", "printer doet het niet"]
    before = PassageStore(index_dir).meta()["questions"]
    others.write_text('- "Hoe bak ik een appeltaart?"\n- {vraag: "printer doet het niet"}\n', encoding="utf-8")
    (error,) = run_sync().errors
    assert "andere-onderwerpen.yml: vraag 2" in error["message"]
    assert PassageStore(index_dir).meta()["questions"] != before and len(known(index_dir)) == 3
