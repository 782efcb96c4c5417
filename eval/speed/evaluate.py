"""p50 and p95 of search at several sizes beside LangChain, and of a whole extractive answer on the shipped corpus."""

from __future__ import annotations

import argparse

from eval.metrics import interval, percentile
from eval.speed.dataset import generate
from eval.speed.generate import answering, latencies
from rag.search.embedder import load_embedder
from rag.settings import get_settings


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Measure every size; ratios are between systems of the same run."""
    settings = get_settings()
    embedder = load_embedder(settings.embedding_model)
    systems: dict[str, dict] = {}
    rows: list[dict] = []
    largest = max(arguments.sizes)
    passages, vectors, questions = generate(settings, embedder, largest)
    questions = (questions * (arguments.queries // len(questions) + 1))[: arguments.queries]
    for size in sorted(arguments.sizes):
        for name, times in latencies(passages[:size], vectors[:size], questions, embedder).items():
            systems[f"{name}@{size}"] = _summary(times)
            rows += [{"system": name, "size": size, "ms": round(t, 3)} for t in times]
    times = answering(questions, settings)
    systems["ask_extractive"] = _summary(times)
    rows += [{"system": "ask_extractive", "size": None, "ms": round(t, 3)} for t in times]
    parameters = {"sizes": arguments.sizes, "embedder": embedder.fingerprint, "k": 10, "ratios": _ratios(systems, arguments.sizes)}
    return {"task": "speed", "dataset": "generated", "n": len(questions), "parameters": parameters, "systems": systems}, rows


def _summary(times: list[float]) -> dict:
    return {"p50_ms": interval(times, percentile(50)), "p95_ms": interval(times, percentile(95))}


def _ratios(systems: dict[str, dict], sizes: list[int]) -> dict[str, float]:
    """Our p50 over the other's, per size; and our p95 at the largest size over that at the smallest."""
    out = {}
    for size in sizes:
        own = systems[f"default@{size}"]["p50_ms"]["value"]
        for other in ("langchain_chroma", "langchain_ensemble"):
            if found := systems.get(f"{other}@{size}"):
                out[f"default/{other}@{size}"] = round(own / found["p50_ms"]["value"], 3)
    low, high = systems[f"default@{min(sizes)}"], systems[f"default@{max(sizes)}"]
    out["p95_largest/p95_smallest"] = round(high["p95_ms"]["value"] / low["p95_ms"]["value"], 3)
    return out
