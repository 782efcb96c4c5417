"""Plain text → Document: paragraphs are parted by empty lines, list items begin with a mark."""

from __future__ import annotations

import re
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import Document
from rag.knowledge.sidecar import sidecar_meta
from rag.knowledge.writer import BlockWriter

_PARAGRAPH = re.compile(r"[^\n](?:[^\n]|\n(?!\s*\n))*")
_ITEM = re.compile(r"\s*(?:[-*•▪–]|\d{1,2}[.)])\s+")


def read_text(path: Path, text: str) -> Document:
    """A text file as Document.

    Raises:
        DocumentError: there is no text in it.
    """
    writer = BlockWriter()
    for match in _PARAGRAPH.finditer(text.replace("\r\n", "\n")):
        pending: list[str] = []
        for line in match[0].split("\n"):
            if _ITEM.match(line) and pending:
                _write(writer, pending)
                pending = []
            pending.append(line)
        _write(writer, pending)
    if not writer.blocks:
        raise DocumentError(f"{path.name}: er staat geen tekst in.")
    return Document(sidecar_meta(path), tuple(writer.blocks), str(path), writer.text)


def _write(writer: BlockWriter, lines: list[str]) -> None:
    text = " ".join(lines)
    if _ITEM.match(text):
        writer.item(_ITEM.sub("", text, count=1))
    else:
        writer.paragraph(text)
