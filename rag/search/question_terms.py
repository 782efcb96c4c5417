"""How alike two questions are in their words: cosine of weighted terms and character n-grams, stop words included.

Questions are short and their small words tell what is asked ("wie", "wanneer", "mag"), so nothing is left out. Terms are hashed: the
matrix needs no vocabulary beside it.
"""

from __future__ import annotations

from collections import Counter
from zlib import crc32

import numpy as np
from scipy import sparse

from rag.language.words import grams, term, words

#: Hash buckets; at some 60,000 different terms a clash costs nothing that can be measured.
_BUCKETS = 1 << 18


def _counts(text: str) -> Counter[int]:
    found: Counter[int] = Counter()
    for word in words(text):
        found.update(crc32(piece.encode()) % _BUCKETS for piece in (term(word), *grams(word)))
    return found


class QuestionTerms:
    """TF-IDF rows (sublinear, of length 1) of a fixed list of questions."""

    def __init__(self, rows: sparse.csr_matrix, idf: np.ndarray) -> None:
        self._columns, self._idf = rows.tocsc(), idf

    @classmethod
    def of(cls, questions: list[str]) -> QuestionTerms:
        """Rows of `questions`, weighted by how rare a term is among them."""
        counted = [_counts(q) for q in questions]
        frequency = np.bincount(np.array([b for c in counted for b in c], int), minlength=_BUCKETS)
        idf = (np.log((1 + len(questions)) / (1 + frequency)) + 1).astype(np.float32)
        return cls(_matrix(counted, idf), idf)

    def likeness(self, question: str) -> np.ndarray:
        """Cosine with every question, (n,), 0..1."""
        row = _matrix([_counts(question)], self._idf)
        return np.asarray(self._columns[:, row.indices] @ row.data, np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `restored` makes it from again."""
        rows = self._columns.tocsr()
        return {"t_data": rows.data.astype(np.float16), "t_columns": rows.indices, "t_rows": rows.indptr, "t_idf": self._idf}

    @classmethod
    def restored(cls, stored) -> QuestionTerms:  # noqa: ANN001 - numpy's NpzFile
        shape = (len(stored["t_rows"]) - 1, _BUCKETS)
        parts = (stored["t_data"].astype(np.float32), stored["t_columns"], stored["t_rows"])
        return cls(sparse.csr_matrix(parts, shape), stored["t_idf"])


def _matrix(counted: list[Counter[int]], idf: np.ndarray) -> sparse.csr_matrix:
    columns = np.array([b for c in counted for b in sorted(c)], np.int32)
    counts = np.array([c[b] for c in counted for b in sorted(c)], np.float32)
    pointers = np.cumsum([0, *(len(c) for c in counted)])
    values = (1 + np.log(counts)) * idf[columns] if len(counts) else counts
    rows = np.repeat(np.arange(len(counted)), np.diff(pointers))
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(counted)))
    values = values / np.maximum(lengths[rows], 1e-9) if len(values) else values
    return sparse.csr_matrix((values.astype(np.float32), columns, pointers), (len(counted), _BUCKETS))
