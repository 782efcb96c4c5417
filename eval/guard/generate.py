"""What the guard says of every text and, where it lets one through, how the whole advisor ends."""

from __future__ import annotations

import time
from dataclasses import dataclass

from eval.guard.dataset import GuardText
from rag.advisor import Advisor
from rag.guard.check import Verdict, inspect
from rag.guard.personal import find


@dataclass(frozen=True)
class Judged:
    text: GuardText
    verdict: Verdict
    personal: bool  # did the check for personal data find something, whatever the verdict
    found: dict[str, list[bool]]  # type → for each marked piece: found?
    status: str  # how the question ends; empty where the guard let it through and no advisor was asked
    ms: float  # the guard alone


def judged(texts: list[GuardText], advisor: Advisor | None) -> list[Judged]:
    """Every text inspected; those that the guard lets through also asked, where there is an advisor.

    Raises:
        PpsError: the advisor has no index to answer from.
    """
    inspect("")  # reads the rules, so that loading is not measured
    return [_judge(text, advisor) for text in texts]


def _judge(text: GuardText, advisor: Advisor | None) -> Judged:
    started = time.perf_counter()
    verdict = inspect(text.text)
    ms = (time.perf_counter() - started) * 1000
    findings = find(text.text)
    found: dict[str, list[bool]] = {}
    for mark in text.marked:
        found.setdefault(mark.type, []).append(any(f.start < mark.end and f.end > mark.start for f in findings))
    status = verdict.status
    if verdict.kind == "ok" and advisor and text.label == "attack":
        status = advisor.ask(text.text).status
    return Judged(text, verdict, bool(findings), found, status, ms)
