"""Every document that ships: valid, sourced paragraph by paragraph, and answering what the product must answer."""

import re
from pathlib import Path

import pytest

from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FILES = corpus_files([CORPUS])


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
