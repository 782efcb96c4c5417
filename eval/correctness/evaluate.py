"""Scores correctness: the key points that an answer holds, and those that it denies."""

from __future__ import annotations

import argparse

from eval import measures
from eval.answers import part
from eval.answers.rows import answerable, told
from eval.correctness.dataset import questions
from eval.correctness.generate import one
from eval.measures import Measure
from rag.language.words import fold
from rag.verify.verifier import Verifier

#: From so many words a key point is a statement, which a judge can weigh.
STATEMENT = 5
#: Problems of a verdict that say that the answer tells the contrary, not just less.
DENIALS = frozenset({"negation", "opposite"})


def _key_points(row: dict) -> list[float]:
    """Points of a question that was not answered are not held."""
    return [float(c) for c in row["covered"] or [False] * len(row["key_points"])] if answerable(row) else []


MEASURES = (
    Measure("key_point_recall", _key_points),
    Measure("key_point_recall_when_answered", lambda r: r["covered"] if answerable(r) else (), gate=False),
    Measure(
        "key_points_contradicted",
        lambda r: [float(c) for c in r.get("contradicted", ()) if c is not None] if answerable(r) else (),
        higher_is_better=False,
        gate=False,
        undefined="no key point of an answered question was weighed",
    ),
)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask what is to be answered, or take the answers of `--answers`, and look for the key points."""
    return part.run(part.Part("correctness", questions, one, scored, judged), arguments)


def judged(row: dict, judge: Verifier) -> dict:
    """Per key point whether the answer holds it, and whether it says the contrary; empty where there is no answer."""
    text = fold(" ".join(row["text"].split()))
    points = [_point(point, text, row, judge) for point in row["key_points"]] if told(row) else []
    return {"covered": [held for held, _ in points], "contradicted": [against for _, against in points]}


def _point(point: str, text: str, row: dict, judge: Verifier) -> tuple[bool, bool | None]:
    """Is a key point held: it stands in the answer, or, where it is a whole statement, follows from a sentence of it. And is it
    contradicted: a sentence about the same denies it. That is None of a few words that are not held: they are no statement to deny."""
    if fold(point) in text:
        return True, False
    if len(point.split()) < STATEMENT:
        return False, None
    verdict = judge.judge(point, [s["text"] for s in row["sentences"]])
    return verdict.supported, not verdict.supported and not DENIALS.isdisjoint(verdict.problems)


def scored(rows: list[dict], fingerprint: str) -> dict:
    """Metrics, reasons and counts."""
    return measures.score(rows, MEASURES)
