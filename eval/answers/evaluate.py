"""Scores answers: faithfulness, citations (after ALCE), quotes, key points, and both errors of abstention.

Undefined is undefined: a question that was not answered has no faithfulness, and is counted apart. The judge is a verifier, which errs;
how much stands in the parameters beside what it says.
"""

from __future__ import annotations

import argparse

from eval import measures, provenance, runs
from eval.answers.dataset import GOLD, load
from eval.answers.generate import one
from eval.answers.measures import ANSWERED, chosen
from eval.judge_errors import known_errors
from eval.judges import corrected
from rag.advisor import Advisor
from rag.language.words import fold
from rag.verify.load import load_verifier
from rag.verify.verifier import Verifier, threshold

#: From so many words a key point is a statement, which a judge can weigh.
STATEMENT = 5
#: Problems of a verdict that say that the answer tells the contrary, not just less.
DENIALS = frozenset({"negation", "opposite"})


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the questions of `--dataset` (or of a half of the gold set) and score the answers."""
    path = arguments.dataset or GOLD / f"{arguments.half}.jsonl"
    questions = load(path)[: arguments.limit]
    record = runs.of(arguments)
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    try:
        embedder = advisor.searcher.embedder.fingerprint
        judge = load_verifier(arguments.verifier, advisor.settings, advisor.searcher.embedder)
        fingerprint = provenance.of_judge(judge)
        record.open(
            "answers",
            path.name,
            provenance.of_file(path),
            {
                "model": provenance.of_model(advisor.chat_model, advisor.settings),
                "limit": arguments.limit,
                "embedder": embedder,
                "corpus_version": advisor.searcher.snapshot().corpus_version,
            },
            {
                "judge": judge.name,
                "threshold": threshold(),
                "judge_fingerprint": fingerprint,
                "judge_error": known_errors(fingerprint),
            },
        )
        if found := record.finished():
            return found
        rows = record.generate(questions, lambda q: q.id, lambda q: one(q, advisor), "answers", lambda: advisor.ask(questions[0].question))
    finally:
        advisor.close()
    rows = record.score(rows, lambda row: judged(row, judge), "verdicts")
    found = measures.score(rows, chosen(rows)) | {"corrected": corrections(rows, fingerprint), "outcomes": outcomes(rows)}
    return record.summary(rows, found), rows


def corrections(rows: list[dict], fingerprint: str) -> dict:
    """The share of supported sentences among those that the judge was asked about, as it said and, per labelled set, corrected for its
    error on that set. Sentences that stand literally in their passage are supported without asking."""
    verdicts = [
        said
        for row in measures.measured(rows)
        if row["status"] in ANSWERED
        for said, asked in zip(row["supported"], row["by_judge"], strict=True)
        if asked
    ]
    sets = known_errors(fingerprint)["sets"]
    return {"sentences_judged": len(verdicts), "sets": [{"run": s["run"], **corrected(verdicts, s)} for s in sets]}


def outcomes(rows: list[dict]) -> dict[str, int]:
    """Faithfulness has three outcomes: sentences that are supported, sentences that are not, and questions on which it abstained."""
    usable = measures.measured(rows)
    told = [bool(said) for row in usable if row["status"] in ANSWERED for said in row["supported"]]
    abstained = sum(row["status"] not in ANSWERED for row in usable)
    return {"supported": sum(told), "unsupported": len(told) - sum(told), "abstained": abstained, "questions": len(usable)}


def judged(row: dict, judge: Verifier) -> dict:
    """Per sentence whether its citations together support it and whether that took the judge, per citation whether it supports its
    sentence; per key point whether the answer holds it, and whether it says the contrary."""
    quotes = {c["n"]: (c["quote"], c["section"]) for c in row["citations"]}
    supported, by_judge, useful = [], [], []
    for sentence in row["sentences"]:
        cited = [quotes[n] for n in sentence["citations"]]
        supported.append(_supports(sentence["text"], cited, judge))
        by_judge.append(bool(cited) and not _literal(sentence["text"], cited))
        useful += [_supports(sentence["text"], [quote], judge) for quote in cited]
    text = fold(" ".join(row["text"].split()))
    points = [_point(point, text, row, judge) for point in row["key_points"]] if row["status"] in ANSWERED else []
    return {
        "supported": supported,
        "by_judge": by_judge,
        "useful": useful,
        "covered": [held for held, _ in points],
        "contradicted": [against for _, against in points],
    }


def _literal(sentence: str, cited: list[tuple[str, str]]) -> bool:
    return any(sentence in quote for quote, _ in cited)


def _supports(sentence: str, cited: list[tuple[str, str]], judge: Verifier) -> bool:
    if _literal(sentence, cited):
        return True
    return bool(cited) and judge.judge(sentence, [q for q, _ in cited], " ".join(dict.fromkeys(s for _, s in cited))).supported


def _point(point: str, text: str, row: dict, judge: Verifier) -> tuple[bool, bool | None]:
    """Is a key point held: it stands in the answer, or, where it is a whole statement, follows from a sentence of it. And is it
    contradicted: a sentence about the same denies it. That is None of a few words that are not held: they are no statement to deny."""
    if fold(point) in text:
        return True, False
    if len(point.split()) < STATEMENT:
        return False, None
    verdict = judge.judge(point, [s["text"] for s in row["sentences"]])
    return verdict.supported, not verdict.supported and not DENIALS.isdisjoint(verdict.problems)


def score(rows: list[dict]) -> tuple[dict, dict[str, str]]:
    """All metrics with their intervals; None, with a reason, where nothing could be measured."""
    found = measures.score(rows, chosen(rows))
    return found["metrics"], found["reasons"]
