"""Scores citations: recall and precision (after ALCE), quotes found verbatim, and documents beside those that the gold data name."""

from __future__ import annotations

import argparse

from eval import measures
from eval.answers import part
from eval.answers.rows import share, told
from eval.citations.dataset import questions
from eval.citations.generate import one
from eval.faithfulness import evaluate as faithfulness
from eval.faithfulness.evaluate import cited, supports
from eval.measures import Measure
from rag.verify.verifier import Verifier


def _documents_matched(row: dict) -> tuple[float, ...]:
    if not told(row) or not row["documents"]:
        return ()
    return (float(bool({c["document_id"] for c in row["citations"]} & set(row["documents"]))),)


MEASURES = (
    Measure("citation_recall", lambda r: share(r["supported"]) if told(r) else ()),
    Measure("citation_precision", lambda r: share(r["useful"]) if told(r) else ()),
    Measure("quotes_verbatim", lambda r: r["verbatim"] if told(r) else ()),
    Measure("documents_matched", _documents_matched),
)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask, or take the answers of `--answers`, and say of every sentence and every citation whether the quotes support it."""
    return part.run(part.Part("citations", questions, one, scored, judged), arguments)


def judged(row: dict, judge: Verifier) -> dict:
    """Per sentence whether its citations together support it, which is what recall counts; per citation whether it does by itself."""
    return faithfulness.judged(row, judge) | useful(row, judge)


def useful(row: dict, judge: Verifier) -> dict:
    """Per citation, sentence by sentence, whether it supports its sentence by itself."""
    return {"useful": [supports(s["text"], [quote], judge) for s in row["sentences"] for quote in cited(row, s)]}


def scored(rows: list[dict], fingerprint: str) -> dict:
    """Metrics, reasons and counts."""
    return measures.score(rows, MEASURES)
