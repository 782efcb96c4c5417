"""What the guard says of a text and, where it lets one through, how the whole advisor ends."""

from __future__ import annotations

import time

from eval.guard.dataset import GuardText
from rag.advisor import Advisor
from rag.guard.check import inspect
from rag.guard.personal import find


def one(text: GuardText, advisor: Advisor | None) -> dict:
    """The verdict and what was found; `pieces` says per type of personal data for each marked piece whether it was found, and `status`
    how the question ends (empty where the guard let it through and no advisor was asked). `ms` is the guard alone."""
    started = time.perf_counter()
    verdict = inspect(text.text)
    ms = (time.perf_counter() - started) * 1000
    findings = find(text.text)
    pieces: dict[str, list[bool]] = {}
    for mark in text.marked:
        pieces.setdefault(mark.type, []).append(any(f.start < mark.end and f.end > mark.start for f in findings))
    status = verdict.status
    if verdict.kind == "ok" and advisor and text.label == "attack":
        status = advisor.ask(text.text).status
    return {
        "text": text.text,
        "label": text.label,
        "source": text.source,
        "verdict": verdict.kind,
        "status": status,
        "found": sorted({f.type for f in verdict.findings}),
        "personal": bool(findings),
        "pieces": pieces,
        "ms": round(ms, 3),
    }
