"""Scores rankings: nDCG@10, recall@5, recall@10, MRR@10, each with a 95 % bootstrap interval, and latency."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from eval import measures, provenance, runs
from eval.answers.dataset import GOLD
from eval.answers.dataset import load as load_gold
from eval.index import build, embed
from eval.measures import Measure
from eval.metrics import ndcg, percentile, recall, reciprocal_rank
from eval.retrieval.dataset import load
from eval.retrieval.generate import Search, langchain_systems, of_index, one, own_systems, passages_of
from rag.advisor import Advisor
from rag.errors import PpsError
from rag.search.embedder import load_embedder
from rag.search.searcher import WEIGHTS
from rag.settings import get_settings

METRICS = {
    "ndcg@10": lambda r, q: ndcg(r, q, 10),
    "recall@5": lambda r, q: recall(r, q, 5),
    "recall@10": lambda r, q: recall(r, q, 10),
    "mrr@10": lambda r, q: reciprocal_rank(r, q, 10),
}
#: Documents of a ranking that are kept, and the deepest that the report shows recall at.
KEPT = 20
MEASURES = (
    *(Measure(name, lambda row, name=name: [row[name]]) for name in METRICS),
    Measure("p50_ms", lambda row: [row["ms"]], percentile(50), higher_is_better=False, gate=False),
    Measure("p95_ms", lambda row: [row["ms"]], percentile(95), higher_is_better=False, gate=False),
)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Rank documents for the queries of a BEIR folder, or for the gold questions over the product's own index, and score."""
    record = runs.of(arguments)
    if arguments.dataset is None:
        return _gold(arguments, record)
    dataset = load(arguments.dataset)
    queries = dict(list(dataset.queries.items())[: arguments.limit])
    settings = get_settings()
    embedder = load_embedder(settings.embedding_model)
    passages, names = passages_of(dataset)
    parameters = {"embedder": embedder.fingerprint, "weights": WEIGHTS, "documents": len(dataset.corpus), "passages": len(passages)}
    parameters |= {"langchain": arguments.langchain, "limit": arguments.limit}
    record.open("retrieval", dataset.name, provenance.of_file(arguments.dataset), parameters)
    if found := record.finished():
        return found
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        vectors = embed(passages, embedder, settings.threads)
        systems = own_systems(build(passages, vectors, embedder, folder), names)
        if arguments.langchain:
            systems |= langchain_systems(passages, vectors, embedder, folder, names)
        return _ranked(record, systems, queries, dataset.qrels)


def _gold(arguments: argparse.Namespace, record: runs.Run) -> tuple[dict, list[dict]]:
    """The questions of a half that have documents, over the index that the advisor answers from."""
    if getattr(arguments, "langchain", False):
        raise PpsError("--langchain compares on a BEIR folder: name one with --dataset (python -m eval export beir makes one)")
    path = GOLD / f"{arguments.half}.jsonl"
    questions = [q for q in load_gold(path) if q.documents][: arguments.limit]
    searcher = Advisor.from_settings(no_llm=True).searcher
    parameters = {
        "embedder": searcher.embedder.fingerprint,
        "weights": WEIGHTS,
        "corpus_version": searcher.snapshot().corpus_version,
        "limit": arguments.limit,
    }
    record.open("retrieval", path.name, provenance.of_file(path), parameters)
    if found := record.finished():
        return found
    qrels = {q.id: dict.fromkeys(q.documents, 1) for q in questions}
    return _ranked(record, of_index(searcher), {q.id: q.question for q in questions}, qrels)


def _ranked(
    record: runs.Run, systems: Mapping[str, Search], queries: dict[str, str], qrels: dict[str, dict[str, int]]
) -> tuple[dict, list[dict]]:
    """Every query of every system, one row each."""
    items = [(name, i) for name in systems for i in queries]
    warm: set[str] = set()

    def ask(item: tuple[str, str]) -> dict:
        name, i = item
        if name not in warm:  # so that loading is not measured
            systems[name](queries[i])
            warm.add(name)
        ranking, ms = one(systems[name], queries[i])
        relevant = {d: g for d, g in qrels[i].items() if g > 0}
        return {"system": name, "query": i, "ms": round(ms, 3), "ranking": ranking[:KEPT], "relevant": relevant}

    rows = record.generate(items, "/".join, ask, "rankings")
    rows = record.score(rows, lambda row: {m: score(row["ranking"], row["relevant"]) for m, score in METRICS.items()}, "scores")
    found = {name: measures.score([r for r in rows if r.get("system") == name], MEASURES) for name in systems}
    systems_of = {"systems": {name: f["metrics"] for name, f in found.items()}, "counts": {name: f["counts"] for name, f in found.items()}}
    summary = record.summary(rows, systems_of)
    summary["reasons"] = {f"{name}.{metric}": why for name, f in found.items() for metric, why in f["reasons"].items()}
    return summary | {"n": len(queries)}, rows
