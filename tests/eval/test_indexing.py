"""The generated corpus of the indexing benchmark is what it says: ten passages a document, the same for the same seed."""

from pathlib import Path

from eval.indexing.dataset import SECTIONS, sentences, write_corpus, write_document
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document

SHIPPED = Path(__file__).resolve().parents[2] / "corpus"


def test_documents_have_ten_passages_and_follow_their_seed(tmp_path):
    pool = sentences([SHIPPED])
    assert len(pool) > 400
    write_corpus(tmp_path, 12, pool)
    files = corpus_files([tmp_path])
    assert len(files) == 12
    sizes = {len(split_document(read_document(path))) for path in files}
    assert sizes == {SECTIONS}
    before = files[3].read_text(encoding="utf-8")
    assert write_document(tmp_path, 3, pool).read_text(encoding="utf-8") == before
    assert write_document(tmp_path, 3, pool, seed=12).read_text(encoding="utf-8") != before
