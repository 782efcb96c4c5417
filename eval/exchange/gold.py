"""What every import and export shares: gold questions as JSONL, and the passages of the index that they rest on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from eval.answers.dataset import GoldQuestion
from rag.errors import IndexMissingError, PpsError
from rag.knowledge.store import PassageStore
from rag.language.detect import detect_language
from rag.language.words import fold
from rag.types import Passage

#: Characters that some readers of lines take for the end of one, as JSON escapes.
_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
HOW = "Make it with: python -m rag index"


@dataclass(frozen=True, slots=True)
class Imported:
    """Questions in the gold format. `notes` says what could not be carried over, a sentence each."""

    questions: list[GoldQuestion]
    notes: list[str] = field(default_factory=list)


def as_row(question: GoldQuestion) -> dict:
    """One line of a gold file."""
    return {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "language": detect_language(question.question),
        "documents": list(question.documents),
        "key_points": list(question.key_points),
        "expected_status": question.expected_status,
    }


def write_lines(path: Path, rows: Iterable[dict]) -> int:
    """Write JSONL; the file is replaced when all of it is there. Gives the number of lines.

    Raises:
        PpsError: it cannot be written there.
    """
    lines = [json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS) + "\n" for row in rows]
    write_text(path, "".join(lines))
    return len(lines)


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all. Raises PpsError where that cannot be."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise PpsError(f"{path} cannot be written ({error.strerror}). Choose another place with --out.") from error


def open_store(folder: Path) -> PassageStore:
    """The passages of the index in `folder`.

    Raises:
        IndexMissingError: there is no index.
    """
    store = PassageStore(folder)
    if "generation" not in store.meta():
        raise IndexMissingError(f"There is no index in {folder}. {HOW}")
    return store


def supporting(question: GoldQuestion, store: PassageStore) -> list[Passage]:
    """The passages of the question's documents that hold one of its key points; all of a document's where none does."""
    found: list[Passage] = []
    points = [_squeezed(p) for p in question.key_points]
    for document in question.documents:
        passages = store.passages_of(document)
        holding = [p for p in passages if any(point in _squeezed(p.text) for point in points)]
        found += holding or passages
    return found


def checked(questions: list[GoldQuestion], where: Path) -> list[GoldQuestion]:
    """`questions` when they can be measured with.

    Raises:
        PpsError: there are none, or two have the same id.
    """
    if not questions:
        raise PpsError(f"{where} holds no question that can be carried over.")
    seen: set[str] = set()
    for q in questions:
        if q.id in seen:
            raise PpsError(f"{where}: the id {q.id} is used twice. Give every question an id of its own.")
        seen.add(q.id)
    return questions


def unknown_documents(questions: list[GoldQuestion], folder: Path) -> list[str]:
    """A note for documents that the index in `folder` does not hold; nothing where there is no index to look in."""
    store = PassageStore(folder)
    if "generation" not in store.meta():
        return ["There is no index here, so it was not checked whether the documents exist."]
    known = set(store.documents())
    missing = sorted({d for q in questions for d in q.documents} - known)
    if not missing:
        return []
    return [f"{len(missing)} documents are not in the index: {shortened(missing)}."]


def shortened(names: list[str], most: int = 5) -> str:
    """A list to read: the first few, and how many more."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _squeezed(text: str) -> str:
    return " ".join(fold(text).split())
