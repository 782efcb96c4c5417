"""Gold questions: what a good answer holds, from which documents, and how the question must end (eval/gold/README.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.jsonl import rows
from rag.statuses import statuses

GOLD = Path(__file__).resolve().parent.parent / "gold"
#: Statuses of a question that was answered, or is to be.
ANSWERED = ("answered", "partial")


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
        return self.expected_status in ANSWERED


def load(path: Path) -> list[GoldQuestion]:
    """The questions of a JSONL file, or of a spreadsheet saved as CSV.

    Raises:
        PpsError: the file is missing or empty, or a line is wrong; names the file and line.
    """
    if path.suffix.lower() == ".csv":
        from eval.exchange.questions_csv import load as load_csv  # late: it makes GoldQuestions, so it imports this module

        return load_csv(path)
    return rows(path, _question, "questions")


def questions(path: Path, limit: int | None = None) -> list[GoldQuestion]:
    """The first `limit` questions of a file, all without a limit; raises as `load`."""
    return load(path)[:limit]


def _question(number: int, row: dict) -> GoldQuestion:
    documents = tuple(row.get("documents", ()))
    status = row.get("expected_status") or ("answered" if documents else "not_in_corpus")
    if status not in statuses():
        raise ValueError(f"unknown status {status}")
    points = tuple(row.get("key_points", ()))
    return GoldQuestion(str(row.get("id", number)), row["question"], row.get("kind", ""), documents, points, status)
