"""Which of two sorts is a question of? Learned when the index is made, from many questions of both.

Two things are told so: whether what a question asks for is the kind of thing that the corpus tells (from the known questions, answered
and not), and whether it is about the corpus' subject at all (from the known questions and those on other subjects). A logistic
regression on the words of a question, their runs and their meaning. It knows nothing of the passages: it has learned that people ask for
telephone numbers, costs and names that these documents do not give, where scores of search all look well.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from rag.search.question_terms import BUCKETS, QuestionTerms, matrix, phrase_counts, weighted_rows

#: Fewer questions of either sort teach nothing.
ENOUGH = 100
#: How strongly weights are held back, and the rounds in which they are found.
_PENALTY, _ROUNDS = 0.1, 60
#: Log-odds beyond this are as good as certain.
_MOST = 6.0


class TwoSorts:
    """Weights for words, runs of words and the vector of a question. `weights` is (2 * BUCKETS + dimension + 1,), the last one the bias;
    empty where there was too little to learn from."""

    def __init__(self, weights: np.ndarray, idf: np.ndarray) -> None:
        self._weights, self._idf = weights, idf

    @classmethod
    def of(cls, questions: list[str], rows: sparse.csr_matrix, vectors: np.ndarray, first: np.ndarray) -> TwoSorts:
        """Learned from `questions` with the weights of their terms (`rows`, (n, BUCKETS)), `vectors` (n, dimension) and which of them are
        of the `first` sort (n,)."""
        if min(first.sum(), (~first).sum(), len(questions)) < ENOUGH:
            return cls(np.zeros(0, np.float32), np.zeros(0, np.float32))
        phrases, idf = weighted_rows([phrase_counts(q) for q in questions])
        used = np.flatnonzero(np.bincount(phrases.indices, minlength=BUCKETS) > 1)  # what was said once teaches nothing
        x = sparse.hstack([rows, phrases[:, used], sparse.csr_matrix(vectors)]).tocsr().astype(np.float64)
        found = _regression(x, first)
        weights = np.zeros(2 * BUCKETS + vectors.shape[1] + 1, np.float32)
        weights[:BUCKETS] = found[:BUCKETS]
        weights[BUCKETS + used] = found[BUCKETS : BUCKETS + len(used)]
        weights[2 * BUCKETS :] = found[BUCKETS + len(used) :]
        return cls(weights, idf)

    def log_odds(self, question: str, terms: QuestionTerms, vector: np.ndarray) -> float:
        """How probable it is that `question` is of the first sort, as log-odds; 0 where nothing was learned."""
        if not len(self._weights):
            return 0.0
        row, phrases = terms.row(question), matrix([phrase_counts(question)], self._idf)
        weights = self._weights
        said = row.data @ weights[row.indices] + phrases.data @ weights[BUCKETS + phrases.indices]
        return float(np.clip(said + vector @ weights[2 * BUCKETS : -1] + weights[-1], -_MOST, _MOST))

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What `restored` makes it from again, by `name`."""
        return {f"{name}_weights": self._weights.astype(np.float16), f"{name}_idf": self._idf.astype(np.float16)}

    @classmethod
    def restored(cls, stored, name: str) -> TwoSorts:  # noqa: ANN001 - numpy's NpzFile
        return cls(stored[f"{name}_weights"].astype(np.float32), stored[f"{name}_idf"].astype(np.float32))


def _regression(x: sparse.csr_matrix, first: np.ndarray) -> np.ndarray:
    """The weights of the columns of `x` and a bias. Both sorts count for as much, however many there are of each."""
    sign = np.where(first, 1.0, -1.0)
    share = np.where(first, 0.5 / first.mean(), 0.5 / (~first).mean())
    transposed = x.T.tocsr()

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ weights[:-1] + weights[-1])
        pull = -sign * share / (1 + np.exp(np.clip(margin, -30, 30)))
        gradient = np.append(transposed @ pull + _PENALTY * weights[:-1], pull.sum())
        return float(share @ np.logaddexp(0, -margin) + _PENALTY / 2 * weights[:-1] @ weights[:-1]), gradient

    return optimize.minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
