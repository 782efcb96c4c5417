"""Scores answers: faithfulness, citations (after ALCE), quotes, key points, and both errors of abstention.

Undefined is undefined: a question that was not answered has no faithfulness, and is counted apart. The judge is a verifier; its own
error is what `python -m eval verifier` says.
"""

from __future__ import annotations

import argparse

from eval.answers.dataset import GOLD, load
from eval.answers.generate import answers
from eval.metrics import interval, percentile
from rag.advisor import Advisor
from rag.language.words import fold
from rag.verify.load import load_verifier
from rag.verify.verifier import Verifier, threshold

ANSWERED = ("answered", "partial")


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the questions of `--dataset` (or of a half of the gold set) and score the answers."""
    path = arguments.dataset or GOLD / f"{arguments.half}.jsonl"
    questions = load(path)[: arguments.limit]
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    try:
        rows = answers(questions, advisor)
    finally:
        advisor.close()
    judge = load_verifier(arguments.verifier, advisor.settings, advisor.searcher.embedder)
    for row in rows:
        row |= judged(row, judge)
    parameters = {
        "model": advisor.chat_model.name if advisor.chat_model else None,
        "judge": judge.name,
        "threshold": threshold(),
        "embedder": advisor.searcher.embedder.fingerprint,
        "corpus_version": advisor.searcher.snapshot().corpus_version,
    }
    metrics, reasons = score(rows)
    return {"task": "answers", "dataset": path.name, "n": len(rows), "parameters": parameters, "metrics": metrics, "reasons": reasons}, rows


def judged(row: dict, judge: Verifier) -> dict:
    """Per sentence whether its citations together support it, per citation whether it supports its sentence; per key point whether the
    answer holds it."""
    quotes = {c["n"]: (c["quote"], c["section"]) for c in row["citations"]}
    supported, useful = [], []
    for sentence in row["sentences"]:
        cited = [quotes[n] for n in sentence["citations"]]
        supported.append(_supports(sentence["text"], cited, judge))
        useful += [_supports(sentence["text"], [quote], judge) for quote in cited]
    text = fold(" ".join(row["text"].split()))
    return {
        "supported": supported,
        "useful": useful,
        "covered": [_covered(point, text, row, judge) for point in row["key_points"]] if row["status"] in ANSWERED else [],
    }


def _supports(sentence: str, cited: list[tuple[str, str]], judge: Verifier) -> bool:
    if any(sentence in quote for quote, _ in cited):
        return True
    return bool(cited) and judge.judge(sentence, [q for q, _ in cited], " ".join(dict.fromkeys(s for _, s in cited))).supported


def _covered(point: str, text: str, row: dict, judge: Verifier) -> bool:
    """A key point stands in the answer, or, where it is a whole statement, follows from a sentence of it."""
    if fold(point) in text:
        return True
    if len(point.split()) < 5:
        return False
    return judge.judge(point, [s["text"] for s in row["sentences"]]).supported


def score(rows: list[dict]) -> tuple[dict, dict[str, str]]:
    """All metrics with their intervals; None, with a reason, where nothing could be measured."""
    told = [r for r in rows if r["status"] in ANSWERED]
    answerable = [r for r in rows if r["expected_status"] in ANSWERED]
    closed = [r for r in rows if r["expected_status"] not in ANSWERED]
    lists = {
        "faithfulness": [float(s) for r in told for s in r["supported"]],
        "citation_recall": [sum(r["supported"]) / len(r["supported"]) for r in told if r["supported"]],
        "citation_precision": [sum(r["useful"]) / len(r["useful"]) for r in told if r["useful"]],
        "quotes_verbatim": [float(v) for r in told for v in r["verbatim"]],
        "documents_matched": [
            float(bool({c["document_id"] for c in r["citations"]} & set(r["documents"]))) for r in told if r["documents"]
        ],
        "key_point_recall": [float(c) for r in answerable for c in (r["covered"] or [False] * len(r["key_points"]))],
        "key_point_recall_when_answered": [float(c) for r in answerable if r["covered"] for c in r["covered"]],
        "wrongly_answered": [float(r["status"] in ANSWERED) for r in closed],
        "wrongly_answered_without_caution": [float(r["status"] == "answered") for r in closed],
        "wrongly_refused": [float(r["status"] not in ANSWERED) for r in answerable],
        "status_right": [float(r["status"] == r["expected_status"]) for r in rows],
    }
    metrics = {name: interval(values) for name, values in lists.items()}
    times = {"evidence_ms": "evidence", "first_sentence_ms": "sentence"}
    for name, event in times.items():
        metrics[name] = interval([r["ms"][event] for r in told if event in r["ms"]], percentile(50))
    ends = [r["ms"]["answer"] for r in rows]
    metrics |= {"p50_ms": interval(ends, percentile(50)), "p95_ms": interval(ends, percentile(95))}
    return metrics, {name: "no question of this sort" for name, value in metrics.items() if value is None}
