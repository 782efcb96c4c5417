"""Fits the weights of sentence selection and of the answerable decision on development questions: python -m eval.tune

Prints the fitted weights and how well they do on questions held out in turn; writing them into weights.yml and answerable.yml is left to
the maintainer, who reads them first. Never point this at test questions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.advisor import Advisor
from rag.compose.matching import QuestionWords
from rag.compose.selection import FEATURES as SENTENCE
from rag.compose.selection import Candidate, candidates
from rag.language.abbreviations import shortened
from rag.language.detect import detect_language
from rag.types import Filters
from rag.verify.answerable import FEATURES as ANSWERABLE
from rag.verify.answerable import weigh

DEVELOPMENT = Path(__file__).parent / "gold" / "dev.jsonl"


def observed(advisor: Advisor, rows: list[dict]) -> Iterator[tuple[dict, list[Candidate], list[float]]]:
    """Each question with its scored sentences and the features of the decision."""
    for row in rows:
        context = advisor._context(row["question"], Filters(), 8)
        for step in advisor.steps[:3]:
            advisor._apply(step, context)
        if len(context.parts) != 1 or not context.hits:
            continue
        (part,) = context.parts
        lexical = advisor.searcher.snapshot().lexical
        asked = shortened(part.text)
        english = detect_language(row["question"]) == "en"
        words = QuestionWords.of(asked, lexical.idf, lexical.knows if english else None)
        vectors = advisor.searcher.sentence_vectors(part.hits)
        found = candidates(asked, words, part.hits, vectors, part.vector, advisor.searcher.text_vector)
        evidence = weigh(words, found, part.hits, lexical.knows)
        yield row, found, [evidence.features[f] for f in ANSWERABLE]


def holds_key_point(row: dict, candidate: Candidate) -> bool:
    """A sentence counts as right when it stands in a named document and holds one of the key points."""
    if candidate.hit.passage.document_id not in row["documents"]:
        return False
    group = candidate.sentence.group
    lead = " ".join(s.text for s in candidate.hit.passage.sentences if s.kind == "lead" and s.group == group >= 0)
    text = f"{lead} {candidate.sentence.text}".lower()
    return any(k.lower() in text for k in row["key_points"])


def fit(name: str, x: np.ndarray, y: np.ndarray, groups: np.ndarray, features: tuple[str, ...], strength: float) -> None:
    """Print one logistic regression and its area under the curve over groups held out in turn."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=5000)
    held_out = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(8), method="predict_proba")[:, 1]
    model.fit(x, y)
    print(f"{name}: n = {len(y)}, right = {int(y.sum())}, AUC held out = {roc_auc_score(y, held_out):.3f}")
    print(f"  bias: {model.intercept_[0]:.2f}")
    for feature, weight in zip(features, model.coef_[0], strict=True):
        print(f"  {feature}: {weight:.2f}")


def main() -> int:
    rows = [json.loads(line) for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()]
    seen = list(observed(Advisor.from_settings(no_llm=True), rows))
    sentences = [
        ([c.features[f] for f in SENTENCE], holds_key_point(row, c), n)
        for n, (row, found, _) in enumerate(seen)
        if row["key_points"]
        for c in found
    ]
    x, y, groups = (np.array(column) for column in zip(*sentences, strict=True))
    fit("sentence", x, y, groups, SENTENCE, 0.3)
    features = np.array([f for _, _, f in seen])
    answerable = np.array([bool(row["documents"]) for row, _, _ in seen])
    fit("answerable", features, answerable, np.arange(len(seen)), ANSWERABLE, 3.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
