"""The part of the word index that is written once and memory-mapped: counts, postings and n-grams of many passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import orjson
from scipy import sparse

from rag.language.words import VERSION, content_words, grams, term

#: Layout of the files together with how words are made: another value means the word index is written anew.
FORMAT = f"{VERSION}/segments-1"
_CHUNK = 4096

#: Of one passage: soort, domein, rol, fase, status, geldig_tot (ISO or "").
Labels = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str]


class LexicalBase:
    """Row n of every matrix is passage `ids[n]`. Word columns are surface forms, postings are per index term."""

    def __init__(self, folder: Path) -> None:
        def read(name: str) -> list:
            return orjson.loads((folder / f"{name}.json").read_bytes())

        def mapped(name: str) -> np.ndarray:
            return np.load(folder / f"{name}.npy", mmap_mode="r")

        self.ids: list[str] = read("ids")
        self.labels: list[Labels] = [as_labels(x) for x in read("labels")]
        self.words: list[str] = read("vocabulary")
        self.terms: list[str] = read("terms")
        self.grams: list[str] = read("grams")
        self.term_of_word = mapped("term_of_word")
        self.lengths = mapped("lengths")  # words per passage
        self.gram_lengths = mapped("gram_lengths")  # n-grams per passage
        self.gram_df = mapped("gram_df")  # passages that hold each n-gram
        self.word_df = mapped("word_df")  # passages that hold each word
        self.counts = _load(folder, "counts", (len(self.ids), len(self.words)), sparse.csr_matrix)
        self.postings = _load(folder, "postings", (len(self.ids), len(self.terms)), sparse.csc_matrix)
        self.word_grams = _load(folder, "word_grams", (len(self.words), len(self.grams)), sparse.csr_matrix)
        self.row_of = {i: n for n, i in enumerate(self.ids)}


def base_ids(folder: Path) -> list[str]:
    """The ids of a base without opening the rest of it."""
    return orjson.loads((folder / "ids.json").read_bytes())


def as_labels(stored: list) -> Labels:
    soort, domein, rol, fase, status, until = stored
    return soort, tuple(domein), tuple(rol), tuple(fase), status, until


def counted(text: str) -> dict[str, int]:
    """What the word index keeps of a text: each content word with how often it occurs."""
    return dict(Counter(content_words(text)))


def write_base(passages: Iterable[tuple[str, Labels, dict[str, int]]], folder: Path) -> None:
    """Write (id, labels, word counts) in the order given."""
    folder.mkdir(parents=True, exist_ok=True)
    ids: list[str] = []
    labels: list[Labels] = []
    word_id: dict[str, int] = {}
    pointers, columns, values = [0], [], []
    for passage_id, label, words in passages:
        ids.append(passage_id)
        labels.append(label)
        columns.append(np.fromiter((word_id.setdefault(w, len(word_id)) for w in words), np.int32, len(words)))
        values.append(np.fromiter(words.values(), np.float32, len(words)))
        pointers.append(pointers[-1] + len(words))
    joined = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    data = np.concatenate(values) if values else np.zeros(0, np.float32)
    counts = sparse.csr_matrix((data, joined, np.array(pointers, np.int64)), shape=(len(ids), len(word_id)))
    words_listed = list(word_id)
    term_id: dict[str, int] = {}
    of_word = np.array([term_id.setdefault(term(w), len(term_id)) for w in words_listed], np.int32)
    word_grams, gram_list = gram_matrix(words_listed, {})
    arrays = {
        "term_of_word": of_word,
        "lengths": np.asarray(counts.sum(axis=1)).ravel().astype(np.float32),
        "gram_lengths": _gram_lengths(counts, word_grams),
        "gram_df": gram_frequency(counts, word_grams),
        "word_df": np.bincount(counts.indices, minlength=len(words_listed)).astype(np.int64),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    _save(folder, "counts", counts)
    _save(folder, "word_grams", word_grams)
    _save(folder, "postings", term_postings(counts, of_word, len(term_id)))
    lists = {"ids": ids, "labels": labels, "vocabulary": words_listed, "terms": list(term_id), "grams": gram_list}
    for name, value in lists.items():
        (folder / f"{name}.json").write_bytes(orjson.dumps(value))


def base_rows(base: LexicalBase, without: set[str]) -> Iterator[tuple[str, Labels, dict[str, int]]]:
    """The passages of `base` as `write_base` takes them, so that two parts become one without reading any text again."""
    pointers, columns, values = base.counts.indptr, base.counts.indices, base.counts.data
    for n, passage_id in enumerate(base.ids):
        if passage_id not in without:
            a, z = pointers[n], pointers[n + 1]
            words = [base.words[c] for c in columns[a:z].tolist()]
            yield passage_id, base.labels[n], dict(zip(words, values[a:z].astype(int).tolist(), strict=True))


def term_postings(counts: sparse.csr_matrix, of_word: np.ndarray, terms: int) -> sparse.csc_matrix:
    """Passages by index term (n, terms), each with how often the term's words occur in it; rows ascend within a term."""
    rows = np.repeat(np.arange(counts.shape[0], dtype=np.int32), np.diff(counts.indptr))
    columns = of_word[counts.indices] if len(counts.indices) else counts.indices
    return sparse.csc_matrix((counts.data, (rows, columns)), shape=(counts.shape[0], terms))


def gram_matrix(words: list[str], number: dict[str, int]) -> tuple[sparse.csr_matrix, list[str]]:
    """Words by n-grams (len(words), n), and the n-grams in order; `number` holds n-grams that already have a place."""
    pointers, columns, values = [0], [], []
    for word in words:
        found = Counter(grams(word))
        columns += [number.setdefault(g, len(number)) for g in found]
        values += found.values()
        pointers.append(len(columns))
    shape = (len(words), len(number))
    matrix = sparse.csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(pointers)), shape=shape)
    return matrix, list(number)


def gram_frequency(counts: sparse.csr_matrix, word_grams: sparse.csr_matrix) -> np.ndarray:
    """How many passages hold each n-gram; chunked, so that memory stays bounded."""
    frequency = np.zeros(word_grams.shape[1], np.int64)
    for i in range(0, counts.shape[0], _CHUNK):
        frequency += np.bincount((counts[i : i + _CHUNK] @ word_grams).indices, minlength=word_grams.shape[1])
    return frequency


def _gram_lengths(counts: sparse.csr_matrix, word_grams: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(counts @ np.asarray(word_grams.sum(axis=1)).ravel()).ravel().astype(np.float32)


def _save(folder: Path, name: str, matrix) -> None:  # noqa: ANN001 - csr or csc
    for part in ("data", "indices", "indptr"):
        np.save(folder / f"{name}.{part}.npy", getattr(matrix, part))


def _load(folder: Path, name: str, shape: tuple[int, int], kind):  # noqa: ANN001, ANN202
    parts = [np.load(folder / f"{name}.{part}.npy", mmap_mode="r") for part in ("data", "indices", "indptr")]
    return kind(tuple(parts), shape=shape, copy=False)
