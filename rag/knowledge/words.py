"""Writes the word index: a new base, or a delta on the base there is. Files are named after the generation that first used them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from secrets import token_hex

from rag.knowledge.changes import Progress
from rag.search.lexical import Delta, lexical_text
from rag.search.lexical_base import FORMAT, Labels, LexicalBase, base_ids, base_rows, counted, write_base
from rag.types import Passage


class WordIndexWriter:
    """`meta` is the index's: it names the base and the delta in use."""

    def __init__(self, folder: Path, meta: dict[str, str]) -> None:
        self._folder = folder
        self._base, self._delta = meta.get("lexical_base", ""), meta.get("lexical_delta", "")
        self._format = meta.get("words", "")

    @property
    def present(self) -> bool:
        """Whether the index has a word index of this layout."""
        base = self._base and (self._folder / self._base / "postings.indptr.npy").exists()
        return bool(base) and self._format == FORMAT and (not self._delta or (self._folder / self._delta).exists())

    def write_all(self, passages: Iterable[Passage], generation: int, total: int, progress: Progress) -> dict[str, str]:
        """A new base of all passages, in order of id."""

        def rows() -> Iterator[tuple[str, Labels, dict[str, int]]]:
            for n, passage in enumerate(passages):
                if n % 200 == 0:
                    progress("Woordindex maken", n, total)
                yield passage.id, labels_of(passage), counted(lexical_text(passage))

        self._new_base(rows(), generation)
        progress("Woordindex maken", total, total)
        return self._names()

    def write_changes(self, removed: Iterable[str], added: Iterable[Passage], generation: int) -> dict[str, str]:
        """A delta that also holds what the one before it held; a new base once it has grown too large."""
        ids = set(base_ids(self._folder / self._base))
        delta = Delta.load(self._folder / self._delta) if self._delta else Delta()
        delta.apply(ids, removed, ((p.id, labels_of(p), counted(lexical_text(p))) for p in added))
        if delta.outgrown(len(ids)):
            base = LexicalBase(self._folder / self._base)
            fresh = ((i, labels, words) for i, (labels, words) in sorted(delta.added.items()))
            self._new_base(merge(base_rows(base, delta.removed), fresh, key=lambda row: row[0]), generation)
        else:
            self._delta = f"delta-{generation}.json"
            delta.save(self._folder / self._delta)
        return self._names()

    def tidy(self) -> None:
        """Remove what neither base nor delta in use is."""
        for path in self._folder.glob("*"):
            if path.name not in (self._base, self._delta):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def _new_base(self, rows: Iterable[tuple[str, Labels, dict[str, int]]], generation: int) -> None:
        name = f"base-{generation}-{token_hex(3)}"  # never a name that a reader may still have open
        write_base(rows, self._folder / name)
        self._base, self._delta = name, ""

    def _names(self) -> dict[str, str]:
        return {"lexical_base": self._base, "lexical_delta": self._delta, "words": FORMAT}


def labels_of(passage: Passage) -> Labels:
    """What a search may be narrowed to or must leave out."""
    return passage.soort, passage.domein, passage.rol, passage.fase, passage.status, passage.valid_until
