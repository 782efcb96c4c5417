"""Listwise fit of sentence selection: of all sentences found for a question, all that answer it should come before the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

#: Features whose weight may have either sign; all others may only speak for a sentence.
EITHER = {"limitation", "group", "short"}
RIDGE = 0.01
FOLDS = 6


@dataclass(frozen=True, slots=True)
class Labelled:
    """The sentences of one question: features (n, f), which of them are right (n,), the document it is about, and its weight."""

    features: np.ndarray
    right: np.ndarray
    document: str
    weight: float


def fit_selection(labelled: Sequence[Labelled], names: Sequence[str]) -> tuple[dict[str, float], float]:
    """Weights per feature and bias. The weights make a right sentence probable among those of its question; weights and bias are then
    scaled so that the score of a sentence, by itself, is the probability that it is right."""
    weights = _ranked(labelled, names)
    scores = np.concatenate([q.features @ weights for q in labelled])
    right = np.concatenate([q.right for q in labelled]).astype(float)

    def loss(t: np.ndarray) -> float:
        logits = t[0] * scores + t[1]
        return float(np.mean(np.logaddexp(0, logits) - right * logits))

    scale, bias = minimize(loss, np.array([1.0, -scores.mean()]), method="L-BFGS-B", bounds=[(1e-3, None), (None, None)]).x
    return {n: float(w * scale) for n, w in zip(names, weights, strict=True)}, float(bias)


def found_at(
    labelled: Sequence[Labelled], chosen: Sequence[int], names: Sequence[str], ks: Sequence[int] = (1, 3, 6, 10)
) -> dict[int, float]:
    """Share of the `chosen` questions with a right sentence among the first k, each scored with weights that did not see its document."""
    documents = sorted({q.document for q in labelled})
    fold_of = np.array([documents.index(q.document) % FOLDS for q in labelled])
    ranks = np.full(len(labelled), np.inf)
    for fold in range(FOLDS):
        weights = _ranked([q for q, f in zip(labelled, fold_of, strict=True) if f != fold], names)
        for n in np.flatnonzero(fold_of == fold):
            order = np.argsort(-(labelled[n].features @ weights), kind="stable")
            hits = np.flatnonzero(labelled[n].right[order])
            ranks[n] = hits[0] if len(hits) else np.inf
    return {k: float((ranks[list(chosen)] < k).mean()) for k in ks}


def _ranked(labelled: Sequence[Labelled], names: Sequence[str]) -> np.ndarray:
    """Weights (f,) by maximum likelihood of 'each right sentence comes before all wrong ones', with ridge and the signs as above."""
    used = [q for q in labelled if q.right.any() and not q.right.all()]
    everything = np.vstack([q.features for q in used])
    deviation = everything.std(axis=0) + 1e-6
    lists = [(q.features / deviation, q.right, q.weight) for q in used]
    total = sum(w for *_, w in lists)

    def loss(t: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = RIDGE * float(t @ t), 2 * RIDGE * t
        for x, right, weight in lists:
            scores, share = x @ t, weight / total / right.sum()
            wrong = logsumexp(scores[~right])
            among = np.exp(scores[~right] - wrong) @ x[~right]
            before = np.exp(scores[right] - np.logaddexp(scores[right], wrong))  # (right,): its probability of coming first
            value -= share * np.log(before).sum()
            slope = slope + share * ((1 - before).sum() * among - (1 - before) @ x[right])
        return value, slope

    bounds = [(None, None) if n in EITHER else (0, None) for n in names]
    return minimize(loss, np.zeros(len(names)), jac=True, bounds=bounds, method="L-BFGS-B").x / deviation
