"""Latency of search per system at one corpus size, and of whole answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from eval.index import build
from eval.retrieval.generate import langchain_systems, timed
from rag.advisor import Advisor
from rag.search.embedder import Embedder
from rag.settings import Settings
from rag.types import Passage

#: Passages asked for; the common top-k of a chain.
K = 10
#: LangChain's BM25 retriever scores in a Python loop; above this it is left out, as one question takes seconds.
ENSEMBLE_UP_TO = 10_000


def latencies(passages: list[Passage], vectors: np.ndarray, questions: list[str], embedder: Embedder) -> dict[str, list[float]]:
    """System → milliseconds per question, each system warmed up, one after the other on the same machine."""
    queries = {str(n): q for n, q in enumerate(questions)}
    names = {p.document_id: p.document_id for p in passages}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        searcher = build(passages, vectors, embedder, folder)
        systems = {"default": lambda q: [h.passage.id for h in searcher.search(q, K)]}
        systems |= langchain_systems(passages, vectors, embedder, folder, names)
        if len(passages) > ENSEMBLE_UP_TO:
            del systems["langchain_ensemble"]
        return {name: [ms for _, ms in timed(search, queries).values()] for name, search in systems.items()}


def answering(questions: list[str], settings: Settings) -> list[float]:
    """Milliseconds of an answer from the shipped corpus per question, without a language model and warmed up."""
    advisor = Advisor.from_settings(settings, no_llm=True)
    advisor.ask(questions[0])
    return [advisor.ask(q).timings_ms["total"] for q in questions]
