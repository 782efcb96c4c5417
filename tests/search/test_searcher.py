import pytest

from rag.errors import IndexMissingError
from rag.search.langchain import PassageRetriever
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.types import Filters


def test_hits_are_ranked_and_keep_their_scores_per_ranker(searcher):
    hits = searcher.search("wie doen er mee aan project Lantaarn?", k=2)
    assert hits[0].passage.document_id == "project-lantaarn"
    assert [h.rank for h in hits] == [1, 2] and hits[0].score >= hits[1].score
    assert set(hits[0].scores) == {"words", "grams", "vectors"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(domein=("ondermijning",)), {"havenoverleg-vuurtoren"}),
        (Filters(rol=("privaat",)), {"project-lantaarn"}),
        (Filters(rol=("om", "gemeente")), {"project-lantaarn", "havenoverleg-vuurtoren"}),
        (Filters(domein=("ondermijning",), rol=("privaat",)), set()),
        (Filters(soort=("praktijk",), fase=("inrichten",)), {"project-lantaarn", "havenoverleg-vuurtoren"}),
        (Filters(soort=("juridisch",)), set()),
    ],
)
def test_filters(searcher, filters, expected):
    assert {h.passage.document_id for h in searcher.search("samenwerking", 10, filters)} == expected


def test_without_an_index_the_remedy_is_told(tmp_path, encoder):
    with pytest.raises(IndexMissingError, match="python -m rag index"):
        Searcher(tmp_path, connect(tmp_path / "chroma"), encoder).search("iets")


def test_a_reranker_decides_the_order(run_sync, index_dir, encoder):
    class Backwards:
        name = "backwards"

        def score(self, question, texts):
            import numpy as np

            return np.array([1.0 if "Vuurtoren" in t else 0.0 for t in texts])

    run_sync(encoder)
    hits = Searcher(index_dir, connect(index_dir / "chroma"), encoder, Backwards()).search("project Lantaarn", k=2)
    assert hits[0].passage.document_id == "havenoverleg-vuurtoren" and hits[0].scores["reranker"] == 1.0


def test_langchain_retriever(searcher):
    documents = PassageRetriever(searcher=searcher, k=1).invoke("Wat is havenoverleg Vuurtoren?")
    assert documents[0].metadata["document_id"] == "havenoverleg-vuurtoren" and "Vuurtoren" in documents[0].page_content


def test_without_chroma_the_stored_vectors_find_the_same(searcher, index_dir):
    """What a full disk leaves: Chroma cannot start, the old index still answers."""
    from rag.search.vectors import StoredVectors, VectorStore, connect
    from rag.types import Filters

    meta = searcher.store.meta()
    chroma = VectorStore(connect(index_dir / "chroma"), meta["collection"])
    stored = StoredVectors(searcher.store, int(meta["generation"]))
    vector = searcher.embedder.encode_query("samenwerking tegen factuurfraude")
    for filters, without in ((Filters(), ()), (Filters(domein=("ondermijning",)), ()), (Filters(), ("project-lantaarn",))):
        expected, found = chroma.nearest(vector, 5, filters, without), stored.nearest(vector, 5, filters, without)
        assert list(found) == list(expected) and list(found.values()) == pytest.approx(list(expected.values()), abs=1e-4)
    alone = Searcher(index_dir, None, searcher.embedder)
    assert [h.passage.id for h in alone.search("project Lantaarn")] == [h.passage.id for h in searcher.search("project Lantaarn")]


def test_a_full_disk_leaves_no_chroma_and_other_trouble_is_told(tmp_path, monkeypatch):
    from chromadb.errors import InternalError

    from rag.search import vectors

    def fails(error):
        def start(*_):
            raise error

        monkeypatch.setattr(vectors, "connect", start)

    fails(InternalError("error returned from database: (code: 13) database or disk is full"))
    assert vectors.connect_to_read(tmp_path) is None
    fails(InternalError("iets anders"))
    with pytest.raises(InternalError):
        vectors.connect_to_read(tmp_path)
