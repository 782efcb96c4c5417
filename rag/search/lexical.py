"""Words and character n-grams: two rankers over one small set of memory-mapped files.

`words` is BM25 over lemmas that are stemmed. `grams` is BM25 over character 4- and 5-grams, which forgives typing
errors and finds parts of compounds. An n-gram index over passages would be ten times the size of the word index, so the
n-grams are indexed per word of the vocabulary: the candidates' word counts times the words' n-grams give each candidate's
n-gram counts, at a cost that does not grow with the corpus. Words of the question that the corpus does not know bring in
the known words whose n-grams are most alike.

The index is a base and a delta: passages added and removed since the base was written. Statistics (how rare a word is, how
long a passage) are taken over what is live now, so base plus delta scores exactly as one freshly written base would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
from scipy import sparse

from rag.language.words import content_words, grams, term
from rag.search.lexical_base import (
    Labels,
    LexicalBase,
    as_labels,
    gram_frequency,
    gram_matrix,
    term_postings,
)
from rag.types import Passage

K1, B = 1.2, 0.75
#: How alike (cosine of n-grams) a known word must be to stand in for an unknown one, and how many may.
MIN_ALIKE, MAX_ALIKE = 0.35, 8
#: A delta larger than this (added and removed passages) or this part of the base is merged into a new base.
MAX_DELTA, MAX_DELTA_PART = 500, 0.02


def lexical_text(passage: Passage) -> str:
    """What is indexed of a passage: title and headings once, then the text."""
    headings = " ".join(dict.fromkeys([*passage.headings, *(s.heading for s in passage.sentences)]))
    return f"{passage.title} {headings} {passage.text}"


@dataclass
class Delta:
    """What changed since the base: passages by id (labels, word counts) and ids of the base that are gone."""

    added: dict[str, tuple[Labels, dict[str, int]]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path) -> Delta:
        data = orjson.loads(path.read_bytes())
        return cls({i: (as_labels(labels), words) for i, labels, words in data["added"]}, set(data["removed"]))

    def save(self, path: Path) -> None:
        added = [[i, labels, words] for i, (labels, words) in sorted(self.added.items())]
        path.write_bytes(orjson.dumps({"added": added, "removed": sorted(self.removed)}))

    def apply(self, base_ids: Container[str], removed: Iterable[str], added: Iterable[tuple[str, Labels, dict[str, int]]]) -> None:
        """First `removed`, then `added`."""
        for i in removed:
            self.added.pop(i, None)
            if i in base_ids:
                self.removed.add(i)
        for i, labels, words in added:
            if i in base_ids:
                self.removed.add(i)
            self.added[i] = (labels, words)

    def outgrown(self, base_size: int) -> bool:
        return len(self.added) + len(self.removed) > max(MAX_DELTA, MAX_DELTA_PART * base_size)


class LexicalIndex:
    """Base and delta as one. Position n belongs to `ids[n]`: first the base's rows (dead ones too), then the delta's."""

    def __init__(self, base: LexicalBase, delta: Delta | None = None) -> None:
        delta = delta or Delta()
        self._base = base
        added = sorted(delta.added)
        self.ids = [*base.ids, *added] if added else base.ids
        self.labels = [*base.labels, *(delta.added[i][0] for i in added)] if added else base.labels
        dead = np.array(sorted(base.row_of[i] for i in delta.removed), np.int64)
        self.alive = np.ones(len(self.ids), bool)
        self.alive[dead] = False
        gone = {base.ids[n] for n in dead}
        self.position = {i: n for n, i in enumerate(self.ids) if n >= len(base.ids) or i not in gone} if gone or added else base.row_of
        self._size = len(base.ids) - len(dead) + len(added)
        self._vocabulary(base, [delta.added[i][1] for i in added])
        self._statistics(base, dead)

    def _vocabulary(self, base: LexicalBase, added: list[dict[str, int]]) -> None:
        """Words, terms and n-grams of the base, followed by those that only the delta has."""
        self._word_id = {w: n for n, w in enumerate(base.words)}
        fresh = list(dict.fromkeys(w for words in added for w in words if w not in self._word_id))
        self._word_id.update((w, len(base.words) + n) for n, w in enumerate(fresh))
        self._words = [*base.words, *fresh] if fresh else base.words
        self._term_id = {t: n for n, t in enumerate(base.terms)}
        fresh_terms = [self._term_id.setdefault(term(w), len(self._term_id)) for w in fresh]
        of_word = np.concatenate([base.term_of_word, np.array(fresh_terms, np.int32)]) if fresh else base.term_of_word
        self._grams = {g: n for n, g in enumerate(base.grams)}
        self._word_grams = base.word_grams
        if fresh:
            rows, _ = gram_matrix(fresh, self._grams)
            self._word_grams = sparse.vstack([_widened(base.word_grams, rows.shape[1]), rows]).tocsr()
        self._gram_words = self._word_grams.tocsc()
        pointers = np.cumsum([0, *(len(words) for words in added)])
        columns = np.array([self._word_id[w] for words in added for w in words], np.int32)
        data = np.array([n for words in added for n in words.values()], np.float32)
        self._added = sparse.csr_matrix((data, columns, pointers), (len(added), len(self._words)))
        self._added_postings = term_postings(self._added, of_word, len(self._term_id))

    def _statistics(self, base: LexicalBase, dead: np.ndarray) -> None:
        """What BM25 needs to know of the live passages as a whole."""
        self._base_counts = _widened(base.counts, len(self._words))
        lost = self._base_counts[dead]
        per_word = np.asarray(self._word_grams.sum(axis=1)).ravel() if len(self._words) else np.zeros(0)
        added_lengths = np.asarray(self._added.sum(axis=1)).ravel().astype(np.float32)
        self._lengths = np.concatenate([base.lengths, added_lengths]) if len(added_lengths) else base.lengths
        added_grams = np.asarray(self._added @ per_word).ravel().astype(np.float32)
        self._gram_lengths = np.concatenate([base.gram_lengths, added_grams]) if len(added_grams) else base.gram_lengths
        size = max(1, self._size)
        self._mean_length = max(1e-9, float((self._lengths.sum(dtype=np.float64) - base.lengths[dead].sum(dtype=np.float64)) / size))
        total = self._gram_lengths.sum(dtype=np.float64) - base.gram_lengths[dead].sum(dtype=np.float64)
        self._mean_gram_length = max(1e-9, float(total / size))
        padding = (0, self._word_grams.shape[1] - len(base.gram_df))
        frequency = np.pad(base.gram_df, padding) + gram_frequency(self._added, self._word_grams) - gram_frequency(lost, self._word_grams)
        self._gram_idf = np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        word_df = np.pad(base.word_df, (0, len(self._words) - len(base.words)))
        word_df = word_df + np.bincount(self._added.indices, minlength=len(self._words))
        word_df = word_df - np.bincount(lost.indices, minlength=len(self._words))
        self._dead_words = np.flatnonzero(word_df == 0)
        in_words = np.bincount(self._word_grams.indices, minlength=self._word_grams.shape[1])
        in_words = in_words - np.bincount(self._word_grams[self._dead_words].indices, minlength=len(in_words))
        self._alike_idf = np.log1p((len(self._words) - len(self._dead_words)) / np.maximum(1, in_words)).astype(np.float32)
        present = self._word_grams.astype(bool).astype(np.float32)
        self._alike_norm = np.sqrt(np.asarray(present @ (self._alike_idf**2))).astype(np.float32)
        self._lost = np.diff(term_postings(lost, base.term_of_word, len(self._term_id)).indptr)  # dead passages per term

    def __len__(self) -> int:
        return self._size

    def score_words(self, question: str, allowed: np.ndarray | None = None) -> np.ndarray:
        """BM25 of every position, float32 (len(ids),); positions that are dead or outside the mask `allowed` get 0."""
        scores = np.zeros(len(self.ids), np.float32)
        weights: dict[int, float] = {}
        for word in dict.fromkeys(content_words(question)):
            for stem, weight in self._stand_ins(word):
                number = self._term_id[stem]
                weights[number] = max(weight, weights.get(number, 0.0))
        for number, weight in weights.items():
            idf = weight * self._idf(self._frequency(number))
            for rows, counts in self._postings(number):
                norm = K1 * (1 - B + B * self._lengths[rows] / self._mean_length)
                scores[rows] += (idf * counts / (counts + norm)).astype(np.float32)
        scores[~self.alive] = 0
        return scores if allowed is None else np.where(allowed, scores, 0)

    def score_grams(self, question: str, positions: np.ndarray) -> np.ndarray:
        """BM25 over character n-grams for the passages at `positions`, float32 (len(positions),)."""
        asked = Counter(g for w in content_words(question) for g in grams(w))
        known = [(self._grams[g], n) for g, n in asked.items() if g in self._grams]
        if not known or not len(positions):
            return np.zeros(len(positions), np.float32)
        columns = np.array([c for c, _ in known])
        repeats = np.array([n for _, n in known], np.float32)
        wanted = self._gram_words[:, columns].tocsr()
        rows = len(self._base.ids)
        frequency = np.zeros((len(positions), len(columns)), np.float32)
        old = positions < rows
        frequency[old] = (self._base_counts[positions[old]] @ wanted).toarray()
        frequency[~old] = (self._added[positions[~old] - rows] @ wanted).toarray()
        norm = K1 * (1 - B + B * self._gram_lengths[positions] / self._mean_gram_length)
        saturated = frequency / (frequency + norm[:, None])
        return (saturated @ (self._gram_idf[columns] * repeats)).astype(np.float32)

    def idf(self, word: str) -> float:
        """How telling a folded word is: BM25's idf of its term; of an unknown word the highest there is."""
        return self._idf(self._document_frequency(word))

    def knows(self, word: str) -> bool:
        return self._document_frequency(word) > 0

    def familiar(self, word: str) -> float:
        """How well the corpus knows `word`, 0..1: 1 where it holds it, else how alike the nearest word that it holds is."""
        if self.knows(word):
            return 1.0
        return next((likeness for _, likeness in self.alike(word)), 0.0)

    def alike(self, word: str) -> list[tuple[str, float]]:
        """Known words most like `word` by n-grams, with their cosine, best first."""
        columns = [self._grams[g] for g in set(grams(word)) if g in self._grams]
        if not columns:
            return []
        asked_norm = float(np.sqrt((self._alike_idf[columns] ** 2).sum()))
        dot = np.asarray((self._gram_words[:, columns] > 0) @ (self._alike_idf[columns] ** 2)).ravel()
        cosine = dot / (np.asarray(self._alike_norm) * asked_norm + 1e-9)
        cosine[self._dead_words] = 0
        best = np.argsort(-cosine, kind="stable")[: 2 * MAX_ALIKE]
        found = [(self._words[i], float(cosine[i])) for i in best if cosine[i] >= MIN_ALIKE]
        return sorted(found, key=lambda pair: (-round(pair[1], 5), pair[0]))[:MAX_ALIKE]

    def _stand_ins(self, word: str) -> list[tuple[str, float]]:
        if self.knows(word):
            return [(term(word), 1.0)]
        return [(term(known), likeness) for known, likeness in self.alike(word)]

    def _idf(self, frequency: int) -> float:
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))

    def _document_frequency(self, word: str) -> int:
        number = self._term_id.get(term(word))
        return 0 if number is None else self._frequency(number)

    def _frequency(self, number: int) -> int:
        """How many live passages hold term `number`."""
        return sum(len(rows) for rows, _ in self._postings(number)) - int(self._lost[number])

    def _postings(self, number: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """(positions, counts) of a term in the base and in the delta."""
        found = []
        for matrix, offset in ((self._base.postings, 0), (self._added_postings, len(self._base.ids))):
            if number < matrix.shape[1]:
                a, z = matrix.indptr[number], matrix.indptr[number + 1]
                found.append((matrix.indices[a:z] + offset, matrix.data[a:z]))
        return found


def _widened(matrix: sparse.csr_matrix, columns: int) -> sparse.csr_matrix:
    """The same entries with room for more columns; nothing is copied."""
    return sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), (matrix.shape[0], columns), copy=False)


def open_lexical(folder: Path, base: str, delta: str, held: LexicalBase | None = None) -> tuple[LexicalIndex, LexicalBase]:
    """The index of base and delta by name; `held` is that base when it is open already.

    Raises:
        FileNotFoundError: a writer has cleaned them up since.
    """
    opened = held or LexicalBase(folder / base)
    return LexicalIndex(opened, Delta.load(folder / delta) if delta else None), opened
