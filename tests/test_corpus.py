"""Every document that ships: valid, sourced paragraph by paragraph, and answering what the product must answer."""

import json
import re
from pathlib import Path

import pytest
import yaml

from rag.knowledge.questions import OTHER_SUBJECTS, question_files, read_others, read_questions, resolve
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.language.words import fold

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FILES = corpus_files([CORPUS])
#: Fact numbers by sheet and type. `ak` has no source and stays out; every other fact is used.
SHEETS = yaml.safe_load((Path(__file__).parent / "data" / "facts.yml").read_text(encoding="utf-8"))
FACTS = {i: kind for group in SHEETS.values() for sheet in group.values() for kind, ids in sheet.items() for i in ids}
#: How the headings of a practice begin: the same questions for each, as far as its sources go.
QUESTIONS = ("Waarom", "Op welke", "Wie", "Wat ", "Hoe ", "Welke", "Wanneer", "Waar ")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    from rag.advisor import Advisor
    from rag.knowledge.sync import sync
    from rag.search.embedder import UniversalSentenceEncoder
    from rag.search.searcher import Searcher
    from rag.search.vectors import connect

    folder = tmp_path_factory.mktemp("shipped")
    encoder = UniversalSentenceEncoder()
    chroma = connect(folder / "chroma")
    report = sync([CORPUS], folder, encoder, lambda: chroma, threads=2)
    assert report.errors == []
    return Advisor(Searcher(folder, chroma, encoder))


def test_there_are_enough_documents():
    assert len(FILES) >= 25 and (CORPUS / "README.md").exists()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_document_is_valid_and_every_statement_has_a_source(path):
    document = read_document(path)
    assert document.meta.id == path.stem
    assert document.meta.feiten, "which sourced facts does it rest on?"
    cited = {i for b in document.blocks for _, ids in b.cites for i in ids}
    assert cited == {s.id for s in document.sources}, "sources listed and sources cited differ"
    for block in document.blocks:
        if block.kind == "lead":
            continue
        ends = [end for end, _ in block.cites]
        assert ends and ends[-1] >= len(block.text.rstrip()) - 1, f"no source for: {block.text[-80:]}"
    for passage in split_document(document):
        assert all(passage.text[s.start : s.end] == s.text for s in passage.sentences)
        assert len(passage.text.split()) <= 220


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_document_rests_on_facts_that_exist_and_have_a_source(path):
    facts = read_document(path).meta.feiten
    assert len(facts) == len(set(facts))
    assert [i for i in facts if FACTS.get(i, "ak") == "ak"] == []


def test_every_fact_of_every_sheet_is_used():
    used = {i for path in FILES for i in read_document(path).meta.feiten}
    assert sorted(i for i, kind in FACTS.items() if kind != "ak" and i not in used) == []


@pytest.mark.parametrize("sheet", SHEETS["practices"])
def test_a_practice_is_one_document_that_answers_the_same_questions(sheet):
    document = read_document(CORPUS / f"{sheet}.md")
    own = {i for kind, ids in SHEETS["practices"][sheet].items() if kind != "ak" for i in ids}
    assert own <= set(document.meta.feiten), "facts of the sheet that stand elsewhere only"
    headings = {b.headings[-1] for b in document.blocks if len(b.headings) > 1}
    assert len(headings) >= 3 and all(h.startswith(QUESTIONS) for h in headings), headings


def test_comparisons_cite_every_cell():
    comparisons = [read_document(p) for p in FILES if read_document(p).meta.soort == "vergelijking"]
    assert len(comparisons) >= 6
    for document in comparisons:
        rows = [b for b in document.blocks if b.kind == "row"]
        assert len(rows) >= 5 and all(len(b.cites) >= 2 for b in rows), document.meta.id


def test_every_sentence_of_the_index_stands_verbatim_in_its_source(shipped):
    from rag.knowledge.quotes import missing_quotes

    checked, missing = missing_quotes(shipped.searcher.store)
    assert checked > 1000 and missing == []


def test_every_quote_of_an_answer_stands_verbatim_in_its_passage_and_document(shipped):
    from rag.knowledge.quotes import stands_in

    for path in FILES:
        document = read_document(path)
        for citation in shipped.ask(f"Wat is {document.meta.titel}?").citations:
            body = shipped.searcher.store.document(citation.passage.document_id).body
            sentences = {s.text: s.kind for s in citation.passage.sentences}
            for quote in citation.quotes or (citation.quote,):
                assert quote in citation.passage.text
                assert all(stands_in(s, body, kind) for s, kind in sentences.items() if s in quote)


def test_ids_are_unique():
    ids = [read_document(p).meta.id for p in FILES]
    assert len(ids) == len(set(ids))


def test_the_definition_of_tno(shipped):
    answer = shipped.ask("Wat is PPS volgens TNO?")
    assert answer.status == "answered" and answer.citations[0].passage.document_id == "tno-samen-misdaad-anders-bestrijden"
    assert re.search("formeel samenwerkingsverband", answer.text) and "vrijwillige basis" in answer.text


def test_the_four_alternatives(shipped):
    answer = shipped.ask("Wat zijn alternatieven voor PPS?")
    assert answer.status == "answered"
    assert all(word in answer.text for word in ("inkopen", "consulteren", "delegeren", "invorderen"))


def test_the_six_handles_are_not_made_up(shipped):
    text = shipped.ask("Wat zijn de zes handvatten van TNO?").text
    assert "niet opgesomd" in text or "niet opsommen" in text


def test_no_cake(shipped):
    answer = shipped.ask("Hoe bak ik een appeltaart?")
    assert answer.status in ("out_of_scope", "not_in_corpus") and answer.sentences == ()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_document_has_known_questions_that_stand_on_its_sentences(path):
    entries = read_questions(path.parent / "vragen" / f"{path.stem}.yml")
    targets, wrong = resolve(entries, path.stem, split_document(read_document(path)))
    assert wrong == [] and len(targets) == len(entries) >= 40
    assert len({fold(t.question) for t in targets}) == len(targets)
    assert sum(bool(t.sentences) for t in targets) >= 15 <= sum(bool(t.missing) for t in targets)


def test_no_known_question_is_a_gold_question():
    gold = Path(__file__).resolve().parent.parent / "eval" / "gold"
    asked = {
        fold(json.loads(line)["question"]).strip(" ?")
        for half in ("dev", "test")
        for line in (gold / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    }
    files = question_files([CORPUS])
    others = [question for file in files if file.stem == OTHER_SUBJECTS for question in read_others(file)]
    known = [entry.vraag for file in files if file.stem != OTHER_SUBJECTS for entry in read_questions(file)]
    known = {fold(question).strip(" ?") for question in (*known, *others)}
    assert known & asked == set()
