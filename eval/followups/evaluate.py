"""Scores follow-ups: recall@5 of the rewritten question beside the hand-written one, and the loss between the two."""

from __future__ import annotations

import argparse

from eval.followups.dataset import GOLD, load
from eval.followups.generate import rows
from eval.metrics import interval
from rag.advisor import Advisor


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the dialogues of `--dataset`, or of a half of the gold set."""
    path = arguments.dataset or GOLD / f"dialogues_{arguments.half}.jsonl"
    dialogues = load(path)[: arguments.limit]
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    try:
        found = rows(dialogues, advisor)
    finally:
        advisor.close()
    for row in found:
        gold = set(row["documents"])
        row["hit"] = {way: float(bool(gold & set(documents))) for way, documents in row["found"].items()}
        row["recall"] = {way: len(gold & set(documents)) / min(len(gold), 5) for way, documents in row["found"].items()}
    metrics: dict = {}
    for way in ("rewritten", "as_typed", "by_hand"):
        metrics[f"hit@5_{way}"] = interval([r["hit"][way] for r in found])
        metrics[f"recall@5_{way}"] = interval([r["recall"][way] for r in found])
    metrics["recall@5_loss"] = interval([r["recall"]["by_hand"] - r["recall"]["rewritten"] for r in found])
    metrics["hit@5_loss"] = interval([r["hit"]["by_hand"] - r["hit"]["rewritten"] for r in found])
    parameters = {"model": advisor.chat_model.name if advisor.chat_model else None, "k": 5}
    return {"task": "followups", "dataset": path.name, "n": len(found), "parameters": parameters, "metrics": metrics, "reasons": {}}, found
