"""Scores rankings: nDCG@10, recall@5, recall@10, MRR@10, each with a 95 % bootstrap interval, and latency."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from eval.index import build, embed
from eval.metrics import interval, ndcg, percentile, recall, reciprocal_rank
from eval.retrieval.dataset import load
from eval.retrieval.generate import langchain_systems, own_systems, passages_of, timed
from rag.search.embedder import load_embedder
from rag.search.searcher import WEIGHTS
from rag.settings import get_settings

METRICS = {
    "ndcg@10": lambda r, q: ndcg(r, q, 10),
    "recall@5": lambda r, q: recall(r, q, 5),
    "recall@10": lambda r, q: recall(r, q, 10),
    "mrr@10": lambda r, q: reciprocal_rank(r, q, 10),
}


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Index the dataset in a temporary folder, ask every query of every system, score."""
    dataset = load(arguments.dataset)
    queries = dict(list(dataset.queries.items())[: arguments.limit])
    settings = get_settings()
    embedder = load_embedder(settings.embedding_model)
    passages, names = passages_of(dataset)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        vectors = embed(passages, embedder, settings.threads)
        systems = own_systems(build(passages, vectors, embedder, folder), names)
        if arguments.langchain:
            systems |= langchain_systems(passages, vectors, embedder, folder, names)
        results = {name: timed(search, queries) for name, search in systems.items()}
    rows = [
        {"system": name, "query": i, "ms": round(ms, 3), "ranking": ranking[:10]}
        | {m: score(ranking, dataset.qrels[i]) for m, score in METRICS.items()}
        for name, found in results.items()
        for i, (ranking, ms) in found.items()
    ]
    summary = {
        "task": "retrieval",
        "dataset": dataset.name,
        "n": len(queries),
        "parameters": {"embedder": embedder.fingerprint, "weights": WEIGHTS, "documents": len(dataset.corpus), "passages": len(passages)},
        "systems": {name: _summary([r for r in rows if r["system"] == name]) for name in systems},
    }
    return summary, rows


def _summary(rows: list[dict]) -> dict:
    times = [r["ms"] for r in rows]
    quality = {m: interval([r[m] for r in rows]) for m in METRICS}
    return quality | {"p50_ms": interval(times, percentile(50)), "p95_ms": interval(times, percentile(95))}
