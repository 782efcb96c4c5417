"""Answerable development questions, in Dutch: what the language model is timed on."""

from __future__ import annotations

from eval.answers.dataset import GOLD, GoldQuestion, load


def questions(count: int) -> list[GoldQuestion]:
    """The first `count` answerable development questions."""
    return [q for q in load(GOLD / "dev.jsonl") if q.expected_status == "answered" and q.kind != "english"][:count]
