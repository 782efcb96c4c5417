"""Question → ranked passages: vectors and words find candidates, n-grams and an optional reranker order them."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.errors import IndexMissingError
from rag.knowledge.store import PassageStore
from rag.search.embedder import Embedder
from rag.search.fusion import fuse_scores
from rag.search.lexical import LexicalIndex
from rag.search.reranker import Reranker
from rag.search.vectors import VectorStore
from rag.types import Filters, Hit, Passage

#: Weights of the rankers in the fusion. Chosen on development questions only (docs/adr/0003).
WEIGHTS = {"words": 0.25, "grams": 1.0, "vectors": 0.3}
FROM_WORDS, FROM_VECTORS = 100, 60
RERANKED = 20
#: Passages kept in memory between questions.
CACHED = 5000


@dataclass(frozen=True)
class Snapshot:
    """One generation of the index, opened for reading."""

    generation: str
    collection: str
    corpus_version: str
    fingerprint: str
    lexical: LexicalIndex
    labels: list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]

    def allowed(self, filters: Filters) -> np.ndarray | None:
        """Which positions the filters let through; None for all."""
        if not filters:
            return None
        return np.fromiter((filters.accept(*label) for label in self.labels), bool, len(self.labels))


class Searcher:
    """Reads the index of `folder`; follows it when a writer commits a new generation. Safe for many threads."""

    def __init__(self, folder: Path, chroma, embedder: Embedder, reranker: Reranker | None = None) -> None:  # noqa: ANN001
        self.store = PassageStore(folder)
        self.embedder = embedder
        self.reranker = reranker
        self._folder = folder
        self._chroma = chroma
        self._lock = threading.Lock()
        self.text_vector = lru_cache(maxsize=20_000)(embedder.encode_query)  # headings come back with every question
        self._snapshot: Snapshot | None = None
        self._vectors: VectorStore | None = None
        self._passages: dict[str, Passage] = {}

    def snapshot(self) -> Snapshot:
        """The newest committed generation.

        Raises:
            IndexMissingError: there is none, or it was made with another embedding model.
        """
        for attempt in range(3):
            meta = self.store.meta()
            if "generation" not in meta:
                raise IndexMissingError("Er is nog geen index. Maak hem met: python -m rag index")
            with self._lock:
                if self._snapshot and self._snapshot.generation == meta["generation"]:
                    return self._snapshot
                try:
                    return self._load(meta)
                except FileNotFoundError:  # a writer committed a newer generation and cleaned this one up: look again
                    if attempt == 2:
                        raise IndexMissingError("De index is niet compleet. Doe: python -m rag index --rebuild") from None
        raise AssertionError("unreachable")

    def _load(self, meta: dict[str, str]) -> Snapshot:
        if meta["embedder"] != self.embedder.fingerprint:
            raise IndexMissingError(
                f"De index is gemaakt met een ander embeddingmodel ({meta['embedder']}). Werk hem bij met: python -m rag index"
            )
        lexical = LexicalIndex(self._folder / "lexical" / meta["generation"])
        stored = json.loads((self._folder / "lexical" / meta["generation"] / "labels.json").read_text(encoding="utf-8"))
        labels = [(soort, tuple(domein), tuple(rol), tuple(fase)) for soort, domein, rol, fase in stored]
        self._snapshot = Snapshot(meta["generation"], meta["collection"], meta["corpus_version"], meta["embedder"], lexical, labels)
        self._vectors = VectorStore(self._chroma, meta["collection"])
        self._passages = {}
        return self._snapshot

    def search(self, question: str, k: int = 10, filters: Filters = Filters(), query_vector: np.ndarray | None = None) -> list[Hit]:
        """The `k` best passages, best first. Each hit keeps its score per ranker: words, grams, vectors, reranker.

        `query_vector` saves embedding the question twice.
        """
        vector = self.embedder.encode_query(question) if query_vector is None else query_vector
        for _ in range(3):
            snapshot = self.snapshot()
            try:
                rankers = self._candidates(snapshot, question, vector, filters, k)
                ordered = fuse_scores(rankers, WEIGHTS)[: max(k, RERANKED if self.reranker else 0)]
                found = self._fetch([i for i, _ in ordered])
            except IndexMissingError:  # the collection was swapped between reading the generation and asking it
                with self._lock:
                    self._snapshot = None
                continue
            if len(found) == len(ordered) or self.store.meta().get("generation") == snapshot.generation:
                hits = [Hit(found[i], s, {n: r[i] for n, r in rankers.items() if i in r}) for i, s in ordered if i in found]
                return [replace(h, rank=n) for n, h in enumerate(self._rerank(question, hits)[:k], 1)]
        raise IndexMissingError("De index verandert te snel om te lezen. Probeer het zo opnieuw.")

    def _fetch(self, ids: list[str]) -> dict[str, Passage]:
        """Passages by id, those asked for before from memory; the memory belongs to one generation."""
        cache = self._passages
        missing = [i for i in ids if i not in cache]
        if missing:
            if len(cache) > CACHED:
                cache.clear()
            cache.update(self.store.passages(missing))
        return {i: cache[i] for i in ids if i in cache}

    def sentence_vectors(self, hits: list[Hit]) -> dict[str, np.ndarray]:
        return self.store.sentence_vectors([h.passage.id for h in hits], self.embedder.dimension)

    def _candidates(self, snapshot: Snapshot, question: str, vector: np.ndarray, filters: Filters, k: int) -> dict[str, dict[str, float]]:
        lexical = snapshot.lexical
        allowed = snapshot.allowed(filters)
        words = lexical.score_words(question, allowed)
        from_words = _best(words, max(FROM_WORDS, k))
        assert self._vectors is not None
        near = self._vectors.nearest(vector, max(FROM_VECTORS, k), filters)
        near = {i: s for i, s in near.items() if i in lexical.position and (allowed is None or allowed[lexical.position[i]])}
        both = np.array(sorted({*from_words.tolist(), *(lexical.position[i] for i in near)}), int)
        gram_scores = lexical.score_grams(question, both)
        return {
            "words": {lexical.ids[n]: float(words[n]) for n in both if words[n] > 0},
            "grams": {lexical.ids[n]: float(s) for n, s in zip(both, gram_scores, strict=True) if s > 0},
            "vectors": near,
        }

    def _rerank(self, question: str, hits: list[Hit]) -> list[Hit]:
        if not self.reranker or not hits:
            return hits
        scores = self.reranker.score(question, [f"{h.passage.section}. {h.passage.text}" for h in hits])
        scored = [replace(h, scores={**h.scores, "reranker": float(s)}) for h, s in zip(hits, scores, strict=True)]
        return sorted(scored, key=lambda h: (-h.scores["reranker"], h.rank, h.passage.id))


def _best(scores: np.ndarray, k: int) -> np.ndarray:
    """Positions of the k highest scores above zero."""
    top = np.argpartition(-scores, k)[:k] if len(scores) > k else np.arange(len(scores))
    return top[scores[top] > 0]
