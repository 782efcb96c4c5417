"""An index made straight from passages, for benchmarks: the same files as the product writes, without corpus files."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np

from rag.knowledge.store import SCHEMA_VERSION, PassageStore, StoredDocument
from rag.knowledge.sync import embedding_text
from rag.knowledge.words import WordIndexWriter
from rag.search.embedder import Embedder
from rag.search.searcher import Searcher
from rag.search.vectors import VectorStore, connect
from rag.types import Passage


def embed(passages: list[Passage], embedder: Embedder, threads: int) -> np.ndarray:
    """Passage vectors (n, dimension), with a progress bar."""
    from tqdm import tqdm

    texts = [embedding_text(p) for p in passages]
    starts = tqdm(range(0, len(texts), 64), desc="embed", disable=None)
    return np.vstack([embedder.encode(texts[i : i + 64], threads=threads) for i in starts])


def build(passages: list[Passage], vectors: np.ndarray, embedder: Embedder, folder: Path) -> Searcher:
    """A searcher over `passages` with the given vectors; sentence vectors are made when a question needs them."""
    store = PassageStore(folder)
    store.create()
    chroma = connect(folder / "chroma")
    collection = VectorStore(chroma, "pps-benchmark")
    collection.create()
    for i in range(0, len(passages), 1000):
        collection.add(passages[i : i + 1000], vectors[i : i + 1000])
    ordered = sorted(passages, key=lambda p: p.id)
    names = WordIndexWriter(folder / "lexical", {}).write_all(ordered, 1, len(ordered), lambda what, done, total: None)
    by_document = ((i, list(group)) for i, group in groupby(ordered, key=lambda p: p.document_id))
    changes = ((StoredDocument(i, i, "-", group[0].title, {"bronnen": []}), [(p, p.id) for p in group]) for i, group in by_document)
    store.stage(changes, 1)
    fixed = {"collection": "pps-benchmark", "embedder": embedder.fingerprint, "schema": SCHEMA_VERSION, "corpus_version": "-"}
    store.commit(1, {**fixed, **names})
    return Searcher(folder, chroma, embedder)
