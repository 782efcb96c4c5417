"""Fits sentence selection and the two decisions of rag/verify/answerable.py on development questions: python -m eval.tune

Prints the weights and what each threshold would give; writing them into weights.yml and answerable.yml is left to the maintainer, who
reads them first. Data: eval/gold/dev.jsonl, eval/gold/train/*.jsonl, and the corpus' own headings that are questions. Never point this
at test questions.
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
from rag.compose.selection import FEATURES as SENTENCE
from rag.compose.selection import Candidate
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.steps import Decide
from rag.verify.answerable import ANSWER, SCOPE

GOLD = Path(__file__).parent / "gold"
RISING = {"passage_cosine", "sentence_cosine", "rank", "expected", "definition"}
#: Kinds that the guard or the clarification step sees to: no matter of what the corpus holds.
ELSEWHERE = {"unsafe", "legal_case", "personal_data", "injection", "clarification", "partial"}
HEADINGS = 200
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one of the sources. `kind` is answered, near_miss or out_of_scope; `row` is its line in the development half, on
    which thresholds are read off."""

    question: str
    kind: str
    row: dict | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found for a question: the features of the decision, and the scored sentences."""

    asked: Asked
    features: dict[str, float]
    found: list[Candidate]


def questions(folders: list[Path]) -> Iterator[Asked]:
    """The questions of all sources."""
    for row in _rows(GOLD / "dev.jsonl"):
        if row["kind"] not in ELSEWHERE:
            yield Asked(row["question"], "answered" if row["documents"] else row["kind"], row)
    for path in sorted((GOLD / "train").glob("*.jsonl")):
        for row in _rows(path):
            yield Asked(row["question"], "answered" if row["answerable"] else "near_miss" if row["document"] else "out_of_scope")
    passages = (p for path in corpus_files(folders) for p in split_document(read_document(path)))
    headings = sorted({s.heading for p in passages for s in p.sentences if s.heading.endswith("?")})
    for heading in random.Random(2).sample(headings, min(HEADINGS, len(headings))):
        yield Asked(heading, "answered")


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def observed(advisor: Advisor) -> Iterator[Seen]:
    """Every question on its way up to the decision; those with several parts are left out."""
    from tqdm import tqdm

    decision = next(step for step in advisor.steps if isinstance(step, Decide))
    for asked in tqdm(list(questions(advisor.settings.corpus)), desc="questions", disable=None):
        context = advisor._context(asked.question)
        for step in advisor.steps[1:3]:  # without the guard: what it refuses is not this decision's business
            advisor._apply(step, context)
        if len(context.parts) != 1 or not context.hits:
            continue
        (part,) = context.parts
        found = decision.weighed(context, part)
        assert part.evidence is not None
        yield Seen(asked, part.evidence.features, found)


def select(seen: list[Seen]) -> None:
    """Fit the weights of sentence selection on the development half; print them and how well they tell sentences apart, questions held out
    in turn."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    rows = [
        ([c.features[f] for f in SENTENCE], holds_key_point(s.asked.row, c), n)
        for n, s in enumerate(seen)
        if s.asked.row and s.asked.row["key_points"]
        for c in s.found
    ]
    x, y, groups = (np.array(column) for column in zip(*rows, strict=True))
    model = LogisticRegression(C=0.3, class_weight="balanced", max_iter=5000)
    held_out = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba")[:, 1]
    model.fit(x, y)
    print(f"sentence:  # n = {len(y)}, right = {int(y.sum())}, AUC held out = {roc_auc_score(y, held_out):.3f}")
    print(f"  bias: {model.intercept_[0]:.2f}")
    for feature, weight in zip(SENTENCE, model.coef_[0], strict=True):
        print(f"  {feature}: {weight:.2f}")


def holds_key_point(row: dict, candidate: Candidate) -> bool:
    """A sentence counts as right when it stands in a named document and holds one of the key points."""
    passage, group = candidate.hit.passage, candidate.sentence.group
    if passage.document_id not in row["documents"]:
        return False
    lead = " ".join(s.text for s in passage.sentences if s.kind == "lead" and s.group == group >= 0)
    text = f"{lead} {candidate.sentence.text}".lower()
    return any(k.lower() in text for k in row["key_points"])


def decide(name: str, seen: list[Seen], wrong: str, features: tuple[str, ...]) -> None:
    """Fit one decision; print its weights and, held out in turn, what a threshold would give for the answerable questions of the
    development half, and for all wrong ones."""
    chosen = [s for s in seen if s.asked.kind in ("answered", wrong)]
    x = np.array([[s.features[f] for f in features] for s in chosen])
    y = np.array([float(s.asked.kind == "answered") for s in chosen])
    own = np.array([s.asked.row is not None for s in chosen])
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
    select(seen)
    decide("scope", seen, "out_of_scope", SCOPE)
    decide("answer", seen, "near_miss", ANSWER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
