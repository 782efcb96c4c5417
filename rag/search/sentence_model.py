"""Which sentences answer a question? Learned from the known questions when the index is made.

A ridge regression from what a question says (its meaning, its words and runs of words) to every sentence that a known question leads to.
Where likeness asks "which one question is nearest?", this weighs what all questions that lead to a sentence have in common.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from rag.search.question_terms import BUCKETS, QuestionTerms, matrix, phrase_counts, weighted_rows

#: Words and runs of words are summed, each with a sign of its own, in this many places: what shares one by chance evens out.
_PLACES = 1024
#: What runs of words count for beside words and meaning, each of which has length 1.
_PHRASES = 0.7
#: How strongly weights are held back.
_PENALTY = 3.0
#: Fewer questions teach nothing.
ENOUGH = 100


class SentenceModel:
    """Weights (features, sentences) and the idf of runs of words; without weights where there was too little to learn from."""

    def __init__(self, weights: np.ndarray, idf: np.ndarray) -> None:
        self._weights, self._idf = weights, idf

    @classmethod
    def of(cls, questions: list[str], terms: QuestionTerms, meanings: np.ndarray, leads: sparse.csr_matrix) -> SentenceModel:
        """Learned from `questions` with their `terms` and `meanings` (n, dimension); `leads` (n, sentences) is 1 where one answers."""
        if len(questions) < ENOUGH or not leads.nnz:
            return cls(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
        phrases, idf = weighted_rows([phrase_counts(q) for q in questions])
        x = _features(terms.rows, phrases, meanings)
        gram = x.T @ x
        gram[np.diag_indices_from(gram)] += _PENALTY
        weights = linalg.solve(gram, np.asarray(leads.T @ x, np.float32).T, assume_a="pos", overwrite_a=True, overwrite_b=True)
        return cls(weights.astype(np.float32), idf)

    def scores(self, question: str, terms: QuestionTerms, meaning: np.ndarray) -> np.ndarray:
        """For every sentence how much `question`, with `meaning` (dimension,), asks for it; about 0..1. Empty where nothing was learned."""
        if not self._weights.size:
            return np.zeros(0, np.float32)
        phrases = matrix([phrase_counts(question)], self._idf)
        return (_features(terms.row(question), phrases, meaning[None]) @ self._weights)[0]

    def arrays(self) -> dict[str, np.ndarray]:
        """What `restored` makes it from again."""
        return {"s_weights": self._weights.astype(np.float16), "s_idf": self._idf.astype(np.float16)}

    @classmethod
    def restored(cls, stored) -> SentenceModel:  # noqa: ANN001 - numpy's NpzFile
        return cls(stored["s_weights"].astype(np.float32), stored["s_idf"].astype(np.float32))


def _features(words: sparse.csr_matrix, phrases: sparse.csr_matrix, meanings: np.ndarray) -> np.ndarray:
    ones = np.ones((len(meanings), 1), np.float32)
    return np.hstack([meanings, _summed(words, 0), _PHRASES * _summed(phrases, 1), ones]).astype(np.float32)


def _summed(rows: sparse.csr_matrix, salt: int) -> np.ndarray:
    """Rows (n, BUCKETS) in fewer places, (n, _PLACES): a random projection that is the same everywhere."""
    hashed = (rows.indices.astype(np.int64) + salt * BUCKETS) * 2654435761 % (1 << 32)
    signs = np.where((hashed >> 4) & 1, 1.0, -1.0).astype(np.float32)
    summed = sparse.csr_matrix((rows.data * signs, (hashed >> 8) % _PLACES, rows.indptr), (rows.shape[0], _PLACES))
    return np.asarray(summed.todense(), np.float32)
