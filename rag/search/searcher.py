"""Question → ranked passages: vectors and words find candidates, n-grams and an optional reranker order them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from rag.errors import IndexMissingError
from rag.knowledge.documents import status_on
from rag.knowledge.store import SCHEMA_VERSION, PassageStore
from rag.search.embedder import Embedder
from rag.search.fusion import fuse_scores
from rag.search.known_questions import KnownQuestions, Near
from rag.search.lexical import LexicalIndex, open_lexical
from rag.search.lexical_base import FORMAT, LexicalBase
from rag.search.reranker import Reranker
from rag.search.spelling import Spelling
from rag.search.vectors import StoredVectors, VectorStore
from rag.types import Filters, Hit, Passage

#: Weights of the rankers in the fusion. Chosen on development questions only (docs/adr/0003).
WEIGHTS = {"words": 0.25, "grams": 1.0, "vectors": 0.3}
#: What the nearest known question counts for beside them.
FROM_QUESTIONS = 1.2
FROM_WORDS, FROM_VECTORS = 100, 60
RERANKED = 20
#: Passages kept in memory between questions, and passages whose sentence vectors are.
CACHED, KEPT_SENTENCES = 5000, 2000


@dataclass(frozen=True)
class Snapshot:
    """One generation of the index, opened for reading."""

    generation: str
    collection: str
    corpus_version: str
    fingerprint: str
    lexical: LexicalIndex
    questions: KnownQuestions
    _by_day: dict[str, tuple[np.ndarray | None, tuple[str, ...]]] = field(default_factory=dict, compare=False)

    @cached_property
    def spelling(self) -> Spelling:
        """Puts typing errors right by the words of this generation."""
        return Spelling((t.question for t in self.questions.targets), self.lexical.knows)

    def allowed(self, filters: Filters, today: str) -> np.ndarray | None:
        """Which positions may be used and pass the filters; None for all."""
        labels = self.lexical.labels
        usable = self._usable(today)
        if not filters:
            return usable
        accepted = np.fromiter((filters.accept(*label[:4]) for label in labels), bool, len(labels))
        return accepted if usable is None else accepted & usable

    def unusable_documents(self, today: str) -> tuple[str, ...]:
        """Documents that are a draft or no longer valid: they stay open to read, but no answer uses them."""
        self._usable(today)
        return self._by_day[today][1]

    def _usable(self, today: str) -> np.ndarray | None:
        if today not in self._by_day:
            lexical = self.lexical
            out = [n for n, label in enumerate(lexical.labels) if status_on(today, label[4], label[5]) != "actueel"]
            usable = np.ones(len(lexical.labels), bool)
            usable[out] = False
            documents = tuple(dict.fromkeys(lexical.ids[n].rsplit(".", 1)[0] for n in out))
            self._by_day[today] = (usable if out else None, documents)
        return self._by_day[today][0]


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
        self._base: LexicalBase | None = None
        self._base_name = ""
        self._names: tuple[str, str | None, str | None] | None = None  # what the snapshot was read from
        self._made: OrderedDict[str, np.ndarray] = OrderedDict()  # sentence vectors that the index does not keep
        self._vectors: VectorStore | StoredVectors | None = None
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
                names = meta["generation"], meta.get("lexical_base"), meta.get("questions")
                if self._snapshot and names == self._names:
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
        if meta.get("schema") != SCHEMA_VERSION or meta.get("words") != FORMAT:
            raise IndexMissingError("De index is gemaakt met een andere versie van de adviseur. Werk hem bij met: python -m rag index")
        base, delta = meta["lexical_base"], meta["lexical_delta"]
        lexical, self._base = open_lexical(self._folder / "lexical", base, delta, self._base if base == self._base_name else None)
        self._base_name = base
        questions = meta.get("questions", "")
        known = KnownQuestions.load(self._folder / "questions" / questions) if questions else KnownQuestions([], np.zeros((0, 0)))
        self._snapshot = Snapshot(meta["generation"], meta["collection"], meta["corpus_version"], meta["embedder"], lexical, known)
        self._names = meta["generation"], base, meta.get("questions")
        self._vectors = (
            VectorStore(self._chroma, meta["collection"]) if self._chroma else StoredVectors(self.store, int(meta["generation"]))
        )
        self._passages = {}
        return self._snapshot

    def corrected(self, question: str) -> str:
        """`question` without typing errors, as far as words of the corpus and its known questions tell."""
        return self.snapshot().spelling.corrected(question)

    def near(self, question: str, vector: np.ndarray, filters: Filters = Filters()) -> Near:
        """What the known questions of the corpus say of `question`, whose vector is `vector` (dimension,)."""
        snapshot = self.snapshot()
        position = snapshot.lexical.position
        allowed = snapshot.allowed(filters, date.today().isoformat())
        return snapshot.questions.near(question, vector, lambda i: i in position and (allowed is None or bool(allowed[position[i]])))

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters = Filters(),
        query_vector: np.ndarray | None = None,
        near: Near | None = None,
    ) -> list[Hit]:
        """The `k` best passages, best first. Each hit keeps its score per ranker: words, grams, vectors, questions, reranker.

        `query_vector` and `near` save embedding the question and comparing it with the known ones twice.
        """
        vector = self.embedder.encode_query(question) if query_vector is None else query_vector
        known = self.near(question, vector, filters) if near is None else near
        gone = IndexMissingError("De index verandert te snel om te lezen. Probeer het zo opnieuw.")
        for _ in range(3):
            snapshot = self.snapshot()
            try:
                rankers = self._candidates(snapshot, question, vector, filters, k)
                ordered = _with_known(fuse_scores(rankers, WEIGHTS), known)[: max(k, RERANKED if self.reranker else 0)]
                rankers["questions"] = known.passages
                found = self._fetch([i for i, _ in ordered], int(snapshot.generation))
            except IndexMissingError as error:  # the collection was swapped between reading the generation and asking it, or is not there
                gone = error
                with self._lock:
                    self._snapshot = None
                continue
            if len(found) == len(ordered) or self.store.meta().get("generation") == snapshot.generation:
                hits = [Hit(found[i], s, {n: r[i] for n, r in rankers.items() if i in r}) for i, s in ordered if i in found]
                return [replace(h, rank=n) for n, h in enumerate(self._rerank(question, hits)[:k], 1)]
        raise gone

    def _fetch(self, ids: list[str], generation: int) -> dict[str, Passage]:
        """Passages by id, those asked for before from memory; the memory belongs to one generation."""
        cache = self._passages
        missing = [i for i in ids if i not in cache]
        if missing:
            if len(cache) > CACHED:
                cache.clear()
            cache.update(self.store.passages(missing, generation))
        return {i: cache[i] for i in ids if i in cache}

    def sentence_vectors(self, hits: list[Hit]) -> dict[str, np.ndarray]:
        """Vectors of the hits' sentences, (sentences, dimension) each: from the index, else made now and kept a while."""
        found = self.store.sentence_vectors([h.passage.id for h in hits], self.embedder.dimension)
        missing = [h.passage for h in hits if h.passage.id not in found and h.passage.id not in self._made]
        texts = [s.text for p in missing for s in p.sentences]
        made = self.embedder.encode(texts) if texts else np.zeros((0, self.embedder.dimension), np.float32)
        offset = 0
        with self._lock:
            for passage in missing:
                self._made[passage.id] = made[offset : offset + len(passage.sentences)]
                offset += len(passage.sentences)
            kept = {h.passage.id: self._made[h.passage.id] for h in hits if h.passage.id not in found}
            while len(self._made) > KEPT_SENTENCES:
                self._made.popitem(last=False)
        return found | kept

    def _candidates(self, snapshot: Snapshot, question: str, vector: np.ndarray, filters: Filters, k: int) -> dict[str, dict[str, float]]:
        lexical = snapshot.lexical
        today = date.today().isoformat()
        allowed = snapshot.allowed(filters, today)
        words = lexical.score_words(question, allowed)
        from_words = _best(words, max(FROM_WORDS, k))
        assert self._vectors is not None
        near = self._vectors.nearest(vector, max(FROM_VECTORS, k), filters, snapshot.unusable_documents(today))
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


def _with_known(fused: list[tuple[str, float]], known: Near) -> list[tuple[str, float]]:
    """The fused scores (0..1) with what known questions add to them, best first; as they were where there are none."""
    if not known.passages:
        return fused
    scores = dict(fused)
    added = known.of_passages(scores.keys() | known.passages.keys())
    total = {i: (scores.get(i, 0.0) + FROM_QUESTIONS * likeness) / (1 + FROM_QUESTIONS) for i, likeness in added.items()}
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))


def _best(scores: np.ndarray, k: int) -> np.ndarray:
    """Positions of the k highest scores above zero."""
    top = np.argpartition(-scores, k)[:k] if len(scores) > k else np.arange(len(scores))
    return top[scores[top] > 0]
