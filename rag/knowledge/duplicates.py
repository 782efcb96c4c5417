"""Passages of different documents that say nearly the same, by the five-word sequences they share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from scipy import sparse

from rag.language.words import words
from rag.types import Passage

SHINGLE = 5
#: Shared part of the union, or of the shorter one, from which two passages count as near-duplicates.
MIN_JACCARD, MIN_CONTAINED = 0.5, 0.8
#: Passages shorter than this many sequences are too short to say that they are copies; sequences in more passages than
#: this are phrases of the trade.
MIN_SHINGLES, MAX_PASSAGES = 20, 50
_ROWS = 2000


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    first: str  # passage ids
    second: str
    shared: float  # part of the shorter passage that also stands in the other


def near_duplicates(passages: Iterable[Passage]) -> list[NearDuplicate]:
    """Pairs of passages from different documents, most alike first."""
    ids: list[str] = []
    documents: list[str] = []
    columns: dict[int, int] = {}
    rows: list[np.ndarray] = []
    for passage in passages:
        found = _shingles(passage.text)
        if len(found) >= MIN_SHINGLES:
            ids.append(passage.id)
            documents.append(passage.document_id)
            rows.append(np.array([columns.setdefault(s, len(columns)) for s in found], np.int32))
    if len(ids) < 2:
        return []
    sizes = np.array([len(r) for r in rows])
    pointers = np.concatenate([[0], np.cumsum(sizes)])
    matrix = sparse.csr_matrix((np.ones(pointers[-1], np.float32), np.concatenate(rows), pointers), (len(ids), len(columns)))
    frequent = np.asarray(matrix.sum(axis=0)).ravel() > MAX_PASSAGES
    matrix = (matrix @ sparse.diags((~frequent).astype(np.float32))).tocsr()
    _, numbers = np.unique(documents, return_inverse=True)
    pairs: list[NearDuplicate] = []
    for start in range(0, len(ids), _ROWS):
        shared = (matrix[start : start + _ROWS] @ matrix.T).tocoo()
        a, b, common = shared.row + start, shared.col, shared.data
        keep = (a < b) & (numbers[a] != numbers[b])
        a, b, common = a[keep], b[keep], common[keep]
        contained = common / np.minimum(sizes[a], sizes[b])
        near = (common / (sizes[a] + sizes[b] - common) >= MIN_JACCARD) | (contained >= MIN_CONTAINED)
        pairs += [NearDuplicate(ids[x], ids[y], float(c)) for x, y, c in zip(a[near], b[near], contained[near], strict=True)]
    return sorted(pairs, key=lambda p: (-p.shared, p.first, p.second))


def _shingles(text: str) -> set[int]:
    listed = words(text)
    parts = (" ".join(listed[i : i + SHINGLE]) for i in range(len(listed) - SHINGLE + 1))
    return {int.from_bytes(blake2b(p.encode(), digest_size=8).digest(), "big") for p in parts}
