"""Scores answers in every way at once, of one asking: faithfulness, citations, correctness and abstention, each a task of its own too.

Undefined is undefined: a question that was not answered has no faithfulness, and is counted apart. The judge is a verifier, which errs;
how much stands in the parameters beside what it says.
"""

from __future__ import annotations

import argparse

from eval import measures
from eval.answers import part
from eval.answers.dataset import questions
from eval.answers.generate import one
from eval.answers.measures import chosen
from eval.citations.evaluate import useful
from eval.correctness import evaluate as correctness
from eval.faithfulness import evaluate as faithfulness
from rag.verify.verifier import Verifier


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the questions of `--dataset` (or of a half of the gold set) and score the answers."""
    return part.run(part.Part("answers", questions, one, scored, judged), arguments)


def judged(row: dict, judge: Verifier) -> dict:
    """Per sentence whether its citations together support it and whether that took the judge, per citation whether it supports its
    sentence; per key point whether the answer holds it, and whether it says the contrary."""
    return faithfulness.judged(row, judge) | useful(row, judge) | correctness.judged(row, judge)


def scored(rows: list[dict], fingerprint: str) -> dict:
    """Metrics, reasons and counts, and what is told of the judge."""
    return measures.score(rows, chosen(rows)) | faithfulness.told_of_judge(rows, fingerprint)
