"""Builds blocks and the text they stand in, for readers of formats whose files are not text themselves."""

from __future__ import annotations

import re

from rag.knowledge.documents import Block


class BlockWriter:
    """`text` is what the reader of a citation sees as the source; every block knows its place in it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[tuple[int, str]] = []
        self._group = 0
        self._in_list = False

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def heading(self, text: str, level: int) -> None:
        clean = _clean(text)
        if clean:
            self._headings = [h for h in self._headings if h[0] < level] + [(level, clean)]
            self._append(clean)
            self._in_list = False

    def paragraph(self, text: str) -> None:
        clean = _clean(text)
        if not clean:
            return
        lead = clean.endswith(":")
        self._in_list = lead
        if lead:
            self._group += 1
        self._block(clean, "lead" if lead else "sentence", self._group if lead else -1)

    def item(self, text: str) -> None:
        clean = _clean(text)
        if clean:
            if not self._in_list:
                self._group += 1
            self._in_list = True
            self._block(clean, "item", self._group)

    def table(self, rows: list[list[str]]) -> None:
        """Each row as one sentence, "first cell: head 2: cell 2; head 3: cell 3"; the first row holds the heads."""
        cleaned = [[_clean(c) for c in row] for row in rows]
        cleaned = [row for row in cleaned if any(row)]
        if not cleaned:
            return
        self._group += 1
        self._in_list = False
        header, body = (cleaned[0], cleaned[1:]) if len(cleaned) > 1 else ([], cleaned)
        if header:
            self._append(" | ".join(header))
        for row in body:
            pieces: list[str] = []
            for n, cell in enumerate(row):
                label = header[n] if n < len(header) and n > 0 else ""
                if cell:
                    pieces.append(f"{label}: {cell}" if label and label != cell else cell)
            text = pieces[0] + (": " + "; ".join(pieces[1:]) if len(pieces) > 1 else "")
            self._block(text, "row", self._group, shown=" | ".join(row))

    def _block(self, text: str, kind: str, group: int, shown: str = "") -> None:
        start = self._length
        self._append(shown or text)
        path = tuple(h for _, h in self._headings)
        self.blocks.append(Block(text, start, start + len(shown or text), kind, path, group))

    def _append(self, text: str) -> None:
        self._parts.append(text + "\n\n")
        self._length += len(text) + 2


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
