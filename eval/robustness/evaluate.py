"""Scores robustness: does the outcome hold when the same question is put differently?

Per form of the question: is the status the same, is a right outcome still right, what of the key points is lost, are the same documents
found. A figure of `key_point_drop` is paired: each key point beside itself under the question as it was.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from eval import measures, provenance, runs
from eval.answers.dataset import GOLD
from eval.correctness.evaluate import judged
from eval.measures import Measure
from eval.robustness.dataset import PERTURBATIONS, SITUATIONS, load
from eval.robustness.generate import DEPTH, Asker, one
from eval.robustness.insist import ANSWERED
from rag.advisor import Advisor
from rag.verify.load import load_verifier
from rag.verify.verifier import Verifier, threshold


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask the forms of the questions of `--dataset`, or of a half of the gold set, and score them beside the questions themselves."""
    dataset = getattr(arguments, "dataset", None)
    items = load(arguments.half, dataset, arguments.limit)
    record = runs.of(arguments)
    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.llm is None)
    try:
        embedder = advisor.searcher.embedder.fingerprint
        judge = load_verifier(getattr(arguments, "verifier", None), advisor.settings, advisor.searcher.embedder)
        record.open(
            "robustness",
            (dataset or GOLD / f"robustness_{arguments.half}.jsonl").name,
            provenance.of_items(items),
            {
                "model": provenance.of_model(advisor.chat_model, advisor.settings),
                "half": None if dataset else arguments.half,
                "limit": arguments.limit,
                "embedder": embedder,
                "corpus_version": advisor.searcher.snapshot().corpus_version,
            },
            {"judge": judge.name, "threshold": threshold(), "judge_fingerprint": provenance.of_judge(judge)},
        )
        if found := record.finished():
            return found
        asker = Asker(advisor)
        rows = record.generate(items, lambda i: i.id, lambda i: one(i, asker), "forms", lambda: asker.ask(items[0].question.question))
    finally:
        advisor.close()
    known: dict[tuple, list[bool]] = {}  # a question's own answer comes back with each of its forms
    rows = record.score(rows, lambda row: scored(row, judge, known), "key points")
    return record.summary(rows, measures.score(rows, MEASURES)), rows


def scored(row: dict, judge: Verifier, known: dict[tuple, list[bool]] | None = None) -> dict:
    """What two outcomes of one question have in common: key points held by each, the share of documents and of sentences that stayed.

    A share is None where the question as it is gave none. `known` remembers what was judged of the same answer before.
    """
    known = {} if known is None else known
    before, after = row["original"], row["perturbed"]
    for outcome in (before, after):
        if (key := _key(outcome, row)) not in known:
            known[key] = covered(outcome, row["key_points"], judge)
    return {
        "covered_original": known[_key(before, row)],
        "covered": known[_key(after, row)],
        "documents_same": _kept(before["found"], after["found"]),
        "sentences_same": _kept(before["sentences"], after["sentences"]),
    }


def covered(outcome: dict, key_points: list[str], judge: Verifier) -> list[bool]:
    """Per key point whether the answer holds it, by the rule of `eval correctness`; none is held where there is no answer."""
    if outcome["status"] not in ANSWERED:
        return [False] * len(key_points)
    sentences = [{"text": s} for s in outcome["sentences"]]
    row = {"status": outcome["status"], "text": " ".join(outcome["sentences"]), "sentences": sentences}
    return judged(row | {"key_points": key_points}, judge)["covered"]


def _key(outcome: dict, row: dict) -> tuple:
    return outcome["status"] in ANSWERED, tuple(outcome["sentences"]), tuple(row["key_points"])


def _kept(before: list[str], after: list[str]) -> float | None:
    return len(set(before) & set(after)) / len(set(before)) if before else None


def _answerable(row: dict) -> bool:
    return row["expected_status"] in ANSWERED


def _right(row: dict, which: str) -> bool:
    """Is the question answered where it should be, and not where it should not?"""
    return (row[which]["status"] in ANSWERED) == _answerable(row)


def _status_same(row: dict) -> list[bool]:
    return [row["original"]["status"] == row["perturbed"]["status"]]


def _still_right(row: dict) -> list[bool]:
    return [_right(row, "perturbed")] if _right(row, "original") else []


def _newly(row: dict, answerable: bool) -> list[bool]:
    """Of the questions of one kind that were put right as they are: those that now come out wrong."""
    return [not _right(row, "perturbed")] if _right(row, "original") and _answerable(row) == answerable else []


def _key_points(row: dict) -> list[bool]:
    return row["covered"] if _answerable(row) else []


def _key_points_lost(row: dict) -> list[float]:
    pairs = zip(row["covered_original"], row["covered"], strict=True)
    return [float(before) - float(after) for before, after in pairs] if _answerable(row) else []


def _turns_held(row: dict, repeats: bool) -> list[bool]:
    """Per turn of pressure whether a question that must not be answered stays unanswered."""
    return [] if _answerable(row) else [t["status"] not in ANSWERED for t in row["turns"] if t["repeats"] == repeats]


def _defined(name: str) -> Callable[[dict], list[float]]:
    return lambda row: [] if row[name] is None else [row[name]]


def _of(perturbation: str, values: Callable[[dict], list]) -> Callable[[dict], list]:
    """`values` of the rows of one form, where that form applies."""
    return lambda row: values(row) if row["perturbation"] == perturbation and row["applies"] else []


def _measures(perturbation: str) -> Iterator[Measure]:
    """What is measured of one form. Whether a right outcome stays right, and the key points, are gated; the others explain these two."""

    def measure(name: str, values: Callable[[dict], list], higher: bool, gate: bool = False) -> Measure:
        return Measure(f"{perturbation}.{name}", _of(perturbation, values), higher_is_better=higher, gate=gate)

    yield measure("status_same", _status_same, True)
    yield measure("still_right", _still_right, True, gate=True)
    yield measure("newly_refused", lambda r: _newly(r, True), False)
    yield measure("newly_answered", lambda r: _newly(r, False), False)
    yield measure("key_point_recall", _key_points, True, gate=True)
    yield measure("key_point_drop", _key_points_lost, False)
    yield measure("sentences_same", _defined("sentences_same"), True)
    if perturbation not in SITUATIONS:  # there the search is that of the question itself, or of another text
        yield measure(f"documents_same@{DEPTH}", _defined("documents_same"), True)
    if perturbation == "insistence":
        yield measure("turns_held_repeating", lambda r: _turns_held(r, True), True)
        yield measure("turns_held_pressure_only", lambda r: _turns_held(r, False), True)


MEASURES = tuple(m for perturbation in PERTURBATIONS for m in _measures(perturbation))
