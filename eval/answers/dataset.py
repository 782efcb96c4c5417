"""Gold questions: what a good answer holds, from which documents, and how the question must end (eval/gold/README.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rag.errors import PpsError
from rag.statuses import statuses

GOLD = Path(__file__).resolve().parent.parent / "gold"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    id: str
    question: str
    kind: str
    documents: tuple[str, ...]
    key_points: tuple[str, ...]
    expected_status: str

    @property
    def answerable(self) -> bool:
        return self.expected_status in ("answered", "partial")


def load(path: Path) -> list[GoldQuestion]:
    """The questions of a JSONL file.

    Raises:
        PpsError: the file is missing or a line is wrong; names the line.
    """
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            documents = tuple(row.get("documents", ()))
            status = row.get("expected_status") or ("answered" if documents else "not_in_corpus")
            if status not in statuses():
                raise ValueError(f"unknown status {status}")
            points = tuple(row.get("key_points", ()))
            found.append(GoldQuestion(str(row.get("id", number)), row["question"], row.get("kind", ""), documents, points, status))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PpsError(f"{path}, line {number}: {type(error).__name__} {error}") from error
    if not found:
        raise PpsError(f"{path} holds no questions")
    return found
