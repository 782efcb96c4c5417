"""What is kept of questions, as far as the organisation sets: nothing, how they ended, or also what was asked, until its term."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from rag.context import EXTRACTIVE
from rag.guard.personal import mask
from rag.store.behind import Behind
from rag.store.database import Database
from rag.store.tables import QuestionRow
from rag.types import Answer

Mode = Literal["uit", "zonder_tekst", "met_tekst"]
#: The text of these is never kept, masked or not: their asker was told so.
NEVER_KEPT = ("refused_personal_data", "refused_unsafe")
#: Longest text that is kept, in characters; more than a question may have.
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """One question as it is kept; `question` is empty where its text is not."""

    moment: datetime
    status: str
    composer: str
    timings_ms: dict[str, float]
    document_ids: tuple[str, ...]
    corpus_version: str
    question: str

    def as_dict(self) -> dict:
        kept = {name: getattr(self, name) for name in ("status", "composer", "timings_ms", "corpus_version", "question")}
        return {"moment": self.moment.isoformat(timespec="seconds"), **kept, "document_ids": list(self.document_ids)}


class QuestionStore:
    """The kept questions of one database. What is past its term is never shown. Reading makes no database."""

    def __init__(self, database: Database, mode: Mode, days: int) -> None:
        self.database, self.mode, self.days = database, mode, days

    def recorder(self, behind: Behind) -> Callable[[Answer, str], None] | None:
        """Keeps an answer's question with the subject of who asked ("" where nobody is known); None where nothing is kept."""
        if self.mode == "uit":
            return None

        def record(answer: Answer, subject: str) -> None:
            values = self.allowed(answer, subject)
            behind.put(lambda session: session.add(QuestionRow(**values)))

        return record

    def allowed(self, answer: Answer, subject: str = "") -> dict:
        """The columns as they may be kept. The id is not that of the answer, under which verdicts are kept: those stay without a name."""
        with_text = self.mode == "met_tekst" and answer.status not in NEVER_KEPT
        return {
            "id": uuid4().hex,
            "moment": datetime.now(UTC),
            "status": answer.status,
            "composer": EXTRACTIVE if answer.model == EXTRACTIVE else "taalmodel",
            "timings_ms": {name: round(ms, 1) for name, ms in answer.timings_ms.items()},
            "document_ids": list(dict.fromkeys(c.passage.document_id for c in answer.citations)),
            "corpus_version": answer.corpus_version,
            "question": mask(answer.question.strip()[:_LONGEST]) if with_text else "",
            "subject": subject,
        }

    def counts(self) -> list[tuple[str, dict[str, int]]]:
        """How many questions ended in each status by week (its Monday, in UTC), the newest first; weeks without any are left out."""
        if not self.database.exists:
            return []
        now, found = datetime.now(UTC), []
        with self.database.session() as session:
            oldest = session.scalar(select(func.min(QuestionRow.moment)).where(QuestionRow.moment >= self._since(now)))
            start = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
            while oldest and start + timedelta(days=7) > oldest:
                here = (QuestionRow.moment >= max(start, self._since(now)), QuestionRow.moment < start + timedelta(days=7))
                query = select(QuestionRow.status, func.count()).where(*here).group_by(QuestionRow.status).order_by(QuestionRow.status)
                week = dict(map(tuple, session.execute(query)))
                if week:
                    found.append((start.date().isoformat(), week))
                start -= timedelta(days=7)
        return found

    def listed(self) -> Iterator[KeptQuestion]:
        """All that is kept, oldest first, without who asked."""
        if not self.database.exists:
            return
        with self.database.session() as session:
            query = select(QuestionRow).where(QuestionRow.moment >= self._since()).order_by(QuestionRow.moment, QuestionRow.id)
            for row in session.scalars(query.execution_options(yield_per=500)):
                yield kept(row)

    def clear(self, session: Session) -> int:
        """Erase all of it now; how much that was."""
        return session.execute(delete(QuestionRow)).rowcount

    def erase_expired(self, now: datetime | None = None) -> int:
        """Erase what is past its term, and what the organisation has stopped to keep since: all of it, or the texts."""
        if not self.database.exists:
            return 0
        with self.database.session() as session:
            if self.mode == "uit":
                return self.clear(session)
            if self.mode == "zonder_tekst":
                session.execute(update(QuestionRow).where(QuestionRow.question != "").values(question=""))
            return session.execute(delete(QuestionRow).where(QuestionRow.moment < self._since(now))).rowcount

    def _since(self, now: datetime | None = None) -> datetime:
        return (now or datetime.now(UTC)) - timedelta(days=self.days)


def kept(row: QuestionRow) -> KeptQuestion:
    """A row as a value, without who asked."""
    names = ("moment", "status", "composer", "timings_ms", "corpus_version", "question")
    return KeptQuestion(**{name: getattr(row, name) for name in names}, document_ids=tuple(row.document_ids))
