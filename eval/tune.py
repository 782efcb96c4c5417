"""Fits the two decisions of rag/verify/answerable.py on development questions: python -m eval.tune

Prints the weights and what each threshold would give; writing them into answerable.yml is left to the maintainer, who reads them first.
Data: eval/gold/dev.jsonl, eval/gold/train/*.jsonl, and the corpus' own headings that are questions. Never point this at test questions.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.verifier.fit import fit
from rag.advisor import Advisor
from rag.compose.matching import QuestionWords
from rag.compose.selection import candidates
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.language.abbreviations import shortened
from rag.verify.answerable import ANSWER, SCOPE, weigh

GOLD = Path(__file__).parent / "gold"
RISING = {"passage_cosine", "sentence_cosine", "rank", "expected", "definition"}
#: Kinds that the guard or the clarification step sees to: no matter of what the corpus holds.
ELSEWHERE = {"unsafe", "legal_case", "personal_data", "injection", "clarification", "partial"}
HEADINGS = 200
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with its features. `kind` is answered, near_miss or out_of_scope; `held_out` says that thresholds are read off on it."""

    kind: str
    features: dict[str, float]
    held_out: bool


def questions(folders: list[Path]) -> Iterator[tuple[str, str, bool]]:
    """(question, kind, whether it is one of the development half) of all sources."""
    for row in _rows(GOLD / "dev.jsonl"):
        if row["kind"] not in ELSEWHERE:
            yield row["question"], "answered" if row["documents"] else row["kind"], True
    for path in sorted((GOLD / "train").glob("*.jsonl")):
        for row in _rows(path):
            yield row["question"], "answered" if row["answerable"] else "near_miss" if row["document"] else "out_of_scope", False
    passages = (p for path in corpus_files(folders) for p in split_document(read_document(path)))
    headings = sorted({s.heading for p in passages for s in p.sentences if s.heading.endswith("?")})
    for heading in random.Random(2).sample(headings, min(HEADINGS, len(headings))):
        yield heading, "answered", False


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def observed(advisor: Advisor) -> Iterator[Seen]:
    """Every question on its way up to the decision; those with several parts are left out."""
    from tqdm import tqdm

    searcher = advisor.searcher
    lexical = searcher.snapshot().lexical
    for question, kind, held_out in tqdm(list(questions(advisor.settings.corpus)), desc="questions", disable=None):
        context = advisor._context(question)
        for step in advisor.steps[1:3]:  # without the guard: what it refuses is not this decision's business
            advisor._apply(step, context)
        if len(context.parts) != 1 or not context.hits:
            continue
        (part,) = context.parts
        assert part.vector is not None
        asked = shortened(part.text)
        words = QuestionWords.of(asked, lexical.idf, lexical.knows if context.language == "en" else None)
        found = candidates(asked, words, part.hits, searcher.sentence_vectors(part.hits), part.vector, searcher.text_vector)
        evidence = weigh(asked, words, found, part.hits, part.vector, lexical.knows, searcher.text_vector, context.language)
        yield Seen(kind, evidence.features, held_out)


def decide(name: str, seen: list[Seen], wrong: str, features: tuple[str, ...]) -> None:
    """Fit one decision; print its weights and, held out in turn, what a threshold would give for the answerable questions of the
    development half, and for all wrong ones."""
    chosen = [s for s in seen if s.kind in ("answered", wrong)]
    x = np.array([[s.features[f] for f in features] for s in chosen])
    y = np.array([float(s.kind == "answered") for s in chosen])
    own = np.array([s.held_out for s in chosen])
    weights = np.where(own, 1.0, own.sum() / max(1, (~own).sum()))  # the other sources together weigh as much as the development half
    fold = np.random.default_rng(0).integers(0, FOLDS, len(chosen))

    def fitted(rows: np.ndarray) -> tuple[np.ndarray, float]:
        balanced = weights[rows].copy()
        for label in (0.0, 1.0):
            balanced[y[rows] == label] /= balanced[y[rows] == label].sum()
        found, bias = fit(x[rows], y[rows], balanced, features, rising=RISING)
        return np.array([found[f] for f in features]), bias

    held_out = np.zeros(len(chosen))
    for n in range(FOLDS):
        coefficients, bias = fitted(fold != n)
        held_out[fold == n] = 1 / (1 + np.exp(-(x[fold == n] @ coefficients + bias)))
    coefficients, bias = fitted(np.ones(len(chosen), bool))
    print(f"{name}:  # n = {len(chosen)}, of which {int((y == 0).sum())} {wrong}\n  bias: {bias:.3f}")
    for feature, coefficient in zip(features, coefficients, strict=True):
        print(f"  {feature}: {coefficient:.3f}")
    right, amiss = held_out[own & (y == 1)], held_out[y == 0]
    for share in (0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.25):
        at = np.quantile(right, share)
        print(f"  # threshold {at:.3f}: {share:.0%} of the answerable refused, {(amiss >= at).mean():.0%} of {wrong} answered")


def main() -> int:
    seen = list(observed(Advisor.from_settings(no_llm=True)))
    decide("scope", seen, "out_of_scope", SCOPE)
    decide("answer", seen, "near_miss", ANSWER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
