"""One source file → its documents, split; the part of an index run that touches what others wrote.

What comes back is plain data, so that it can come from another process (`isolation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import FrontMatter
from rag.knowledge.readers import read_documents
from rag.knowledge.splitter import split_document
from rag.types import Passage


@dataclass(frozen=True)
class Parsed:
    """A document ready to be stored. `path` is the file, followed by the place inside it for a zip."""

    meta: FrontMatter
    path: str
    body: str
    passages: list[Passage]
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileContents:
    """What one file gave: its documents, and (name, message) of parts that could not be used."""

    documents: list[Parsed] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)


def parse_file(path: Path, max_mb: int) -> FileContents:
    """Read and split `path`. Never raises for what is in the file; every problem is a failure with a name."""
    contents = FileContents()
    for name, found in read_documents(path, max_mb):
        if isinstance(found, DocumentError):
            contents.failures.append((name, str(found)))
            continue
        passages = split_document(found)
        if passages:
            contents.documents.append(Parsed(found.meta, found.path, found.text, passages, found.links))
        else:
            contents.failures.append((name, f"{name}: er staat geen tekst in."))
    return contents
