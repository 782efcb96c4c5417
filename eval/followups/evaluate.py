"""Scores follow-ups: recall@5 of the rewritten question beside the hand-written one, and the loss between the two."""

from __future__ import annotations

import argparse

from eval import measures, provenance, runs
from eval.followups.dataset import GOLD, load
from eval.followups.generate import K, one
from eval.measures import Measure
from rag.advisor import Advisor

WAYS = ("rewritten", "as_typed", "by_hand")
MEASURES = (
    # Only what the advisor itself does is gated: the other two ways are there to see it by.
    *(Measure(f"hit@{K}_{way}", lambda r, way=way: [r["hit"][way]], gate=way == "rewritten") for way in WAYS),
    *(Measure(f"recall@{K}_{way}", lambda r, way=way: [r["recall"][way]], gate=way == "rewritten") for way in WAYS),
    Measure(f"recall@{K}_loss", lambda r: [r["recall"]["by_hand"] - r["recall"]["rewritten"]], higher_is_better=False, gate=False),
    Measure(f"hit@{K}_loss", lambda r: [r["hit"]["by_hand"] - r["hit"]["rewritten"]], higher_is_better=False, gate=False),
)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the dialogues of `--dataset`, or of a half of the gold set."""
    path = arguments.dataset or GOLD / f"dialogues_{arguments.half}.jsonl"
    dialogues = load(path)[: arguments.limit]
    record = runs.of(arguments)
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    try:
        parameters = {
            "model": provenance.of_model(advisor.chat_model, advisor.settings),
            "k": K,
            "limit": arguments.limit,
            "embedder": advisor.searcher.embedder.fingerprint,
            "corpus_version": advisor.searcher.snapshot().corpus_version,
        }
        record.open("followups", path.name, provenance.of_file(path), parameters)
        if found := record.finished():
            return found
        rows = record.generate(dialogues, lambda d: d.id, lambda d: one(d, advisor), "dialogues")
    finally:
        advisor.close()
    rows = record.score(rows, scored, "follow-ups")
    return record.summary(rows, measures.score(rows, MEASURES)), rows


def scored(row: dict) -> dict:
    """Per way of asking: is a right document among the passages, and what share of the right ones (of five at most) is."""
    gold = set(row["documents"])
    return {
        "hit": {way: float(bool(gold & set(documents))) for way, documents in row["found"].items()},
        "recall": {way: len(gold & set(documents)) / min(len(gold), K) for way, documents in row["found"].items()},
    }
