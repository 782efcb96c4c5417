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
BUCKETS = 1 << 18


def _counts(text: str) -> Counter[int]:
    found: Counter[int] = Counter()
    for word in words(text):
        found.update(_bucket(piece) for piece in (term(word), *grams(word)))
    return found


def phrase_counts(text: str) -> Counter[int]:
    """How often each run of one to three words stands in `text`, by hash bucket."""
    said = words(text)
    return Counter(_bucket(" ".join(said[n : n + size])) for size in (1, 2, 3) for n in range(len(said) - size + 1))


def _bucket(piece: str) -> int:
    return crc32(piece.encode()) % BUCKETS


class QuestionTerms:
    """TF-IDF rows (sublinear, of length 1) of a fixed list of questions."""

    def __init__(self, rows: sparse.csr_matrix, idf: np.ndarray) -> None:
        self._columns, self._idf = rows.tocsc(), idf

    @classmethod
    def of(cls, questions: list[str]) -> QuestionTerms:
        """Rows of `questions`, weighted by how rare a term is among them."""
        return cls(*weighted_rows([_counts(q) for q in questions]))

    @property
    def rows(self) -> sparse.csr_matrix:
        """The weights of all questions, (n, BUCKETS)."""
        return self._columns.tocsr()

    def row(self, question: str) -> sparse.csr_matrix:
        """The weights of another question, (1, BUCKETS)."""
        return matrix([_counts(question)], self._idf)

    def likeness(self, question: str) -> np.ndarray:
        """Cosine with every question, (n,), 0..1."""
        row = self.row(question)
        return np.asarray(self._columns[:, row.indices] @ row.data, np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `restored` makes it from again."""
        rows = self._columns.tocsr()
        return {"t_data": rows.data.astype(np.float16), "t_columns": rows.indices, "t_rows": rows.indptr, "t_idf": self._idf}

    @classmethod
    def restored(cls, stored) -> QuestionTerms:  # noqa: ANN001 - numpy's NpzFile
        shape = (len(stored["t_rows"]) - 1, BUCKETS)
        parts = (stored["t_data"].astype(np.float32), stored["t_columns"], stored["t_rows"])
        return cls(sparse.csr_matrix(parts, shape), stored["t_idf"])


def weighted_rows(counted: list[Counter[int]]) -> tuple[sparse.csr_matrix, np.ndarray]:
    """TF-IDF rows of what was counted, (n, BUCKETS), and the weights of the buckets, (BUCKETS,)."""
    frequency = np.bincount(np.array([b for c in counted for b in c], int), minlength=BUCKETS)
    idf = (np.log((1 + len(counted)) / (1 + frequency)) + 1).astype(np.float32)
    return matrix(counted, idf), idf


def matrix(counted: list[Counter[int]], idf: np.ndarray) -> sparse.csr_matrix:
    """Rows of length 1 of what was counted, with the bucket weights `idf`."""
    columns = np.array([b for c in counted for b in sorted(c)], np.int32)
    counts = np.array([c[b] for c in counted for b in sorted(c)], np.float32)
    pointers = np.cumsum([0, *(len(c) for c in counted)])
    values = (1 + np.log(counts)) * idf[columns] if len(counts) else counts
    rows = np.repeat(np.arange(len(counted)), np.diff(pointers))
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(counted)))
    values = values / np.maximum(lengths[rows], 1e-9) if len(values) else values
    return sparse.csr_matrix((values.astype(np.float32), columns, pointers), (len(counted), BUCKETS))
