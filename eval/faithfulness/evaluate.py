"""Scores faithfulness: do the cited quotes support what is said?

It has three outcomes: a sentence is supported, or it is not, or the advisor abstained; that question has no faithfulness and is counted
apart. The judge is a verifier, which errs; how much stands in the parameters beside what it says.
"""

from __future__ import annotations

import argparse

from eval import measures
from eval.answers import part
from eval.answers.rows import told
from eval.faithfulness.dataset import questions
from eval.faithfulness.generate import one
from eval.judge_errors import known_errors
from eval.judges import corrected
from eval.measures import Measure
from rag.verify.verifier import Verifier

#: Quote and section of what a sentence cites.
Cited = list[tuple[str, str]]
MEASURES = (Measure("faithfulness", lambda r: r["supported"] if told(r) else ()),)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask, or take the answers of `--answers`, and say of every sentence whether it is supported."""
    return part.run(part.Part("faithfulness", questions, one, scored, judged), arguments)


def judged(row: dict, judge: Verifier) -> dict:
    """Per sentence whether its citations together support it, and whether that took the judge."""
    found = [(sentence["text"], cited(row, sentence)) for sentence in row["sentences"]]
    return {
        "supported": [supports(text, quotes, judge) for text, quotes in found],
        "by_judge": [bool(quotes) and not _literal(text, quotes) for text, quotes in found],
    }


def scored(rows: list[dict], fingerprint: str) -> dict:
    """Metrics, reasons and counts, and what is told of the judge with this fingerprint."""
    return measures.score(rows, MEASURES) | told_of_judge(rows, fingerprint)


def told_of_judge(rows: list[dict], fingerprint: str) -> dict:
    """`corrected` for the judge's own error, and `outcomes`."""
    return {"corrected": corrections(rows, fingerprint), "outcomes": outcomes(rows)}


def corrections(rows: list[dict], fingerprint: str) -> dict:
    """The share of supported sentences among those that the judge was asked about, as it said and, per labelled set, corrected for its
    error on that set. Sentences that stand literally in their passage are supported without asking."""
    verdicts = [
        said for row in measures.measured(rows) if told(row) for said, asked in zip(row["supported"], row["by_judge"], strict=True) if asked
    ]
    sets = known_errors(fingerprint)["sets"]
    return {"sentences_judged": len(verdicts), "sets": [{"run": s["run"], **corrected(verdicts, s)} for s in sets]}


def outcomes(rows: list[dict]) -> dict[str, int]:
    """Sentences that are supported, sentences that are not, and questions on which it abstained."""
    usable = measures.measured(rows)
    said = [bool(yes) for row in usable if told(row) for yes in row["supported"]]
    abstained = sum(not told(row) for row in usable)
    return {"supported": sum(said), "unsupported": len(said) - sum(said), "abstained": abstained, "questions": len(usable)}


def cited(row: dict, sentence: dict) -> Cited:
    """What a sentence of an answer cites, in its order."""
    quotes = {c["n"]: (c["quote"], c["section"]) for c in row["citations"]}
    return [quotes[n] for n in sentence["citations"]]


def supports(sentence: str, quotes: Cited, judge: Verifier) -> bool:
    """Do the quotes together support the sentence: it stands in one literally, or the judge says so. Nothing cited supports nothing."""
    if _literal(sentence, quotes):
        return True
    return bool(quotes) and judge.judge(sentence, [q for q, _ in quotes], " ".join(dict.fromkeys(s for _, s in quotes))).supported


def _literal(sentence: str, quotes: Cited) -> bool:
    return any(sentence in quote for quote, _ in quotes)
