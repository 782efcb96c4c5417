"""Rankings of a BEIR dataset: the advisor's own search, each of its rankers apart, and what people build with LangChain."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from eval.retrieval.dataset import BeirDataset
from rag.knowledge.documents import Document, FrontMatter, SourceEntry
from rag.knowledge.markdown import _blocks
from rag.knowledge.splitter import split_document
from rag.language.abbreviations import with_both_forms
from rag.search.embedder import Embedder
from rag.search.searcher import Searcher
from rag.types import Passage

#: Passages fetched per query, so that at least ten different documents are among them.
DEPTH = 60
Search = Callable[[str], list[str]]


def passages_of(dataset: BeirDataset) -> tuple[list[Passage], dict[str, str]]:
    """Passages made by the product's own splitter, and document id of the product → id in the dataset."""
    passages: list[Passage] = []
    names: dict[str, str] = {}
    source = SourceEntry.model_construct(id="a", titel="-", uitgever="-", datum="-", url="", soort="")
    for number, (original, (title, text)) in enumerate(dataset.corpus.items()):
        own = f"doc-{number:06}"
        names[own] = original
        meta = FrontMatter.model_construct(
            id=own,
            titel=title or original,
            soort="kennis",
            domein=["algemeen"],
            rol=["om"],
            fase=["inrichten"],
            taal="nl",
            laatst_gecontroleerd=date(2026, 1, 1),
            feiten=[],
            bronnen=[source],
        )
        body = f"# {title}\n\n{re.sub(r'<[^>]+>', ' ', text)}" if title else text
        blocks = tuple(_blocks(body, 0)) or tuple(_blocks(f"{title or original}.", 0))
        passages += split_document(Document(meta, blocks, original, body))
    return passages, names


def documents(ids: list[str], names: dict[str, str]) -> list[str]:
    """Passage ids → dataset ids, each once, in order."""
    return list(dict.fromkeys(names[i.rsplit(".", 1)[0]] for i in ids))


def own_systems(searcher: Searcher, names: dict[str, str]) -> dict[str, Search]:
    """The product's search, and each ranker by itself."""
    snapshot = searcher.snapshot()
    lexical, everything = snapshot.lexical, np.arange(len(snapshot.lexical.ids))

    def ranked(scores: np.ndarray) -> list[str]:
        return [lexical.ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH]]

    def dense(question: str) -> list[str]:
        assert searcher._vectors is not None
        near = searcher._vectors.nearest(searcher.embedder.encode_query(question), DEPTH)
        return sorted(near, key=lambda i: -near[i])

    return {
        "default": lambda q: documents([h.passage.id for h in searcher.search(q, DEPTH)], names),
        "bm25": lambda q: documents(ranked(lexical.score_words(q)), names),
        "grams": lambda q: documents(ranked(lexical.score_grams(q, everything)), names),
        "dense": lambda q: documents(dense(q), names),
    }


def langchain_systems(
    passages: list[Passage], vectors: np.ndarray, embedder: Embedder, folder: Path, names: dict[str, str]
) -> dict[str, Search]:
    """The common recipes on the same passages and the same embedder: Chroma alone, and its ensemble with BM25."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings

    from rag.search.vectors import connect

    class Same(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embedder.encode(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return embedder.encode_query(text).tolist()

    store = Chroma(
        client=connect(folder / "langchain"),
        collection_name="langchain",
        embedding_function=Same(),
        collection_configuration={"hnsw": {"space": "cosine"}},
    )
    for i in range(0, len(passages), 1000):
        part = passages[i : i + 1000]
        store._collection.add(
            ids=[p.id for p in part],
            embeddings=vectors[i : i + 1000],
            documents=[p.text for p in part],
            metadatas=[{"passage": p.id} for p in part],
        )
    docs = [LangChainDocument(id=p.id, page_content=f"{p.title} {p.text}", metadata={"passage": p.id}) for p in passages]
    words = BM25Retriever.from_documents(docs, k=DEPTH)
    ensemble = EnsembleRetriever(retrievers=[words, store.as_retriever(search_kwargs={"k": DEPTH})], weights=[0.5, 0.5], id_key="passage")

    def ids(found: list) -> list[str]:
        return documents([d.metadata["passage"] for d in found], names)

    return {
        "langchain_chroma": lambda q: ids(store.similarity_search(q, k=DEPTH)),
        "langchain_ensemble": lambda q: ids(ensemble.invoke(q)),
    }


def of_index(searcher: Searcher) -> dict[str, Search]:
    """The rankers over the product's own index, asked as the advisor asks them: abbreviations stand beside their long form."""
    names = {document: document for document in {i.rsplit(".", 1)[0] for i in searcher.snapshot().lexical.ids}}
    systems = own_systems(searcher, names)
    dense = systems.pop("dense")
    asked = {name: lambda q, search=search: search(with_both_forms(q)) for name, search in systems.items()}

    def default(question: str) -> list[str]:
        vector = searcher.embedder.encode_query(question)
        return documents([h.passage.id for h in searcher.search(with_both_forms(question), DEPTH, query_vector=vector)], names)

    return asked | {"default": default, "dense": dense}


def one(search: Search, question: str) -> tuple[list[str], float]:
    """Ranking and milliseconds."""
    started = time.perf_counter()
    ranking = search(question)
    return ranking, (time.perf_counter() - started) * 1000


def timed(search: Search, queries: dict[str, str]) -> dict[str, tuple[list[str], float]]:
    """Query id → ranking and milliseconds; the first query is asked once before, so that loading is not measured."""
    search(next(iter(queries.values())))
    return {i: one(search, text) for i, text in queries.items()}
