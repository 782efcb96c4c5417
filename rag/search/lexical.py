"""Words and character n-grams: two rankers over one small set of memory-mapped files.

`words` is BM25 (bm25s) over lemmas that are stemmed. `grams` is BM25 over character 4- and 5-grams, which forgives typing
errors and finds parts of compounds. An n-gram index over passages would be ten times the size of the word index, so the
n-grams are indexed per word of the vocabulary: the candidates' word counts times the words' n-grams give each candidate's
n-gram counts, at a cost that does not grow with the corpus. Words of the question that the corpus does not know bring in
the known words whose n-grams are most alike.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import bm25s
import numpy as np
from scipy import sparse

from rag.language.words import VERSION, content_words, grams, term
from rag.types import Passage

K1, B = 1.2, 0.75
#: How alike (cosine of n-grams) a known word must be to stand in for an unknown one, and how many may.
MIN_ALIKE, MAX_ALIKE = 0.35, 8
_CHUNK = 4096


def lexical_text(passage: Passage) -> str:
    """What is indexed of a passage: title and headings once, then the text."""
    headings = " ".join(dict.fromkeys([*passage.headings, *(s.heading for s in passage.sentences)]))
    return f"{passage.title} {headings} {passage.text}"


class LexicalIndex:
    """Positions (0..n-1) follow the order of the ids given to `build`."""

    def __init__(self, folder: Path) -> None:
        self.ids: list[str] = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        self.position = {i: n for n, i in enumerate(self.ids)}
        self._words: list[str] = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self._word_id = {w: n for n, w in enumerate(self._words)}
        self._grams = {g: n for n, g in enumerate(json.loads((folder / "grams.json").read_text(encoding="utf-8")))}
        self._bm25 = bm25s.BM25.load(str(folder / "bm25"), mmap=True) if self.ids else None
        self._counts = _load_csr(folder, "counts", (len(self.ids), len(self._words)))
        self._word_grams = _load_csr(folder, "word_grams", (len(self._words), len(self._grams)))
        self._gram_words = self._word_grams.tocsc()
        self._gram_idf = np.load(folder / "gram_idf.npy", mmap_mode="r")
        self._alike_idf = np.load(folder / "alike_idf.npy", mmap_mode="r")
        self._alike_norm = np.load(folder / "alike_norm.npy", mmap_mode="r")
        self._lengths = np.load(folder / "gram_lengths.npy", mmap_mode="r")
        self._mean_length = float(self._lengths.mean()) if len(self.ids) else 1.0

    @classmethod
    def build(cls, passages: Iterable[tuple[str, str]], folder: Path) -> None:
        """Write the index of (id, text) pairs to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        ids: list[str] = []
        word_id: dict[str, int] = {}
        pointers, columns, values = [0], [], []
        for passage_id, text in passages:
            ids.append(passage_id)
            counted = Counter(content_words(text))
            columns.append(np.fromiter((word_id.setdefault(w, len(word_id)) for w in counted), np.int32, len(counted)))
            values.append(np.fromiter(counted.values(), np.float32, len(counted)))
            pointers.append(pointers[-1] + len(counted))
        joined = np.concatenate(columns) if columns else np.zeros(0, np.int32)
        data = np.concatenate(values) if values else np.zeros(0, np.float32)
        counts = sparse.csr_matrix((data, joined, np.array(pointers, np.int64)), shape=(len(ids), len(word_id)))
        words = list(word_id)
        word_grams, gram_list = _gram_matrix(words)
        if ids:
            _build_bm25(counts, words).save(str(folder / "bm25"))
        lengths, idf = _gram_statistics(counts, word_grams)
        alike_idf = np.log1p(len(words) / np.maximum(1, np.bincount(word_grams.indices, minlength=len(gram_list)))).astype(np.float32)
        norm = np.sqrt(np.asarray((word_grams > 0).astype(np.float32) @ (alike_idf**2))).astype(np.float32)
        arrays = {"gram_idf": idf, "gram_lengths": lengths, "alike_idf": alike_idf, "alike_norm": norm}
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        _save_csr(folder, "counts", counts)
        _save_csr(folder, "word_grams", word_grams)
        for name, value in (("ids", ids), ("vocabulary", words), ("grams", gram_list)):
            (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        (folder / "version").write_text(VERSION, encoding="utf-8")

    def score_words(self, question: str, allowed: np.ndarray | None = None) -> np.ndarray:
        """BM25 of every passage, float32 (n,); passages outside the boolean mask `allowed` get 0."""
        scores = np.zeros(len(self.ids), np.float32)
        if self._bm25 is None:
            return scores
        weights: dict[int, float] = {}
        for word in dict.fromkeys(content_words(question)):
            for stem, weight in self._stand_ins(word):
                number = self._bm25.vocab_dict.get(stem)
                if number is not None:
                    weights[number] = max(weight, weights.get(number, 0.0))
        pointers, rows, data = (self._bm25.scores[k] for k in ("indptr", "indices", "data"))
        for number, weight in weights.items():
            if number < len(pointers) - 1:
                a, z = pointers[number], pointers[number + 1]
                scores[rows[a:z]] += weight * data[a:z]
        return scores if allowed is None else np.where(allowed, scores, 0)

    def score_grams(self, question: str, positions: np.ndarray) -> np.ndarray:
        """BM25 over character n-grams for the passages at `positions`, float32 (len(positions),)."""
        asked = Counter(g for w in content_words(question) for g in grams(w))
        known = [(self._grams[g], n) for g, n in asked.items() if g in self._grams]
        if not known or not len(positions):
            return np.zeros(len(positions), np.float32)
        columns = np.array([c for c, _ in known])
        repeats = np.array([n for _, n in known], np.float32)
        frequency = (self._counts[positions] @ self._gram_words[:, columns].tocsr()).toarray()
        norm = K1 * (1 - B + B * self._lengths[positions] / self._mean_length)
        saturated = frequency / (frequency + norm[:, None])
        return (saturated @ (self._gram_idf[columns] * repeats)).astype(np.float32)

    def idf(self, word: str) -> float:
        """How telling a folded word is: BM25's idf of its term; of an unknown word the highest there is."""
        n, df = len(self.ids), self._document_frequency(word)
        return float(np.log(1 + (n - df + 0.5) / (df + 0.5)))

    def knows(self, word: str) -> bool:
        return self._bm25 is not None and term(word) in self._bm25.vocab_dict

    def alike(self, word: str) -> list[tuple[str, float]]:
        """Known words most like `word` by n-grams, with their cosine, best first."""
        columns = [self._grams[g] for g in set(grams(word)) if g in self._grams]
        if not columns:
            return []
        asked_norm = float(np.sqrt((self._alike_idf[columns] ** 2).sum()))
        dot = np.asarray((self._gram_words[:, columns] > 0) @ (self._alike_idf[columns] ** 2)).ravel()
        cosine = dot / (np.asarray(self._alike_norm) * asked_norm + 1e-9)
        best = np.argsort(-cosine, kind="stable")[:MAX_ALIKE]
        return [(self._words[i], float(cosine[i])) for i in best if cosine[i] >= MIN_ALIKE]

    def _stand_ins(self, word: str) -> list[tuple[str, float]]:
        if self.knows(word):
            return [(term(word), 1.0)]
        return [(term(known), likeness) for known, likeness in self.alike(word)]

    def _document_frequency(self, word: str) -> int:
        if self._bm25 is None:
            return 0
        number = self._bm25.vocab_dict.get(term(word))
        pointers = self._bm25.scores["indptr"]
        return 0 if number is None or number >= len(pointers) - 1 else int(pointers[number + 1] - pointers[number])


def _build_bm25(counts: sparse.csr_matrix, words: list[str]) -> bm25s.BM25:
    vocabulary: dict[str, int] = {}
    of_word = np.array([vocabulary.setdefault(term(w), len(vocabulary)) for w in words], np.int32)
    repeats = counts.data.astype(np.int64)
    rows = [
        np.repeat(of_word[counts.indices[a:z]], repeats[a:z]).tolist() for a, z in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]
    model = bm25s.BM25(k1=K1, b=B, method="lucene")
    model.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    return model


def _gram_matrix(words: list[str]) -> tuple[sparse.csr_matrix, list[str]]:
    number: dict[str, int] = {}
    pointers, columns, values = [0], [], []
    for word in words:
        counted = Counter(grams(word))
        columns += [number.setdefault(g, len(number)) for g in counted]
        values += counted.values()
        pointers.append(len(columns))
    shape = (len(words), len(number))
    matrix = sparse.csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(pointers)), shape=shape)
    return matrix, list(number)


def _gram_statistics(counts: sparse.csr_matrix, word_grams: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Gram count of each passage (n,), and idf of each gram; chunked, so that memory stays bounded."""
    per_word = np.asarray(word_grams.sum(axis=1)).ravel()
    lengths = np.asarray(counts @ per_word).ravel().astype(np.float32)
    frequency = np.zeros(word_grams.shape[1], np.int64)
    for i in range(0, counts.shape[0], _CHUNK):
        frequency += np.bincount((counts[i : i + _CHUNK] @ word_grams).indices, minlength=word_grams.shape[1])
    n = counts.shape[0]
    return lengths, np.log1p((n - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


def _save_csr(folder: Path, name: str, matrix: sparse.csr_matrix) -> None:
    for part in ("data", "indices", "indptr"):
        np.save(folder / f"{name}.{part}.npy", getattr(matrix, part))


def _load_csr(folder: Path, name: str, shape: tuple[int, int]) -> sparse.csr_matrix:
    parts = [np.load(folder / f"{name}.{part}.npy", mmap_mode="r") for part in ("data", "indices", "indptr")]
    return sparse.csr_matrix(tuple(parts), shape=shape, copy=False)
